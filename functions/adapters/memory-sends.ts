import type { LeadId } from '../../domain/lead/lead-id.ts'
import { isLimited, type TakenPlace } from '../../domain/sending/counted-emails.ts'
import { cancelledByHand } from '../../domain/sending/hold-email.ts'
import { isFree } from '../../domain/sending/is-free.ts'
import type { AskedMailbox } from '../../domain/sending/mailbox-limit.ts'
import { Conflict } from '../ports.ts'
import type { CapPlaces, ConfirmationPlaces, Send, SendLists, Sends } from '../send-ports.ts'

export interface MemorySends extends Sends, SendLists {
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
      const standing = items.get(send.sendId)
      if (standing && !isFree(standing, now, heldUntil)) return standing
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
    since: async (leadId, from) =>
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
  const items = new Map<LeadId, { readonly version: number; readonly places: readonly TakenPlace[] }>()
  const load = (leadId: LeadId) => items.get(leadId) ?? { version: 0, places: [] }
  return {
    load: async (leadId) => load(leadId),
    commit: async (leadId, version, places) => {
      if (load(leadId).version !== version) throw new Conflict(`another email to ${leadId} took a place`)
      items.set(leadId, { version: version + 1, places })
    },
  }
}

export const memoryConfirmationPlaces = (): ConfirmationPlaces => {
  const mailboxes = new Map<string, { readonly version: number; readonly taken: readonly AskedMailbox[] }>()
  const counts = new Map<string, number>()
  const load = (mailbox: string) => mailboxes.get(mailbox) ?? { version: 0, taken: [] }
  return {
    load: async (mailbox) => load(mailbox),
    commit: async (mailbox, version, taken) => {
      if (load(mailbox).version !== version) throw new Conflict('another email to a mailbox took a place')
      mailboxes.set(mailbox, { version: version + 1, taken })
    },
    count: async ({ key, most }) => {
      const count = counts.get(key) ?? 0
      if (count >= most) return false
      counts.set(key, count + 1)
      return true
    },
  }
}
