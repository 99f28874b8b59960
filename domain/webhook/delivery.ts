import { nextAttemptAt } from './retry-schedule.ts'
import type { WebhookEvent } from './webhook-event.ts'
import { webhookIdOf } from './webhook-event.ts'

export const deliveryStates = ['pending', 'delivered', 'failed'] as const
export type DeliveryState = (typeof deliveryStates)[number]

/** Why it is given up. `gone`: answered 410; `disabled`: others were; `removed`: the playbook no longer names the endpoint. */
export type GivenUp = 'attempts' | 'gone' | 'disabled' | 'removed'

/** One event on its way to one endpoint. */
export interface Delivery {
  readonly endpoint: string
  readonly webhookId: string
  readonly event: WebhookEvent
  readonly createdAt: string
  readonly state: DeliveryState
  /** All that were made; the next one has this number. */
  readonly attempts: number
  /** Attempts before it was last begun anew: the schedule counts from there. */
  readonly begunAt: number
  /** Of a pending one. */
  readonly nextAt?: string
  readonly last?: LastAttempt
  readonly givenUp?: GivenUp
  /** 0: not stored yet. */
  readonly version: number
}

/** `answer`: what the receiver said, at most a kilobyte; it may repeat what it was told, personal data included. */
export interface LastAttempt {
  readonly at: string
  readonly status?: number
  readonly reason?: string
  readonly answer?: string
}

/** What came of one request. `retryAfter` in seconds. */
export type Attempted =
  | {
      readonly type: 'answered'
      readonly status: number
      readonly answer: string
      readonly retryAfter?: number
    }
  | { readonly type: 'unanswered'; readonly reason: string }

export const newDelivery = (endpoint: string, event: WebhookEvent, now: string): Delivery => ({
  endpoint,
  webhookId: webhookIdOf(event.decisionId),
  event,
  createdAt: now,
  state: 'pending',
  attempts: 0,
  begunAt: 0,
  nextAt: now,
  version: 0,
})

export const isSuccess = (attempted: Attempted): boolean =>
  attempted.type === 'answered' && attempted.status >= 200 && attempted.status <= 299

/** The receiver wants no more of anything. */
export const isGone = (attempted: Attempted): boolean =>
  attempted.type === 'answered' && attempted.status === 410

const lastOf = (attempted: Attempted, at: string): LastAttempt =>
  attempted.type === 'answered'
    ? { at, status: attempted.status, ...(attempted.answer !== '' && { answer: attempted.answer }) }
    : { at, reason: attempted.reason }

/** A pending delivery after one more attempt. @param chance from 0 to below 1: spreads what failed together. */
export const afterAttempt = (
  { nextAt: _, ...delivery }: Delivery,
  attempted: Attempted,
  now: string,
  chance: number,
): Delivery => {
  const attempts = delivery.attempts + 1
  const tried = { ...delivery, attempts, last: lastOf(attempted, now) }
  if (isSuccess(attempted)) return { ...tried, state: 'delivered' }
  if (isGone(attempted)) return { ...tried, state: 'failed', givenUp: 'gone' }
  const retryAfter = attempted.type === 'answered' ? attempted.retryAfter : undefined
  const nextAt = nextAttemptAt(attempts - delivery.begunAt, now, chance, retryAfter)
  return nextAt === undefined ? { ...tried, state: 'failed', givenUp: 'attempts' } : { ...tried, nextAt }
}

/** Given up without another attempt. */
export const giveUp = ({ nextAt: _, ...delivery }: Delivery, why: GivenUp): Delivery => ({
  ...delivery,
  state: 'failed',
  givenUp: why,
})

/** Not now: the endpoint rests. Counts as no attempt. */
export const postpone = (delivery: Delivery, until: string): Delivery => ({ ...delivery, nextAt: until })

/** From the beginning, under the same id: the receiver drops what it has had already. */
export const beginAnew = ({ givenUp: _, ...delivery }: Delivery, now: string): Delivery => ({
  ...delivery,
  state: 'pending',
  begunAt: delivery.attempts,
  nextAt: now,
})
