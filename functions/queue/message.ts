import * as z from 'zod/mini'
import type { Decision } from '../../domain/model/decision.ts'
import { leadIdSchema } from '../../domain/model/email-request.ts'
import { isDataOf } from '../../domain/model/event-table.ts'
import type { DecisionType, EventData, SystemEventType } from '../../domain/model/events.ts'

/** One message of a batch, its body read as JSON but not yet as anything in particular. */
export interface QueueMessage {
  readonly messageId: string
  readonly body: unknown
}

/** An event as EventBridge puts it on a queue. */
interface BusEvent {
  readonly id: string
  readonly type: string
  readonly source: string
  /** RFC 3339, to the second. */
  readonly time: string
  readonly detail: Readonly<Record<string, unknown>>
}

const eventSchema = z.object({
  id: z.string(),
  'detail-type': z.string(),
  source: z.string(),
  time: z.string(),
  detail: z.record(z.string(), z.unknown()),
})

/** @returns undefined when `body` is not an event. */
export const parseBusEvent = (body: unknown): BusEvent | undefined => {
  const { data } = z.safeParse(eventSchema, body)
  return (
    data && {
      id: data.id,
      type: data['detail-type'],
      source: data.source,
      time: data.time,
      detail: data.detail,
    }
  )
}

/** @throws when `body` is not an event: the message ends in the dead-letter queue. */
export const busEventOf = (body: unknown): BusEvent => {
  const event = parseBusEvent(body)
  if (event === undefined) throw new Error('the message is not an event')
  return event
}

const metadata = z.object({
  id: z.string(),
  occurredAt: z.string(),
  correlationId: z.string(),
  causationId: z.string(),
})
const decisionSchema = z.object({
  metadata,
  data: z.looseObject({ leadId: leadIdSchema, rescored: z.exactOptional(z.string()) }),
})
const announcementSchema = z.object({ metadata: z.object({ id: z.string() }), data: z.unknown() })

/**
 * A decision as it came over the bus. @param isTaken tells what the worker takes.
 * @throws when `body` is none of that: the message ends in the dead-letter queue.
 */
export const decisionIn = <Type extends DecisionType>(
  body: unknown,
  isTaken: (type: string) => type is Type,
): Decision<Type> => {
  const { type, detail } = busEventOf(body)
  if (!isTaken(type)) throw new Error(`${type} is not taken here`)
  const parsed = z.safeParse(decisionSchema, detail)
  const data: unknown = parsed.data?.data
  if (!parsed.success || !isDataOf(type, data))
    throw new Error(`the ${type} event does not say what it is about`)
  const { leadId } = parsed.data.data
  return { ...parsed.data.metadata, type, leadId, data: { leadId, ...data } }
}

type Announced<Type extends SystemEventType> = {
  readonly [One in Type]: { readonly type: One; readonly id: string; readonly data: EventData[One] }
}[Type]

/** The same of what is about no lead. @returns undefined for any other message. @throws when it does not say what it is about. */
export const announcementIn = <Type extends SystemEventType>(
  body: unknown,
  isTaken: (type: string) => type is Type,
): Announced<Type> | undefined => {
  const { type, detail } = parseBusEvent(body) ?? { type: '' }
  if (!isTaken(type)) return undefined
  const { metadata, data } = z.parse(announcementSchema, detail)
  if (!isDataOf(type, data)) throw new Error(`the ${type} event does not say what it is about`)
  const announced: Announced<Type> = { type, id: metadata.id, data }
  return announced
}
