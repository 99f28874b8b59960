import type { Handoff } from '../../domain/handoff/handoff.ts'
import type { Endpoint } from '../../domain/model/endpoint.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import {
  type Attempted,
  afterAttempt,
  afterFailure,
  afterSuccess,
  type Delivery,
  type EndpointState,
  type GivenUp,
  giveUp,
  isDisabled,
  isSuccess,
  postpone,
  restsUntil,
  signingGenerations,
} from '../../domain/webhook/delivery.ts'
import { type Background, composeBody, type WebhookEvent } from '../../domain/webhook/message.ts'
import type { Clock, Handoffs, Leads, Timers } from '../ports.ts'
import { unlessConflict } from '../retry-conflicts.ts'
import { rootLead } from '../root-lead.ts'
import type {
  Deliveries,
  DeliveryRef,
  EndpointStates,
  PostWebhook,
  QueueWebhook,
  WarnOfWebhook,
  WebhookSecrets,
} from '../webhook-ports.ts'

export interface AttemptPorts {
  readonly deliveries: Pick<Deliveries, 'load' | 'commit'>
  readonly endpoints: EndpointStates
  readonly secrets: WebhookSecrets
  readonly post: PostWebhook
  readonly clock: Clock
  /** Random, 0 ≤ chance < 1. */
  readonly chance: () => number
  readonly warn: WarnOfWebhook
  readonly setAttempt: SetAttempt
  readonly gatherBackground: (event: WebhookEvent) => Promise<Background | undefined>
}

/** One numbered attempt at a delivery. */
export interface Attempt extends DeliveryRef {
  readonly attempt: number
}

/** Longer than the function may run, in ms: whoever has not said by then what came of an attempt has died over it. */
const lease = 60_000

/**
 * Claims a delivery, posts it, stores the result and schedules the next attempt. The attempt's number and the claim make repeated
 * messages harmless; only a crash between request and write sends the same id twice, once the claim is over. A failed delivery is
 * retried by its own timer, so the message is always done.
 */
export const makeAttemptDelivery = (ports: AttemptPorts) => {
  const { deliveries, endpoints, secrets, post, clock, chance, warn, setAttempt, gatherBackground } = ports

  const end = async (delivery: Delivery, why: GivenUp): Promise<void> => {
    logGivenUp(delivery, why)
    // Another process wrote first, or the person was erased.
    await unlessConflict(deliveries.commit(giveUp(delivery, why)))
  }

  const logGivenUp = ({ endpoint, webhookId }: Delivery, because: GivenUp): void =>
    warn({ endpoint, webhookId, because })

  const send = (
    endpoint: Endpoint,
    state: EndpointState,
    { webhookId }: Delivery,
    body: string,
  ): Promise<Attempted> => {
    const seconds = Math.floor(Date.parse(clock()) / 1_000)
    const generations = signingGenerations(state, clock())
    return post({
      url: endpoint.url,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Trichter-Webhooks/1.0',
        ...(endpoint.type === 'webhook' && {
          'webhook-id': webhookId,
          'webhook-timestamp': String(seconds),
          'webhook-signature': secrets.sign(endpoint.id, generations, { webhookId, seconds, body }),
        }),
      },
      body,
    })
  }

  /** Updates the endpoint's state. Of concurrent attempts only one writes, as all say the same. */
  const note = async (endpoint: Endpoint, seen: EndpointState, attempted: Attempted): Promise<void> => {
    const after = isSuccess(attempted)
      ? afterSuccess(seen)
      : afterFailure(seen, attempted, endpoint.url, clock())
    if (after !== seen) await unlessConflict(endpoints.commit(endpoint.id, after))
  }

  return async ({ attempt, ...ref }: Attempt, playbook: Playbook): Promise<void> => {
    const delivery = await deliveries.load(ref)
    if (delivery?.state !== 'pending' || delivery.nextAt === undefined) return
    // The attempt was made, but its process may have died before scheduling the next one.
    if (delivery.attempts === attempt + 1) return setAttempt(delivery)
    if (delivery.attempts !== attempt) return
    if (clock() < delivery.nextAt) return setAttempt(delivery)
    const endpoint = playbook.handoff.notify?.find(({ id }) => id === ref.endpoint)
    if (!endpoint) return end(delivery, 'removed')
    const state = await endpoints.load(endpoint.id)
    if (isDisabled(state, endpoint.url)) return end(delivery, 'disabled')
    const until = delivery.attempts === delivery.begunAt ? restsUntil(state, clock(), chance()) : undefined
    if (until !== undefined) {
      const waiting = await unlessConflict(deliveries.commit(postpone(delivery, until)))
      if (waiting) await setAttempt(waiting)
      return
    }
    const background = await gatherBackground(delivery.event)
    if (!background) return
    const body = JSON.stringify(composeBody(endpoint, delivery.event, background, playbook))
    // A copy of the message that came at the same moment is at it where this fails.
    const claim = postpone(delivery, addMilliseconds(clock(), lease))
    const claimed = await unlessConflict(deliveries.commit(claim))
    if (!claimed) return
    const attempted = await send(endpoint, state, claimed, body)
    const after = afterAttempt(claimed, attempted, clock(), chance())
    await note(endpoint, state, attempted)
    // Logged before it is stored: a crash may repeat the alarm, but not lose it.
    if (after.givenUp) logGivenUp(after, after.givenUp)
    const current = await unlessConflict(deliveries.commit(after))
    if (current) await setAttempt(current)
  }
}

