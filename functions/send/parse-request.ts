import type { RequestCause } from '../../domain/email/email-outcome.ts'
import { type EmailRequest, parseEmailRequest } from '../../domain/email/email-request.ts'
import { decisionEventOf } from '../queue/decision-event.ts'

/** What stands on the send queue. @throws when `body` is no request: the message ends in the dead-letter queue. */
export const parseRequest = (
  body: unknown,
): { readonly request: EmailRequest; readonly cause: RequestCause } => {
  const { type, id, correlationId, data } = decisionEventOf(body)
  const request = type === 'EmailRequested' ? parseEmailRequest(data) : undefined
  if (!request) throw new Error(`the ${type} event requests no email`)
  return { request, cause: { decisionId: id, correlationId } }
}
