import { type Slot, slotOf } from '../../domain/deliverability/sending-figures.ts'
import { neverPaused, type SendingState } from '../../domain/deliverability/sending-state.ts'
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
  let standing: SendingState = neverPaused
  return {
    load: async () => standing,
    commit: async (state) => {
      if (state.version !== standing.version) throw new Conflict('sending was paused or resumed meanwhile')
      standing = { ...state, version: state.version + 1 }
    },
  }
}

export const memorySendingFigures = (): SendingFigures => {
  const sent: string[] = []
  const tallies = new Map<string, { readonly type: 'bounced' | 'complained'; readonly at: string }>()
  return {
    add: async (mails, further) => {
      sent.push(...mails)
      for (const { type, messageId, mailedAt } of further)
        tallies.set(`${type} ${messageId}`, { type, at: mailedAt })
    },
    since: async (from) => {
      const slots = new Map<string, Slot>()
      const count = (mailedAt: string, what: 'sent' | 'bounced' | 'complained'): void => {
        const at = slotOf(mailedAt)
        const slot = slots.get(at) ?? { at, sent: 0, bounced: 0, complained: 0 }
        slots.set(at, { ...slot, [what]: slot[what] + 1 })
      }
      for (const mailedAt of sent) count(mailedAt, 'sent')
      for (const { type, at } of tallies.values()) count(at, type)
      return [...slots.values()].filter(({ at }) => at >= from)
    },
  }
}
