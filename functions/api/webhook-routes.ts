import * as z from 'zod/mini'
import { parseInstant } from '../../domain/activity/parse-instant.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import { deliveryStates } from '../../domain/webhook/delivery.ts'
import type { Endpoint } from '../../domain/webhook/endpoint.ts'
import { enabled, overlapUntil, rotated } from '../../domain/webhook/endpoint-state.ts'
import type { AuditAction } from '../audit-ports.ts'
import type { Clock } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { askToReplay } from '../webhook/replay-deliveries.ts'
import type {
  Deliveries,
  DeliveryLists,
  EndpointStates,
  QueueWebhook,
  WebhookSecrets,
} from '../webhook-ports.ts'
import type { ApiRequest, ApiResult, ApiRoute } from './api-request.ts'
import { listDeliveries } from './list-deliveries.ts'
import { inputErrors } from './paging.ts'
import { readDeliveryId, viewDelivery, viewEndpoint } from './view-webhook.ts'

export interface WebhookRoutePorts {
  readonly rules: { readonly playbook: Pick<Playbook, 'handoff'> }
  readonly endpoints: EndpointStates
  readonly deliveries: Pick<Deliveries, 'load'>
  readonly deliveryLists: DeliveryLists
  readonly webhookSecrets: Pick<WebhookSecrets, 'secretOf'>
  readonly tellWebhook: QueueWebhook
  readonly clock: Clock
}

type Answer = (endpoint: Endpoint, request: ApiRequest) => Promise<ApiResult>

const notAnInstant = 'must be a time with an offset (RFC 3339), such as 2026-01-31T09:30:00+01:00'
const replayBody = z.object(
  {
    since: z.pipe(
      z.string(notAnInstant).check(z.refine((text) => parseInstant(text) !== undefined, notAnInstant)),
      z.transform((text: string) => parseInstant(text) ?? text),
    ),
    all: z.optional(z.boolean('must be true or false')),
  },
  'must be an object with "since"',
)
/** The endpoint that the path names, as long as the playbook has it. */
const withEndpoint =
  ({ rules }: WebhookRoutePorts, answer: Answer) =>
  async (request: ApiRequest): Promise<ApiResult> => {
    const endpoint = rules.playbook.handoff.notify?.find(({ id }) => id === request.params.id)
    return endpoint
      ? answer(endpoint, request)
      : { type: 'not-found', detail: 'handoff.yaml names no such endpoint under "notify".' }
  }

const signedOnly =
  (answer: Answer): Answer =>
  async (endpoint, request) =>
    endpoint.type === 'webhook'
      ? answer(endpoint, request)
      : { type: 'not-found', detail: 'Messages to a channel are not signed: there is no secret.' }

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

/** A new secret; the one before signs as well for a day. Rotating again within that day ends it at once. */
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

/** Failed ones since then, with `all` delivered ones as well: in the background, page by page. */
const makeReplay =
  ({ tellWebhook }: WebhookRoutePorts): Answer =>
  async ({ id }, { body }) => {
    const parsed = replayBody.safeParse(body)
    if (!parsed.success) return { type: 'bad-input', errors: inputErrors(parsed.error) }
    const { since, all } = parsed.data
    const states = all ? ['failed', 'delivered'] : ['failed']
    await tellWebhook({ type: 'replay', endpoint: id, since, states })
    return { type: 'accepted', body: { status: 'accepted' } }
  }

const makeReplayDelivery =
  ({ deliveries, tellWebhook }: WebhookRoutePorts): Answer =>
  async ({ id }, { params }) => {
    const named = readDeliveryId(params.deliveryId ?? '')
    const delivery = named && (await deliveries.load({ ...named, endpoint: id }))
    if (!delivery) return { type: 'not-found', detail: 'There is no delivery with this id.' }
    await askToReplay(tellWebhook, delivery)
    return { type: 'accepted', body: viewDelivery(delivery) }
  }

/** Endpoints under `notify` in `handoff.yaml`: how they fare, their secrets, and sending again. */
export const webhookRoutes = (ports: WebhookRoutePorts): readonly ApiRoute[] => {
  const path = '/api/webhooks'
  const admin = ['admin'] as const
  const view = makeView(ports)
  const at = (
    method: 'GET' | 'POST',
    suffix: string,
    action: AuditAction | undefined,
    answer: Answer,
  ): ApiRoute => ({
    method,
    action,
    path: `${path}/:id/${suffix}`,
    roles: admin,
    answer: withEndpoint(ports, answer),
  })
  return [
    {
      method: 'GET',
      path,
      roles: ['marketing', 'admin'],
      answer: async () => ({
        type: 'ok',
        body: { items: await Promise.all((ports.rules.playbook.handoff.notify ?? []).map(view)) },
      }),
    },
    at('GET', 'secret', 'webhook.secret-read', signedOnly(makeShowSecret(ports))),
    at('POST', 'rotate', 'webhook.rotated', signedOnly(makeRotate(ports))),
    at('POST', 'enable', 'webhook.enabled', makeEnable(ports)),
    at('GET', 'deliveries', undefined, ({ id }, { query }) => listDeliveries(ports.deliveryLists, id, query)),
    at('POST', 'replay', 'webhook.replayed', makeReplay(ports)),
    at('POST', 'deliveries/:deliveryId/replay', 'webhook.replayed', makeReplayDelivery(ports)),
  ]
}
