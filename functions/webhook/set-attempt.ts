import type { Delivery } from '../../domain/webhook/delivery.ts'
import type { Alarms, Clock } from '../ports.ts'
import type { QueueWebhook } from '../webhook-ports.ts'

export interface SetAttemptPorts {
  readonly queue: QueueWebhook
  readonly alarms: Alarms
  readonly clock: Clock
}

/** SQS holds a message back for a quarter of an hour at most. */
const longestDelay = 900

/** Of the wake-up for the next attempt at a delivery: erasure cancels it by this name. */
export const attemptAlarm = ({ event, endpoint, webhookId, nextAt }: Delivery): string =>
  `webhook:${event.leadId}:${endpoint}:${webhookId}:${nextAt}`

/** Sees to it that a pending delivery is attempted at its `nextAt`. Setting it again changes nothing, or brings a message too many that finds its number taken. */
export const makeSetAttempt =
  ({ queue, alarms, clock }: SetAttemptPorts) =>
  async (delivery: Delivery): Promise<void> => {
    const { event, endpoint, webhookId, attempts, nextAt } = delivery
    if (nextAt === undefined) return
    const message = { type: 'attempt', leadId: event.leadId, endpoint, webhookId, attempt: attempts }
    const delay = Math.max(0, Math.ceil((Date.parse(nextAt) - Date.parse(clock())) / 1_000))
    if (delay <= longestDelay) await queue(message, delay)
    else await alarms.set(attemptAlarm(delivery), nextAt, message)
  }

export type SetAttempt = ReturnType<typeof makeSetAttempt>
