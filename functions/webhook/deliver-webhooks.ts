import * as z from 'zod/mini'
import { type LeadId, parseLeadId } from '../../domain/model/activity.ts'
import { type Endpoint, isSubscribed, listensTo } from '../../domain/model/endpoint.ts'
import { isDecisionFor } from '../../domain/model/event-table.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import {
  beginAnew,
  type Delivery,
  type DeliveryState,
  giveUp,
  isDisabled,
  newDelivery,
} from '../../domain/webhook/delivery.ts'
import type { WebhookEvent } from '../../domain/webhook/message.ts'
import type { Clock, Handoffs, Leads, Playbooks } from '../ports.ts'
import { decisionIn } from '../queue/message.ts'
import { unlessConflict } from '../retry-conflicts.ts'
import type {
  Deliveries,
  DeliveryLists,
  DeliveryRef,
  EndpointStates,
  QueueWebhook,
} from '../webhook-ports.ts'
import {
  type Attempt,
  type AttemptPorts,
  handoffOf,
  makeAttemptDelivery,
  type SetAttempt,
} from './attempt-delivery.ts'

interface FanOutPorts {
  readonly leads: Pick<Leads, 'load'>
  readonly handoffs: Pick<Handoffs, 'find' | 'list'>
  readonly deliveries: Pick<Deliveries, 'add'>
  readonly endpoints: Pick<EndpointStates, 'load'>
  readonly clock: Clock
  readonly setAttempt: SetAttempt
}

/**
 * Creates a delivery and a message for each endpoint that subscribes to the event, so that none waits for another. A disabled
 * endpoint gets a failed delivery, to be replayed once it is enabled. Idempotent.
 */
const makeFanOut = (ports: FanOutPorts) => {
  const { leads, deliveries, endpoints, clock, setAttempt } = ports

  const deliver = async (event: WebhookEvent, { id, url }: Endpoint): Promise<void> => {
    const fresh = newDelivery(id, event, clock())
    const isOff = isDisabled(await endpoints.load(id), url)
    const current = await deliveries.add(isOff ? giveUp(fresh, 'disabled') : fresh)
    if (current.state === 'pending' && current.attempts === 0) await setAttempt(current)
  }

  return async (event: WebhookEvent, { handoff: { notify = [] } }: Playbook): Promise<void> => {
    if (!notify.some((endpoint) => listensTo(endpoint, event.type))) return
    if (event.type !== 'LeadErased' && (await leads.load(event.leadId))?.erased) return
    const team = (await handoffOf(ports, event))?.team
    await Promise.all(
      notify
        .filter((endpoint) => isSubscribed(endpoint, event.type, team))
        .map((endpoint) => deliver(event, endpoint)),
    )
  }
}

/** Replays one delivery. `attempts`: how many it had when the replay was requested. */
interface ReplayOne extends DeliveryRef {
  readonly attempts: number
}

/** Replays deliveries to one endpoint created at `since` or later. */
interface Replay {
  readonly endpoint: string
  readonly since: string
  readonly states: readonly Exclude<DeliveryState, 'pending'>[]
  readonly cursor?: string
}

/** Deliveries replayed per message. */
const pageSize = 25

export const askToReplay = (
  queue: QueueWebhook,
  { event, endpoint, webhookId, attempts }: Delivery,
): Promise<void> => queue({ type: 'replay-one', leadId: event.leadId, endpoint, webhookId, attempts })

/**
 * Restarts a delivery under the same id in any state; a pending one is attempted at once. Once per request, however often the
 * message arrives: the number of attempts shows whether it was done.
 */
const makeReplayOne =
  ({
    deliveries,
    clock,
    setAttempt,
  }: {
    readonly deliveries: Pick<Deliveries, 'load' | 'commit'>
    readonly clock: Clock
    readonly setAttempt: SetAttempt
  }) =>
  async ({ attempts, ...ref }: ReplayOne): Promise<void> => {
    const stored = await deliveries.load(ref)
    if (stored?.attempts !== attempts) return
    const restarted = await unlessConflict(deliveries.commit(beginAnew(stored, clock())))
    // Otherwise another process has just attempted or erased it.
    if (restarted) await setAttempt(restarted)
  }

