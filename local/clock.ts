import { existsSync, readFileSync } from 'node:fs'
import { replaceFile } from './data-folder.ts'
import { numberOf, parseObject } from './json.ts'

/** Where the clock ends: instants have four digits for the year, and the last day is left to run on in real time. */
export const LAST_INSTANT = Date.parse('9999-12-31T00:00:00.000Z')

/**
 * The one clock of the runner: real time plus an offset that can be moved.
 * The offset lives in shared memory, so that worker threads read the same time without being told.
 */
export class VirtualClock {
  /** One Float64: the offset in milliseconds that is added to real time. */
  readonly buffer = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT)
  readonly #offset = new Float64Array(this.buffer)

  constructor(offsetMs = 0) {
    this.#offset[0] = offsetMs
  }

  /** Milliseconds that this clock is ahead of real time; store it to continue after a restart. */
  get offsetMs(): number {
    return this.#offset[0] ?? 0
  }

  /** Milliseconds since the epoch, whole. */
  now(): number {
    return Math.floor(Date.now() + this.offsetMs)
  }

  /** Makes `now()` answer `ms` and run on from there. Never moves backwards, nor beyond `LAST_INSTANT`. */
  moveTo(ms: number): void {
    const ahead = Math.min(ms, LAST_INSTANT) - this.now()
    if (ahead > 0) this.#offset[0] = this.offsetMs + ahead
  }
}

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
