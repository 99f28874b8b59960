import * as z from 'zod/mini'
import type { RequestCause } from '../../domain/email/email-outcome.ts'
import { type LeadId, parseLeadId } from '../../domain/model/activity.ts'
import { type EmailRequest, emailRequestOf } from '../../domain/model/email-request.ts'
import { isAnnouncementFor, isDecisionFor } from '../../domain/model/event-table.ts'
import { announcementIn, decisionIn } from '../queue/message.ts'
import { type EmailTimer, type HeldTimer, heldTimerSchema } from './hold-email.ts'

/** What stands on the send queue. */
type SendMessage =
  | { readonly type: 'requested'; readonly request: EmailRequest; readonly cause: RequestCause }
  | { readonly type: 'consented'; readonly leadId: LeadId; readonly cause: RequestCause }
  | { readonly type: 'woken'; readonly timer: EmailTimer }
  /** Sending as a whole, or a sequence, is resumed. */
  | { readonly type: 'resumed'; readonly timer: HeldTimer }

const timerSchema = z.object({
  type: z.literal('wake'),
  leadId: z.custom<LeadId>((value) => parseLeadId(value) !== undefined),
  sendId: z.string(),
  until: z.string(),
  early: z.optional(z.literal(true)),
})

/** @throws when the event does not say what is resumed. */
const resumptionIn = (body: unknown): HeldTimer | undefined => {
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
  const woken = z.safeParse(timerSchema, body)
  if (woken.success) {
    const { leadId, sendId, until, early } = woken.data
    return { type: 'woken', timer: { leadId, sendId, until, ...(early && { early }) } }
  }
  const swept = z.safeParse(heldTimerSchema, body)
  if (swept.success) return { type: 'resumed', timer: swept.data }
  const resumption = resumptionIn(body)
  if (resumption) return { type: 'resumed', timer: resumption }
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
