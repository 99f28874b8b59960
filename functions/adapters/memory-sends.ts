import {
  type Mailed,
  mergeSlots,
  neverPausedOf,
  type SendingState,
  slotOf,
} from '../../domain/deliverability/sending-figures.ts'
import type { Tally } from '../../domain/feedback/ses-feedback.ts'
import type { AskedMailbox } from '../../domain/sending/confirmation-limit.ts'
import { isFree, isLimited, type Ledger } from '../../domain/sending/earlier-emails.ts'
import { countersMoved, figureOf, type Mark, marks } from '../../domain/sending/email-figures.ts'
import { cancelledByHand } from '../../domain/sending/hold-email.ts'
import type {
  CapPlaces,
  ConfirmationPlaces,
  EmailFigures,
  Mailer,
  OutgoingEmail,
  Send,
  SendingFigures,
  SendingStates,
  SendLists,
  SendMarks,
  SendReports,
  Sends,
} from '../send-ports.ts'
import { memoryVersions } from './memory-versions.ts'

interface MemorySends extends Sends, SendLists {
  readonly items: ReadonlyMap<string, Send>
}

export const memorySends = (): MemorySends => {
  const items = new Map<string, Send>()
  const change = (sendId: string, fields: Partial<Send>): void => {
    const send = items.get(sendId)
    if (send?.status === 'claimed') items.set(sendId, { ...send, ...fields })
  }
  return {
    items,
    load: async (_leadId, sendId) => items.get(sendId),
    claim: async (send, now, heldUntil) => {
      const current = items.get(send.sendId)
      if (current && !isFree(current, now, heldUntil)) return current
      items.set(send.sendId, send)
      return undefined
    },
    settle: async (_leadId, sendId, outcome) => change(sendId, outcome),
    release: async (_leadId, sendId) => change(sendId, { leaseUntil: '1970-01-01T00:00:00.000Z' }),
    cancel: async (_leadId, sendId, at) => {
      const send = items.get(sendId)
      if (send?.status !== 'held') return send
      const { until: _, ...rest } = send
      const cancelled: Send = { ...rest, status: 'suppressed', reason: cancelledByHand, at }
      items.set(sendId, cancelled)
      return cancelled
    },
    list: async (leadId, idPrefix = '') =>
      [...items.values()].filter((send) => send.leadId === leadId && send.sendId.startsWith(idPrefix)),
    formerSince: async (leadId, from) =>
      [...items.values()].filter(
        (send) => send.leadId === leadId && isLimited(send) && send.claimedAt >= from,
      ),
    held: async ({ sequence, limit, cursor = '0' }) => {
      const all = [...items.values()].filter(
        ({ status, request }) =>
          status === 'held' && (sequence === undefined || request.run?.sequence === sequence),
      )
      const from = Number(cursor)
      return {
        items: all.slice(from, from + limit),
        ...(from + limit < all.length && { next: String(from + limit) }),
      }
    },
  }
}

export const memoryCapPlaces = (): CapPlaces => {
  const taken = memoryVersions<Ledger>()
  return {
    // No earlier release has claimed anything here.
    load: async (leadId) => (await taken.load(leadId)) ?? { version: 0, places: [], since: '' },
    commit: async (leadId, version, ledger) => {
      await taken.commit(leadId, { version, ...ledger })
    },
  }
}

export const memoryConfirmationPlaces = (): ConfirmationPlaces => {
  const mailboxes = memoryVersions<{ readonly version: number; readonly taken: readonly AskedMailbox[] }>()
  const counts = new Map<string, number>()
  return {
    load: async (mailbox) => (await mailboxes.load(mailbox)) ?? { version: 0, taken: [] },
    commit: async (mailbox, version, taken) => {
      await mailboxes.commit(mailbox, { version, taken })
    },
    count: async ({ key, most }) => {
      const count = counts.get(key) ?? 0
      if (count >= most) return false
      counts.set(key, count + 1)
      return true
    },
  }
}

/** @param sends by their ids. */
export const memorySendMarks = (sends: ReadonlyMap<string, Send>): SendMarks & EmailFigures => {
  const marked = new Map<string, Partial<Record<Mark, string>>>()
  const ofSequence: EmailFigures['ofSequence'] = async (sequence) => {
    const those = [...sends.values()].filter(({ request }) => (request.run?.sequence ?? '-') === sequence)
    const marksOf = (sendId: string) => {
      const own = marked.get(sendId) ?? {}
      return Object.fromEntries(marks.flatMap((mark) => (own[mark] === undefined ? [] : [[mark, 1]])))
    }
    return new Map(
      [...Map.groupBy(those, ({ email }) => email)].map(([email, of]) => [
        email,
        figureOf(of.flatMap((send) => [countersMoved(undefined, send), marksOf(send.sendId)])),
      ]),
    )
  }
  return {
    list: async (leadId) =>
      [...sends.values()]
        .filter((send) => send.leadId === leadId)
        .map((send) => ({ ...send, marks: { ...marked.get(send.sendId) } })),
    change: async ({ sendId, mark, at }) => {
      if (!sends.has(sendId)) return
      const { [mark]: current, ...others } = marked.get(sendId) ?? {}
      const kept = current ?? at
      marked.set(sendId, at === undefined || kept === undefined ? others : { ...others, [mark]: kept })
    },
    ofSequence,
    ofEmail: async ({ sequence, email }) => (await ofSequence(sequence)).get(email) ?? figureOf([]),
    countInEarlier: async () => ({ isAll: true }),
  }
}

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
  const { load, commit } = memoryVersions<SendingState>()
  return {
    load: async (stream = 'marketing') => (await load(stream)) ?? neverPausedOf(stream),
    commit: (state) => commit(state.stream ?? 'marketing', state),
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

export interface MailedEmail extends OutgoingEmail {
  readonly messageId: string
}

interface MemoryMailer extends Mailer {
  /** What was handed over, oldest first. */
  readonly outbox: readonly MailedEmail[]
}

/** Takes every email and keeps it. @param taken told of each, once it is in the outbox. */
export const memoryMailer = (taken: (email: MailedEmail) => void = () => {}): MemoryMailer => {
  const outbox: MailedEmail[] = []
  return {
    outbox,
    send: async (email) => {
      const mailed = { ...email, messageId: `message-${outbox.length + 1}` }
      outbox.push(mailed)
      taken(mailed)
      return { type: 'accepted', messageId: mailed.messageId }
    },
  }
}
