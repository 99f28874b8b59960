import { chmodSync, lstatSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { isMainThread } from 'node:worker_threads'

const OWNER_ONLY = 0o077

/** Modes of what holds people's data: nobody else on the machine reads it. */
const PRIVATE_FOLDER = 0o700
export const PRIVATE_FILE = 0o600

/**
 * Makes the folder, and from then on every file that this process writes, its owner's alone: engines name their files
 * themselves and give them no mode. What an earlier release left open to others is closed.
 * @param ours names of what the runner keeps there; a folder that holds anything else is somebody's, and stays as it is
 */
function keepPrivate(folder: string, ours: ReadonlySet<string>): void {
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

/** Where each part keeps its state; every path is undefined when nothing is kept. */
export interface DataFolder {
  readonly dynamodb: string | undefined
  readonly queues: string | undefined
  readonly objects: string | undefined
  readonly schedules: string | undefined
  readonly clock: string | undefined
  readonly inbox: string | undefined
  readonly suppression: string | undefined
  readonly secrets: string | undefined
  readonly deadLetters: string | undefined
  readonly logs: string | undefined
}

/** @param folder absent: memory only */
export function dataFolder(folder: string | undefined): DataFolder {
  const at = (...parts: string[]) => (folder === undefined ? undefined : join(folder, ...parts))
  const paths = {
    dynamodb: at('dynamodb'),
    queues: at('queues'),
    objects: at('objects'),
    schedules: at('schedules.jsonl'),
    clock: at('clock.json'),
    inbox: at('inbox.jsonl'),
    suppression: at('suppression.json'),
    secrets: at('secrets.json'),
    deadLetters: at('dead-letters.jsonl'),
    logs: at('logs'),
  }
  if (folder !== undefined) {
    const names = Object.values(paths).flatMap((path) => (path === undefined ? [] : [basename(path)]))
    // A file is written beside the one it replaces.
    keepPrivate(folder, new Set(names.flatMap((name) => [name, `${name}.new`])))
  }
  if (paths.logs !== undefined) mkdirSync(paths.logs, { recursive: true })
  return paths
}

/** Somebody else's runner has the folder open. */
export class DataInUse extends Error {
  constructor(folder: string) {
    super(`Another runner works on ${folder}: stop it, or name another folder with --data.`)
  }
}

/** Writes the whole file or leaves the old one, however the process ends. Only its owner reads it. */
export function replaceFile(path: string, content: string): void {
  writeFileSync(`${path}.new`, content, { mode: PRIVATE_FILE })
  renameSync(`${path}.new`, path)
}
