import type { RequestCause } from '../../domain/email/email-outcome.ts'
import { type EmailRequest, parseEmailRequest } from '../../domain/email/email-request.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import { decisionEventOf } from '../queue/decision-event.ts'

/** What stands on the send queue. */
export type SendMessage =
  | { readonly type: 'requested'; readonly request: EmailRequest; readonly cause: RequestCause }
  | { readonly type: 'consented'; readonly leadId: LeadId; readonly cause: RequestCause }

/** @throws when `body` is neither: the message ends in the dead-letter queue. */
export const parseRequest = (body: unknown): SendMessage => {
  const { type, id, correlationId, leadId, data } = decisionEventOf(body)
  const cause = { decisionId: id, correlationId }
  if (type === 'ConsentGranted') return { type: 'consented', leadId, cause }
  const request = type === 'EmailRequested' ? parseEmailRequest(data) : undefined
  if (!request) throw new Error(`the ${type} event requests no email`)
  return { type: 'requested', request, cause }
}
