import { chmodSync, lstatSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'

const OWNER_ONLY = 0o077

/** Modes of what holds people's data: nobody else on the machine reads it. */
export const PRIVATE_FOLDER = 0o700
export const PRIVATE_FILE = 0o600

/**
 * Makes the folder, and from then on every file that this process writes, its owner's alone: engines name their files
 * themselves and give them no mode. What an earlier release left open to others is closed.
 * @param ours names of what the runner keeps there; a folder that holds anything else is somebody's, and stays as it is
 */
export function keepPrivate(folder: string, ours: ReadonlySet<string>): void {
  if (isMainThread) process.umask(OWNER_ONLY)
  mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER })
  const names = readdirSync(folder)
  for (const name of names) if (ours.has(name)) tighten(join(folder, name))
  if (names.every((name) => ours.has(name))) chmodSync(folder, PRIVATE_FOLDER)
}

function tighten(path: string): void {
  const entry = lstatSync(path)
  if (entry.isSymbolicLink()) return
  chmodSync(path, entry.isDirectory() ? PRIVATE_FOLDER : PRIVATE_FILE)
  if (entry.isDirectory()) for (const name of readdirSync(path)) tighten(join(path, name))
}
