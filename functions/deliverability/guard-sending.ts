import {
  addUp,
  firstSlot,
  judgeSending,
  pausing,
  type Stream,
  type TooMany,
} from '../../domain/deliverability/sending-figures.ts'
import type { Announce, Clock } from '../ports.ts'
import { unlessConflict } from '../retry-conflicts.ts'
import type { SendingFigures, SendingStates } from '../send-ports.ts'

interface GuardSendingPorts {
  readonly figures: Pick<SendingFigures, 'since'>
  readonly states: SendingStates
  readonly announce: Announce
  readonly clock: Clock
  /** Writes the line that raises the alarm. */
  readonly warn: (because: TooMany, stream: Stream) => void
}

/**
 * Pauses marketing mail, or confirmations, when the last day's have bounced or been complained about too often. What is told is told before
 * the pause is committed: whoever comes after a crash finds it open still, and tells it again under the same id.
 */
export const makeGuardSending =
  ({ figures, states, announce, clock, warn }: GuardSendingPorts) =>
  async (stream: Stream): Promise<void> => {
    const now = clock()
    const state = await states.load(stream)
    if (state.paused) return
    const lastDay = addUp(await figures.since(firstSlot(now, state.resumedAt), stream))
    const because = judgeSending(lastDay, stream)
    if (because === undefined) return
    const paused = pausing(state, because, now, lastDay)
    warn(because, stream)
    await announce(paused.change)
    // Where somebody else paused it, or a person decided meanwhile, theirs stands.
    await unlessConflict(states.commit(paused.state))
  }
