import { lackingConsent } from '../../domain/email/judge-send.ts'
import type { Send, Sends } from '../send-ports.ts'

export interface MemorySends extends Sends {
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
    claim: async (send, now) => {
      const standing = items.get(send.sendId)
      const open =
        !standing ||
        (standing.status === 'claimed' && standing.leaseUntil <= now) ||
        (standing.status === 'suppressed' && standing.reason === lackingConsent)
      if (!open) return standing
      items.set(send.sendId, send)
      return undefined
    },
    settle: async (_leadId, sendId, outcome) => change(sendId, outcome),
    release: async (_leadId, sendId) => change(sendId, { leaseUntil: '1970-01-01T00:00:00.000Z' }),
    list: async (leadId) => [...items.values()].filter((send) => send.leadId === leadId),
  }
}
