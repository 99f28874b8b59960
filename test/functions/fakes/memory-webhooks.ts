import { createHmac } from 'node:crypto'
import type { LeadId } from '../../../domain/model/activity.ts'
import { type Delivery, type EndpointState, newEndpoint } from '../../../domain/webhook/delivery.ts'
import { memoryVersions } from '../../../functions/adapters/memory-versions.ts'
import type {
  Deliveries,
  DeliveryLists,
  DeliveryRef,
  EndpointStates,
  WebhookSecrets,
} from '../../../functions/webhook-ports.ts'

const keyOf = ({ leadId, endpoint, webhookId }: DeliveryRef): string => `${leadId} ${endpoint} ${webhookId}`
const refOf = ({ event, endpoint, webhookId }: Delivery): DeliveryRef => ({
  leadId: event.leadId,
  endpoint,
  webhookId,
})

/** Deliveries and their lists in memory. */
export const memoryDeliveries = () => {
  const { items, load, commit } = memoryVersions<Delivery>()
  const deliveries: Deliveries = {
    add: async (delivery) => {
      const key = keyOf(refOf(delivery))
      const standing = items.get(key) ?? { ...delivery, version: 1 }
      items.set(key, standing)
      return standing
    },
    load: (ref) => load(keyOf(ref)),
    commit: (delivery) => commit(keyOf(refOf(delivery)), delivery),
    list: async (leadId) => [...items.values()].filter(({ event }) => event.leadId === leadId),
  }
  const listed = (endpoint: string, state: string): readonly Delivery[] =>
    [...items.values()]
      .filter((delivery) => delivery.endpoint === endpoint && delivery.state === state)
      .toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
  const lists: DeliveryLists = {
    count: async (endpoint, state) => listed(endpoint, state).length,
    page: async ({ endpoint, state, since = '', limit, cursor }) => {
      const all = listed(endpoint, state).filter(({ createdAt }) => createdAt >= since)
      const from = cursor === undefined ? 0 : Number(JSON.parse(cursor).from)
      const next = from + limit < all.length ? { next: JSON.stringify({ from: String(from + limit) }) } : {}
      return { items: all.slice(from, from + limit), ...next }
    },
  }
  return {
    items,
    deliveries,
    lists,
    forget: (leadId: LeadId) => {
      for (const [key, { event }] of items) if (event.leadId === leadId) items.delete(key)
    },
  }
}

export const memoryEndpointStates = (): EndpointStates => {
  const { load, commit } = memoryVersions<EndpointState>()
  return { load: async (endpoint) => (await load(endpoint)) ?? newEndpoint, commit }
}

/** Secrets that tell which they are. */
export const plainWebhookSecrets = (): WebhookSecrets => {
  const secretOf = (endpoint: string, generation: number): string =>
    `whsec_${Buffer.from(`${endpoint}:${generation}`).toString('base64')}`
  return {
    secretOf,
    sign: (endpoint, generations, { webhookId, seconds, body }) =>
      generations
        .map((generation) => {
          const key = `${endpoint}:${generation}`
          return `v1,${createHmac('sha256', key).update(`${webhookId}.${seconds}.${body}`).digest('base64')}`
        })
        .join(' '),
  }
}
