import { type Mailed, mergeSlots, type Stream, slotOf } from '../../domain/deliverability/sending-figures.ts'
import { neverPausedOf, type SendingState } from '../../domain/deliverability/sending-state.ts'
import type { Tally } from '../../domain/feedback/feedback-of.ts'
import { Conflict } from '../ports.ts'
import type { Sends } from '../send-ports.ts'
import type { SendingFigures, SendingStates, SendReports } from '../sending-ports.ts'

/** Settles alone: every report counts as the first. */
export const memorySendReports = (sends: Pick<Sends, 'settle'>): SendReports => ({
  // Its mail service refuses nothing.
  fail: async () => undefined,
  report: async ({ leadId, sendId, ...result }) => {
    await sends.settle(leadId, sendId, result)
    return true
  },
})

export const memorySendingStates = (): SendingStates => {
  const states = new Map<Stream, SendingState>()
  const standing = (stream: Stream) => states.get(stream) ?? neverPausedOf(stream)
  return {
    load: async (stream = 'marketing') => standing(stream),
    commit: async (state) => {
      const { stream = 'marketing', version } = state
      if (version !== standing(stream).version) throw new Conflict('sending was paused or resumed meanwhile')
      states.set(stream, { ...state, version: version + 1 })
    },
  }
}

export const memorySendingFigures = (): SendingFigures => {
  const sent: Mailed[] = []
  const tallies = new Map<string, Tally>()
  return {
    add: async (mails, further) => {
      sent.push(...mails)
      for (const tally of further) tallies.set(`${tally.type} ${tally.messageId}`, tally)
    },
    since: async (from, stream) => {
      const none = { sent: 0, bounced: 0, complained: 0 }
      const parts = [
        ...sent
          .filter((mailed) => mailed.stream === stream)
          .map(({ at }) => ({ ...none, at: slotOf(at), sent: 1 })),
        ...[...tallies.values()]
          .filter((tally) => tally.stream === stream)
          .map(({ type, mailedAt }) => ({ ...none, at: slotOf(mailedAt), [type]: 1 })),
      ]
      return mergeSlots(parts.filter(({ at }) => at >= from))
    },
  }
}
