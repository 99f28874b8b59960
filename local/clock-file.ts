import { existsSync, readFileSync } from 'node:fs'
import { numberOf, parseObject } from './json.ts'
import { replaceFile } from './replace-file.ts'

/** How far the clock was ahead of real time when the runner last moved it, in milliseconds. */
export function readOffset(file: string | undefined): number {
  if (file === undefined || !existsSync(file)) return 0
  return numberOf(parseObject(readFileSync(file, 'utf8')).offsetMs) ?? 0
}

export function writeOffset(file: string | undefined, offsetMs: number): void {
  if (file !== undefined) replaceFile(file, JSON.stringify({ offsetMs }))
}
