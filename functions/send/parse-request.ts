import * as z from 'zod/mini'
import type { RequestCause } from '../../domain/email/email-outcome.ts'
import { type EmailRequest, parseEmailRequest } from '../../domain/email/email-request.ts'
import { type LeadId, parseLeadId } from '../../domain/lead/lead-id.ts'
import { decisionEventOf } from '../queue/decision-event.ts'
import type { EmailWake } from './wake-email.ts'

/** What stands on the send queue. */
export type SendMessage =
  | { readonly type: 'requested'; readonly request: EmailRequest; readonly cause: RequestCause }
  | { readonly type: 'consented'; readonly leadId: LeadId; readonly cause: RequestCause }
  | { readonly type: 'woken'; readonly wake: EmailWake }

const wakeSchema = z.object({
  type: z.literal('wake'),
  leadId: z.custom<LeadId>((value) => parseLeadId(value) !== undefined),
  sendId: z.string(),
  until: z.string(),
})

/** @throws when `body` is none of them: the message ends in the dead-letter queue. */
export const parseRequest = (body: unknown): SendMessage => {
  const woken = z.safeParse(wakeSchema, body)
  if (woken.success) {
    const { leadId, sendId, until } = woken.data
    return { type: 'woken', wake: { leadId, sendId, until } }
  }
  const { type, id, correlationId, leadId, data } = decisionEventOf(body)
  const cause = { decisionId: id, correlationId }
  if (type === 'ConsentGranted') return { type: 'consented', leadId, cause }
  const request = type === 'EmailRequested' ? parseEmailRequest(data) : undefined
  if (!request) throw new Error(`the ${type} event requests no email`)
  return { type: 'requested', request, cause }
}
