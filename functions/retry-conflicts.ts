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

/** Longer than whoever took a step takes to tell of the next, in ms. */
const untilTold = 60_000
/** The same of somebody who has nothing else to do in between: a second is much. */
export const untilToldAtOnce = 10_000

/**
 * A message about a step that was taken at `turnedAt` may be one that came twice, or one whose worker died before telling
 * of the next step. If each repeat told of it at once, they would multiply from step to step; if none did, the work could
 * stand still. So it is looked at again later, and found to be over.
 *
 * @param until when the next step is due
 * @param wait longer than whoever took it takes to tell of the next, in ms
 * @returns after how many seconds; 0 where it is time.
 */
export const lookAgainAfter = (
  { turnedAt = '', until = '' }: { readonly turnedAt?: string; readonly until?: string },
  now: string,
  wait = untilTold,
): number => {
  const latest = turnedAt > until ? turnedAt : until
  return latest === '' ? 0 : Math.max(0, Math.ceil((Date.parse(latest) + wait - Date.parse(now)) / 1_000))
}
