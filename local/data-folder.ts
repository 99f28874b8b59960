import { mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { keepPrivate } from './private-files.ts'

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