/** Requests a replay of each delivery on a page and queues the next page. */
export const makeReplayDeliveries =
  ({ lists, queue }: { readonly lists: Pick<DeliveryLists, 'page'>; readonly queue: QueueWebhook }) =>
  async ({ endpoint, since, states, cursor }: Replay): Promise<void> => {
    const [state, ...further] = states
    if (state === undefined) return
    const asked = { endpoint, state, since, limit: pageSize }
    const { items, next } = await lists.page(cursor === undefined ? asked : { ...asked, cursor })
    await Promise.all(items.map((delivery) => askToReplay(queue, delivery)))
    const rest = { type: 'replay', endpoint, since }
    if (next !== undefined) await queue({ ...rest, states: [...states], cursor: next })
    else if (further.length > 0) await queue({ ...rest, states: further })
  }

/** A message of the webhook queue. */
type WebhookMessage =
  | { readonly type: 'event'; readonly event: WebhookEvent }
  | { readonly type: 'attempt'; readonly attempt: Attempt }
  | { readonly type: 'replay'; readonly replay: Replay }
  | { readonly type: 'replay-one'; readonly asked: ReplayOne }

const ref = z.object({
  leadId: z.custom<LeadId>((value) => parseLeadId(value) !== undefined),
  endpoint: z.string(),
  webhookId: z.string(),
})
const attemptSchema = z.extend(ref, { type: z.literal('attempt'), attempt: z.number() })
const replayOneSchema = z.extend(ref, { type: z.literal('replay-one'), attempts: z.number() })

const replaySchema = z.object({
  type: z.literal('replay'),
  endpoint: z.string(),
  since: z.string(),
  states: z.array(z.enum(['failed', 'delivered'])),
  cursor: z.optional(z.string()),
})

/** @throws for an unknown message, which ends in the dead-letter queue. */
const parseMessage = (body: unknown): WebhookMessage => {
  const attempted = z.safeParse(attemptSchema, body)
  if (attempted.success) {
    const { type: _, ...attempt } = attempted.data
    return { type: 'attempt', attempt }
  }
  const replayed = z.safeParse(replaySchema, body)
  if (replayed.success) {
    const { type: _, cursor, ...replay } = replayed.data
    return { type: 'replay', replay: { ...replay, ...(cursor !== undefined && { cursor }) } }
  }
  const again = z.safeParse(replayOneSchema, body)
  if (again.success) {
    const { type: _, ...asked } = again.data
    return { type: 'replay-one', asked }
  }
  const { id: decisionId, type, occurredAt, leadId, data } = decisionIn(body, isDecisionFor('webhook'))
  return { type: 'event', event: { decisionId, type, occurredAt, leadId, data } }
}

export interface DeliverWebhooksPorts extends AttemptPorts, FanOutPorts {
  readonly deliveries: AttemptPorts['deliveries'] & FanOutPorts['deliveries']
  readonly endpoints: AttemptPorts['endpoints']
  readonly lists: Pick<DeliveryLists, 'page'>
  readonly queue: QueueWebhook
  readonly playbooks: Pick<Playbooks, 'current'>
}

/** Handles a message of the webhook queue: an event, a due delivery, or a replay. */
export const makeDeliverWebhooks = (ports: DeliverWebhooksPorts) => {
  const fanOut = makeFanOut(ports)
  const attemptDelivery = makeAttemptDelivery(ports)
  const replay = makeReplayDeliveries(ports)
  const replayOne = makeReplayOne(ports)
  return async (body: unknown): Promise<void> => {
    const message = parseMessage(body)
    const playbook = (): Promise<Playbook> => ports.playbooks.current()
    switch (message.type) {
      case 'event':
        return fanOut(message.event, await playbook())
      case 'attempt':
        return attemptDelivery(message.attempt, await playbook())
      case 'replay':
        return replay(message.replay)
      case 'replay-one':
        return replayOne(message.asked)
      default:
        return message satisfies never
    }
  }
}
