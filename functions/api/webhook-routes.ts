import * as z from 'zod/mini'
import type { Endpoint } from '../../domain/model/endpoint.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import { deliveryStates, enabled, overlapUntil, rotated } from '../../domain/webhook/delivery.ts'
import type { Clock } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { askToReplay } from '../webhook/deliver-webhooks.ts'
import type {
  Deliveries,
  DeliveryLists,
  EndpointStates,
  QueueWebhook,
  WebhookSecrets,
} from '../webhook-ports.ts'
import {
  type ApiRequest,
  type ApiResult,
  admins,
  marketers,
  moment,
  oneOf,
  otherCursor,
  pageQuery,
  type Texts,
} from './api-request.ts'
import { get, post } from './api-route.ts'
import { listByState } from './list-by-state.ts'
import { readDeliveryId, viewDelivery, viewEndpoint } from './views.ts'

const query = z.extend(pageQuery, { state: oneOf(deliveryStates) })

interface WebhookRoutePorts {
  readonly rules: { readonly playbook: Pick<Playbook, 'handoff'> }
  readonly endpoints: EndpointStates
  readonly deliveries: Pick<Deliveries, 'load'>
  readonly deliveryLists: DeliveryLists
  readonly webhookSecrets: Pick<WebhookSecrets, 'secretOf'>
  readonly enqueueWebhook: QueueWebhook
  readonly clock: Clock
}

type Answer<Query = Texts, Body = unknown> = (
  endpoint: Endpoint,
  request: ApiRequest<Query, Body>,
) => Promise<ApiResult>

const replayBody = z.object({ since: moment, all: z.optional(z.boolean('must be true or false')) })

/** Finds the endpoint in the path, while the playbook has it. */
const withEndpoint =
  <Query, Body>(make: (ports: WebhookRoutePorts) => Answer<Query, Body>) =>
  (ports: WebhookRoutePorts) => {
    const answer = make(ports)
    return async (request: ApiRequest<Query, Body>): Promise<ApiResult> => {
      const { notify } = ports.rules.playbook.handoff
      const endpoint = notify?.find(({ id }) => id === request.params.id)
      return endpoint
        ? answer(endpoint, request)
        : { type: 'not-found', detail: 'handoff.yaml names no such endpoint under "notify".' }
    }
  }

const withSigned = (make: (ports: WebhookRoutePorts) => Answer) =>
  withEndpoint((ports) => {
    const answer = make(ports)
    return async (endpoint: Endpoint, request: ApiRequest): Promise<ApiResult> =>
      endpoint.type === 'webhook'
        ? answer(endpoint, request)
        : { type: 'not-found', detail: 'Messages to a channel are not signed: there is no secret.' }
  })

const makeView =
  ({ endpoints, deliveryLists, clock }: WebhookRoutePorts) =>
  async (endpoint: Endpoint) => {
    const [state, ...counts] = await Promise.all([
      endpoints.load(endpoint.id),
      ...deliveryStates.map(async (name) => [name, await deliveryLists.count(endpoint.id, name)] as const),
    ])
    return viewEndpoint(endpoint, state, Object.fromEntries(counts), clock())
  }

const makeShowSecret =
  ({ endpoints, webhookSecrets }: WebhookRoutePorts): Answer =>
  async ({ id }) => {
    const { generation } = await endpoints.load(id)
    return { type: 'ok', body: { id, generation, secret: webhookSecrets.secretOf(id, generation) } }
  }

/** Issues a new secret. The previous one stays valid for a day; another rotation ends it at once. */
const makeRotate =
  ({ endpoints, webhookSecrets, clock }: WebhookRoutePorts): Answer =>
  ({ id }) =>
    retryConflicts(async () => {
      const next = rotated(await endpoints.load(id), clock())
      await endpoints.commit(id, next)
      return {
        type: 'ok',
        body: {
          id,
          generation: next.generation,
          secret: webhookSecrets.secretOf(id, next.generation),
          previousUntil: overlapUntil(next) ?? null,
        },
      }
    })

const makeEnable = (ports: WebhookRoutePorts): Answer => {
  const view = makeView(ports)
  return (endpoint) =>
    retryConflicts(async () => {
      const state = await ports.endpoints.load(endpoint.id)
      if (state.disabled || state.restUntil) await ports.endpoints.commit(endpoint.id, enabled(state))
      return { type: 'ok', body: await view(endpoint) }
    })
}

/** Replays failed deliveries since a moment, with `all` delivered ones too, in the background. */
const makeReplay =
  ({ enqueueWebhook }: WebhookRoutePorts): Answer<Texts, z.infer<typeof replayBody>> =>
  async ({ id }, { body: { since, all } }) => {
    const states = all ? ['failed', 'delivered'] : ['failed']
    await enqueueWebhook({ type: 'replay', endpoint: id, since, states })
    return { type: 'accepted', body: { status: 'accepted' } }
  }

const makeReplayDelivery =
  ({ deliveries, enqueueWebhook }: WebhookRoutePorts): Answer =>
  async ({ id }, { params }) => {
    const named = readDeliveryId(params.deliveryId ?? '')
    const delivery = named && (await deliveries.load({ ...named, endpoint: id }))
    if (!delivery) return { type: 'not-found', detail: 'There is no delivery with this id.' }
    await askToReplay(enqueueWebhook, delivery)
    return { type: 'accepted', body: viewDelivery(delivery) }
  }

const makeListEndpoints = (ports: WebhookRoutePorts) => {
  const view = makeView(ports)
  return async (): Promise<ApiResult> => ({
    type: 'ok',
    body: { items: await Promise.all((ports.rules.playbook.handoff.notify ?? []).map(view)) },
  })
}

/** Deliveries to one endpoint: pending ones, then delivered, then failed ones; newest first within a state. */
const makeListDeliveries =
  ({ deliveryLists }: WebhookRoutePorts): Answer<z.infer<typeof query>> =>
  async ({ id: endpoint }, { query }) => {
    const found = await listByState(
      {
        kind: `deliveries of ${endpoint}`,
        states: deliveryStates,
        page: (state, place) => deliveryLists.page({ ...place, endpoint, state }),
      },
      query,
    )
    return found ? { type: 'ok', body: { ...found, items: found.items.map(viewDelivery) } } : otherCursor
  }

const endpoint = '/api/webhooks/:id'
const replayed = { roles: admins, action: 'webhook.replayed' } as const

/** Endpoints of `notify` in `handoff.yaml`: their status, secrets and replays. */
export const webhookRoutes = [
  get('/api/webhooks', { roles: marketers }, makeListEndpoints),
  get(`${endpoint}/secret`, { roles: admins, action: 'webhook.secret-read' }, withSigned(makeShowSecret)),
  post(`${endpoint}/rotate`, { roles: admins, action: 'webhook.rotated' }, withSigned(makeRotate)),
  post(`${endpoint}/enable`, { roles: admins, action: 'webhook.enabled' }, withEndpoint(makeEnable)),
  get(`${endpoint}/deliveries`, { roles: admins, query }, withEndpoint(makeListDeliveries)),
  post(`${endpoint}/replay`, { ...replayed, body: replayBody }, withEndpoint(makeReplay)),
  post(`${endpoint}/deliveries/:deliveryId/replay`, replayed, withEndpoint(makeReplayDelivery)),
]
