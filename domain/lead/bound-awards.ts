import { type AwardsMeter, joinOldest, type Meter, type Window } from '../scoring/awards.ts'
import type { Draft } from './draft.ts'

/** A list of single awards, and the same with one fewer. */
interface Awards {
  readonly length: number
  shorten(): void
}

const withoutOldest = ({ awards, earlier = 0, window }: AwardsMeter): Meter => ({
  awards: awards.slice(1),
  window,
  ...(earlier > 1 && { earlier: earlier - 1 }),
})

const listsOf = (draft: Draft): readonly Awards[] => {
  const lists: Awards[] = []
  for (const [index, meter] of draft.meters.entries()) {
    if (meter === undefined) continue
    const windowed = (window: Window): Meter => ({ ...meter, window })
    if (meter.window.length > 1)
      lists.push({
        length: meter.window.length,
        shorten: () => {
          draft.meters[index] = windowed(joinOldest(meter.window))
        },
      })
    if (meter.awards !== undefined)
      lists.push({
        length: meter.awards.length,
        shorten: () => {
          draft.meters[index] = withoutOldest(meter)
        },
      })
  }
  for (const [key, window] of draft.groups)
    lists.push({ length: window.length, shorten: () => draft.groups.set(key, joinOldest(window)) })
  return lists
}

/**
 * Sees to it that no more than `most` awards are kept one by one, over all rules and caps: of the longest list the two
 * oldest that count against a cap are taken together, or the oldest points expire early.
 */
export const boundAwards = (draft: Draft, most: number): void => {
  for (;;) {
    const lists = listsOf(draft)
    if (lists.reduce((sum, { length }) => sum + length, 0) <= most) return
    lists.reduce((longest, one) => (one.length > longest.length ? one : longest)).shorten()
  }
}
