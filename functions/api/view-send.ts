import type { SendStatus } from '../../domain/sending/email-figures.ts'
import { isLapsed } from '../../domain/sending/is-free.ts'
import type { Send } from '../send-ports.ts'

/** An email as the console shows it; what is not known is null. */
export interface SendView {
  readonly sendId: string
  readonly leadId: string
  readonly email: string
  readonly subject: string | null
  readonly recipient: 'lead' | 'owner'
  readonly sequence: string | null
  /** `unknown`: its sender died and may have come to SES; it is looked at again. */
  readonly status: SendStatus | 'unknown'
  readonly requestedAt: string
  /** When it came to this status. */
  readonly at: string
  readonly reason: string | null
  /** Of a held one: when it is looked at again. */
  readonly until: string | null
  readonly messageId: string | null
  readonly language: string | null
}

export const viewSend = (send: Send, now: string): SendView => ({
  sendId: send.sendId,
  leadId: send.leadId,
  email: send.email,
  subject: send.subject ?? null,
  recipient: send.request.recipient,
  sequence: send.request.run?.sequence ?? null,
  status: isLapsed(send, now) ? 'unknown' : send.status,
  requestedAt: send.requestedAt ?? send.claimedAt,
  at: send.at ?? send.claimedAt,
  reason: send.reason ?? null,
  until: send.until ?? null,
  messageId: send.messageId ?? null,
  language: send.language ?? null,
})

/** Newest first. @param at of a moment in the past, what had been decided by then. */
export const viewSends = (sends: readonly Send[], now: string, at?: string): readonly SendView[] =>
  sends
    .map((send) => viewSend(send, now))
    .filter((view) => at === undefined || view.at <= at)
    .toSorted((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : a.sendId < b.sendId ? 1 : -1))
