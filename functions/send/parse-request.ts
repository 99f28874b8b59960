import * as z from 'zod/mini'
import type { RequestCause } from '../../domain/email/email-outcome.ts'
import { type LeadId, parseLeadId } from '../../domain/model/activity.ts'
import { type EmailRequest, emailRequestOf } from '../../domain/model/email-request.ts'
import { isAnnouncementFor, isDecisionFor } from '../../domain/model/event-table.ts'
import { announcementIn, decisionIn } from '../queue/message.ts'
import { type EmailWake, type HeldWake, heldWakeSchema } from './hold-email.ts'

/** What stands on the send queue. */
type SendMessage =
  | { readonly type: 'requested'; readonly request: EmailRequest; readonly cause: RequestCause }
  | { readonly type: 'consented'; readonly leadId: LeadId; readonly cause: RequestCause }
  | { readonly type: 'woken'; readonly wake: EmailWake }
  /** Sending as a whole, or a sequence, goes on. */
  | { readonly type: 'resumed'; readonly wake: HeldWake }

const wakeSchema = z.object({
  type: z.literal('wake'),
  leadId: z.custom<LeadId>((value) => parseLeadId(value) !== undefined),
  sendId: z.string(),
  until: z.string(),
  early: z.optional(z.literal(true)),
})

/** @throws when the event does not say what goes on. */
const resumptionIn = (body: unknown): HeldWake | undefined => {
  const resumed = announcementIn(body, isAnnouncementFor('send'))
  switch (resumed?.type) {
    case undefined:
      return undefined
    case 'SendingResumed': {
      const reason = resumed.data.what === 'confirmations' ? 'confirmations-paused' : 'paused'
      return { type: 'wake-held', id: resumed.id, reason }
    }
    case 'SequenceResumed': {
      const { sequence } = resumed.data
      return { type: 'wake-held', id: resumed.id, reason: 'sequence-paused', sequence }
    }
    default:
      return resumed satisfies never
  }
}

/** @throws when `body` is none of them: the message ends in the dead-letter queue. */
export const parseRequest = (body: unknown): SendMessage => {
  const woken = z.safeParse(wakeSchema, body)
  if (woken.success) {
    const { leadId, sendId, until, early } = woken.data
    return { type: 'woken', wake: { leadId, sendId, until, ...(early && { early }) } }
  }
  const swept = z.safeParse(heldWakeSchema, body)
  if (swept.success) return { type: 'resumed', wake: swept.data }
  const resumption = resumptionIn(body)
  if (resumption) return { type: 'resumed', wake: resumption }
  const decision = decisionIn(body, isDecisionFor('send'))
  const { id: decisionId, correlationId, leadId } = decision
  const cause = { decisionId, correlationId }
  switch (decision.type) {
    case 'ConsentGranted':
      return { type: 'consented', leadId, cause }
    case 'EmailRequested':
      return { type: 'requested', request: emailRequestOf(decision), cause }
    default:
      return decision satisfies never
  }
}
