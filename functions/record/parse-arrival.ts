import { parseActivity } from '../../domain/activity/parse-activity.ts'
import { busEventOf, type QueueMessage } from '../queue/message.ts'
import type { Arrival } from './gather-activities.ts'

/** The event gives the time to the second; activities have milliseconds. */
const instantOf = (time: string): string => new Date(time).toISOString()

/**
 * Reads an `Activity` event of whatever source; the event's own id and time stand in where the sender gave none.
 * @throws when it is not an activity: the message ends in the dead-letter queue. Names what is wrong, not the values.
 */
export const parseArrival = ({ messageId, body }: QueueMessage): Arrival => {
  const event = busEventOf(body)
  const parsed = parseActivity(event.detail, instantOf(event.time), event.id)
  switch (parsed.type) {
    case 'activity':
      return { messageId, activity: parsed.activity }
    case 'refused':
      throw new Error(
        `not an activity: ${parsed.errors.map(({ path, message }) => `${path} ${message}`).join('; ')}`,
      )
    default:
      return parsed satisfies never
  }
}
