import type { SequenceState } from '../sequence/sequence-state.ts'
import { addMilliseconds } from '../time/local-time.ts'
import { type Hold, wholeSecond } from './hold-email.ts'

/** How soon held mail is looked at again while nobody says that things go on; resuming wakes it at once. */
export const pausedFor = 3_600_000

/** What a pause of its sequence means for an email that is about to go out. `due`: when it would have. */
export type PauseVerdict =
  | { readonly type: 'goes' }
  | { readonly type: 'held'; readonly hold: Hold; readonly due: string }
  | { readonly type: 'skipped' }

/**
 * An email that was asked for is held like the runs of a paused sequence, and goes on as the resumption says: `send` now,
 * `skip` not at all, `shift` later by as long as the pause was.
 * @param standing it as it was held last; absent: it was not.
 */
export const pauseOfSequence = (
  { paused, resumed }: Pick<SequenceState, 'paused' | 'resumed'>,
  standing: { readonly reason?: string; readonly due?: string } | undefined,
  now: string,
): PauseVerdict => {
  const { reason, due = now } = standing ?? {}
  if (paused) {
    const until = wholeSecond(addMilliseconds(now, pausedFor))
    return { type: 'held', hold: { reason: 'sequence-paused', until }, due }
  }
  if (reason !== 'sequence-paused' || !resumed) return { type: 'goes' }
  switch (resumed.due) {
    case 'send':
      return { type: 'goes' }
    case 'skip':
      return { type: 'skipped' }
    case 'shift': {
      const later = addMilliseconds(due, Date.parse(resumed.at) - Date.parse(resumed.pausedAt))
      if (later <= now) return { type: 'goes' }
      return { type: 'held', hold: { reason: 'shifted', until: wholeSecond(later) }, due: later }
    }
    default:
      return resumed.due satisfies never
  }
}
