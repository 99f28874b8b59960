import { existsSync, readFileSync } from 'node:fs'
import { LAST_INSTANT } from './clock.ts'
import { numberOf, parseObject } from './json.ts'
import { replaceFile } from './replace-file.ts'

/**
 * How far the clock was ahead of real time when the runner last moved it, in milliseconds. What would lead out of the
 * years that an instant can be written in counts as nothing: a file of before this was refused may hold it.
 */
export function readOffset(file: string | undefined): number {
  if (file === undefined || !existsSync(file)) return 0
  const offsetMs = numberOf(parseObject(readFileSync(file, 'utf8')).offsetMs) ?? 0
  return offsetMs >= 0 && Date.now() + offsetMs <= LAST_INSTANT ? offsetMs : 0
}

export function writeOffset(file: string | undefined, offsetMs: number): void {
  if (file !== undefined) replaceFile(file, JSON.stringify({ offsetMs }))
}
