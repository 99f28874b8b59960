import * as z from 'zod/mini'
import { type LeadId, parseLeadId } from '../../domain/lead/lead-id.ts'
import { busEventOf } from '../queue/message.ts'

/** What stands on the rescore queue. `tries` counts how often it was put back to wait. */
export type RescoreMessage =
  /** Rules went live: every lead is to come under them. */
  | { readonly type: 'start'; readonly rules: string; readonly tries: number }
  | {
      readonly type: 'page'
      readonly jobId: string
      readonly lane: number
      readonly page: number
      readonly tries: number
    }
  /** A lead that failed with its page, and now fails alone. */
  | { readonly type: 'lead'; readonly rules: string; readonly leadId: LeadId }

const tries = z.int()

const own = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), rules: z.string(), tries }),
  z.object({
    type: z.literal('page'),
    jobId: z.string(),
    // Messages of before there were lanes name none.
    lane: z._default(z.int(), 0),
    page: z.int(),
    tries,
  }),
  z.object({
    type: z.literal('lead'),
    rules: z.string(),
    leadId: z.custom<LeadId>((value) => parseLeadId(value) !== undefined),
  }),
])

const published = z.object({ data: z.object({ rulesVersion: z.string() }) })

/** @throws when `body` is neither of these nor a `PlaybookPublished` event: the message ends in the dead-letter queue. */
export const parseMessage = (body: unknown): RescoreMessage => {
  const message = z.safeParse(own, body)
  if (message.success) return message.data
  const event = busEventOf(body)
  const { data: detail } = z.safeParse(published, event.detail)
  if (event.type !== 'PlaybookPublished' || !detail)
    throw new Error(`the ${event.type} event publishes no playbook`)
  return { type: 'start', rules: detail.data.rulesVersion, tries: 0 }
}