interface SetAttemptPorts {
  readonly queue: QueueWebhook
  readonly timers: Timers
  readonly clock: Clock
}

/** SQS delays a message by 15 minutes at most. */
const longestDelay = 900

/** Name of the timer for the next attempt; erasure cancels it by this name. */
export const attemptTimer = ({ event, endpoint, webhookId, nextAt }: Delivery): string =>
  `webhook:${event.leadId}:${endpoint}:${webhookId}:${nextAt}`

/** Schedules the next attempt of a pending delivery for its `nextAt`. Idempotent: a surplus message finds its attempt already made. */
export const makeSetAttempt =
  ({ queue, timers, clock }: SetAttemptPorts) =>
  async (delivery: Delivery): Promise<void> => {
    const { event, endpoint, webhookId, attempts, nextAt } = delivery
    if (nextAt === undefined) return
    const message = { type: 'attempt', leadId: event.leadId, endpoint, webhookId, attempt: attempts }
    const delay = Math.max(0, Math.ceil((Date.parse(nextAt) - Date.parse(clock())) / 1_000))
    if (delay <= longestDelay) await queue(message, delay)
    else await timers.set(attemptTimer(delivery), nextAt, message)
  }

export type SetAttempt = ReturnType<typeof makeSetAttempt>

interface BackgroundPorts {
  /** Where the console is, without a slash at the end. */
  readonly publicUrl: string
  readonly leads: Pick<Leads, 'load'>
  readonly handoffs: Pick<Handoffs, 'find' | 'list'>
}

/** The handoff named by the event, else the lead's latest. */
export const handoffOf = async (
  { handoffs }: Pick<BackgroundPorts, 'handoffs'>,
  { data, leadId, type }: WebhookEvent,
): Promise<Handoff | undefined> => {
  if (type === 'LeadErased') return undefined
  if (typeof data.handoffId === 'string') return handoffs.find(data.handoffId)
  const all = await handoffs.list(leadId)
  return all.toSorted((a, b) => (a.requestedAt < b.requestedAt ? -1 : 1)).at(-1)
}

/**
 * Data that a message shows beside the event, read when it is sent. @returns undefined for an erased person: nothing but the
 * erasure is sent.
 */
export const makeGatherBackground =
  (ports: BackgroundPorts) =>
  async (event: WebhookEvent): Promise<Background | undefined> => {
    if (event.type === 'LeadErased') return {}
    const [lead, handoff] = await Promise.all([rootLead(ports.leads, event.leadId), handoffOf(ports, event)])
    if (!lead) return undefined
    const { email, state } = lead
    const place = handoff ? `handoffs/${handoff.handoffId}` : `leads/${lead.leadId}`
    return {
      page: `${ports.publicUrl}/${place}`,
      ...(handoff && { handoff }),
      ...(state && { lead: { state, ...(email !== undefined && { email }) } }),
    }
  }
