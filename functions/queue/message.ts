import * as z from 'zod/mini'

/** One message of a batch, its body read as JSON but not yet as anything in particular. */
export interface QueueMessage {
  readonly messageId: string
  readonly body: unknown
}

/** An event as EventBridge puts it on a queue. */
export interface BusEvent {
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
