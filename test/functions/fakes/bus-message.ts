import { source } from '../../../functions/event-names.ts'
import type { QueueMessage } from '../../../functions/queue/message.ts'

let messages = 0

/** A message as a rule of the bus puts it on a queue; each has a message id of its own. */
export const busMessage = (
  type: string,
  detail: unknown,
  time = '2026-04-01T00:00:00Z',
  from: string = source,
): QueueMessage => {
  const messageId = `m-${++messages}`
  return {
    messageId,
    body: { id: `event-${messageId}`, 'detail-type': type, source: from, time, detail },
  }
}

export const activityMessage = (detail: unknown, time?: string): QueueMessage =>
  busMessage('Activity', detail, time)
