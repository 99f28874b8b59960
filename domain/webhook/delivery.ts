import { addMilliseconds } from '../time/local-time.ts'
import { type WebhookEvent, webhookIdOf } from './message.ts'

const minute = 60_000
const hour = 60 * minute

/** Waits after a failed attempt, in ms: the example of the Standard Webhooks specification. Over three days, ten attempts. */
const waits = [
  5_000,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
] as const

export const mostAttempts = waits.length + 1

/** A receiver may ask for patience, not for being forgotten. */
const longestAsked = 24 * hour
/** Up to a tenth more, so that what failed together does not come back together. */
const spread = 0.1

/** Schedules count whole seconds: the next one. */
const wholeSecond = (at: string): string => addMilliseconds(at, (1_000 - (Date.parse(at) % 1_000)) % 1_000)

/**
 * When to try again after `failed` attempts (1 for the first). @param chance from 0 to below 1.
 * @param retryAfter seconds that the receiver asked for. @returns undefined once it has been tried often enough.
 */
export const nextAttemptAt = (
  failed: number,
  now: string,
  chance: number,
  retryAfter = 0,
): string | undefined => {
  const wait = waits[failed - 1]
  if (wait === undefined) return undefined
  const asked = Math.min(retryAfter * 1_000, longestAsked)
  return wholeSecond(addMilliseconds(now, Math.round(Math.max(wait, asked) * (1 + spread * chance))))
}

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
  /** Attempts before it was last started over: the schedule counts from there. */
  readonly begunAt: number
  /** Of a pending one. */
  readonly nextAt?: string
  readonly last?: LastAttempt
  readonly givenUp?: GivenUp
  /** 0: not stored yet. */
  readonly version: number
}

/** `answer`: what the receiver said, at most a kilobyte; it may repeat what it was told, personal data included. */
interface LastAttempt {
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
const isGone = (attempted: Attempted): boolean => attempted.type === 'answered' && attempted.status === 410

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

/** What is known of an endpoint beside what the playbook says. */
export interface EndpointState {
  /** Of its secret; counts from 1. */
  readonly generation: number
  readonly rotatedAt?: string
  /** It answered 410; counts only while the playbook names this very address. */
  readonly disabled?: { readonly at: string; readonly url: string }
  /** It is overloaded or does not answer: what is new waits until then. */
  readonly restUntil?: string
  /** Failures of that kind, one after the other. */
  readonly strained?: number
  /** The latest failure of any kind; no text of the receiver's. */
  readonly lastError?: { readonly at: string; readonly status?: number; readonly reason?: string }
  /** 0: not stored yet. */
  readonly version: number
}

export const newEndpoint: EndpointState = { generation: 1, version: 0 }

/** How long the secret before the present one signs as well, in ms. */
const overlap = 24 * 3_600_000

export const rotated = (state: EndpointState, now: string): EndpointState => ({
  ...state,
  generation: state.generation + 1,
  rotatedAt: now,
})

/** Until when the secret before signs as well; undefined where there is none. */
export const overlapUntil = ({ generation, rotatedAt }: EndpointState): string | undefined =>
  rotatedAt === undefined || generation < 2 ? undefined : addMilliseconds(rotatedAt, overlap)

/** The secrets that sign now, the present one first. */
export const signingGenerations = (state: EndpointState, now: string): readonly number[] => {
  const until = overlapUntil(state)
  const { generation } = state
  return until !== undefined && now < until ? [generation, generation - 1] : [generation]
}

export const isDisabled = ({ disabled }: EndpointState, url: string): boolean => disabled?.url === url

export const enabled = ({ disabled: _, restUntil: _rest, strained: _strained, ...state }: EndpointState) =>
  state

/** Rests in ms after so many failures in a row, doubling: a dead receiver costs little, one that is back is noticed soon. */
const firstRest = 5_000
const longestRest = 300_000

/** Time-outs and overload pass by leaving it alone; any other failure is about the one message. */
const isStrain = (attempted: Attempted): boolean =>
  attempted.type === 'unanswered' || [429, 502, 503, 504].includes(attempted.status)

/** What a failed attempt says about the endpoint. */
export const afterFailure = (
  state: EndpointState,
  attempted: Attempted,
  url: string,
  now: string,
): EndpointState => {
  const lastError =
    attempted.type === 'answered'
      ? { at: now, status: attempted.status }
      : { at: now, reason: attempted.reason }
  if (attempted.type === 'answered' && attempted.status === 410)
    return { ...state, lastError, disabled: { at: now, url } }
  // Several attempts at once fail together: that is one failure.
  if (!isStrain(attempted) || (state.restUntil !== undefined && now < state.restUntil))
    return { ...state, lastError }
  const strained = (state.strained ?? 0) + 1
  const rest = Math.min(firstRest * 2 ** (strained - 1), longestRest)
  return { ...state, lastError, strained, restUntil: addMilliseconds(now, rest) }
}

/** It answers again. @returns the same object where there was nothing to forget. */
export const afterSuccess = (state: EndpointState): EndpointState => {
  if (state.strained === undefined) return state
  const { strained: _, restUntil: _rest, ...well } = state
  return well
}

/** Until when something new waits; undefined: it may go. @param chance spreads what waited together over as long again. */
export const restsUntil = (
  { restUntil, strained = 1 }: EndpointState,
  now: string,
  chance: number,
): string | undefined =>
  restUntil === undefined || restUntil <= now
    ? undefined
    : addMilliseconds(restUntil, Math.round(chance * Math.min(firstRest * 2 ** (strained - 1), longestRest)))
