import { addMilliseconds } from '../domain/time/local-time.ts'
import { Conflict } from './ports.ts'

export interface RetryOptions {
  /** @default 5 */
  readonly tries?: number
  /** Waits a random part of `ms` milliseconds: jitter, so that competing writers do not collide again. @default no wait */
  readonly pauseUpTo?: (ms: number) => Promise<void>
}

/** Tries the whole of `attempt` again while somebody else commits in between. @throws Conflict after the last try. */
export const retryConflicts = async <Result>(
  attempt: () => Promise<Result>,
  { tries = 5, pauseUpTo }: RetryOptions = {},
): Promise<Result> => {
  for (let done = 1; ; done += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof Conflict) || done >= tries) throw error
      await pauseUpTo?.(100 * done)
    }
  }
}

/** @returns what `write` gives; undefined where somebody else was faster. */
export const unlessConflict = async <Result>(write: Promise<Result>): Promise<Result | undefined> => {
  try {
    return await write
  } catch (error) {
    if (error instanceof Conflict) return undefined
    throw error
  }
}

/** Shorter than a queue keeps back a message whose worker died: six times 30 s, in ms (`lib/constructs/queue-worker.ts`). */
const sooner = 60_000

/**
 * Whether a message about a step that was taken at `turnedAt` is one that came twice, and not one whose worker died before
 * telling of the next step. If each such repeat told of it again, they would multiply from step to step.
 */
export const isRepeat = (turnedAt: string | undefined, now: string): boolean =>
  turnedAt !== undefined && now < addMilliseconds(turnedAt, sooner)
