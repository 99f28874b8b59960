import * as z from 'zod/mini'
import type { RequestCause } from '../../domain/email/email-outcome.ts'
import { type LeadId, parseLeadId } from '../../domain/model/activity.ts'
import { type EmailRequest, parseEmailRequest } from '../../domain/model/decision.ts'
import { decisionEventOf, parseBusEvent } from '../queue/message.ts'
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

const metadata = z.object({ id: z.string() })
const resumedSchema = z.object({ metadata, data: z.optional(z.object({ what: z.optional(z.string()) })) })
const sequenceResumedSchema = z.object({ metadata, data: z.object({ sequence: z.string() }) })

/** @throws when the event does not say what goes on. */
const resumptionIn = (body: unknown): HeldWake | undefined => {
  const event = parseBusEvent(body)
  switch (event?.type) {
    case 'SendingResumed': {
      const { metadata, data } = z.parse(resumedSchema, event.detail)
      const reason = data?.what === 'confirmations' ? 'confirmations-paused' : 'paused'
      return { type: 'wake-held', id: metadata.id, reason }
    }
    case 'SequenceResumed': {
      const { metadata, data } = z.parse(sequenceResumedSchema, event.detail)
      return { type: 'wake-held', id: metadata.id, reason: 'sequence-paused', sequence: data.sequence }
    }
    default:
      return undefined
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
  const { type, id, correlationId, leadId, data } = decisionEventOf(body)
  const cause = { decisionId: id, correlationId }
  if (type === 'ConsentGranted') return { type: 'consented', leadId, cause }
  const request = type === 'EmailRequested' ? parseEmailRequest(data) : undefined
  if (!request) throw new Error(`the ${type} event requests no email`)
  return { type: 'requested', request, cause }
}
