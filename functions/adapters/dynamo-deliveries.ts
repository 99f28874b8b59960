import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  type Delivery,
  type DeliveryState,
  type EndpointState,
  newEndpoint,
} from '../../domain/webhook/delivery.ts'
import { partitions, sorts } from '../table-schema.ts'
import type { Deliveries, DeliveryLists, DeliveryRef, EndpointStates } from '../webhook-ports.ts'
import { dynamoEntities, type Entity, valueIn } from './dynamo-entity.ts'
import { type Item, keyOf } from './dynamo-items.ts'
import { countRanked, pageOfList, shardFor, withUnspread } from './ranked-lists.ts'

/** How long a delivery is kept after its last change, in seconds: as long as somebody may want it replayed. */
const kept = 30 * 86_400

const deliveryList = (endpoint: string, state: DeliveryState): string => `WEBHOOK#${endpoint}#${state}`

/** The last moment at which something changed, or is going to. */
const latest = ({ createdAt, last, nextAt }: Delivery): string =>
  [createdAt, last?.at, nextAt].reduce<string>((a, b) => (b !== undefined && b > a ? b : a), createdAt)

const delivery: Entity<DeliveryRef, Delivery> = {
  attribute: 'delivery',
  /** That somebody was erased is told after everything in their partition is gone: it stands with the endpoint. It names nobody. */
  key: ({ leadId, endpoint, webhookId }) =>
    keyOf(
      webhookId === `${leadId}:erased` ? partitions.endpoint(endpoint) : partitions.lead(leadId),
      `${sorts.delivery}${endpoint}#${webhookId}`,
    ),
  list: ({ event, endpoint, webhookId, state, createdAt }) => [
    shardFor(deliveryList(endpoint, state), event.leadId),
    `${createdAt}#${event.leadId}#${webhookId}`,
  ],
  kept: (given) => [latest(given), kept],
}

export const deliveryOf = (item: Item): Delivery => valueIn(delivery, item)

const refOf = ({ event: { leadId }, endpoint, webhookId }: Delivery): DeliveryRef => ({
  leadId,
  endpoint,
  webhookId,
})

export const dynamoDeliveries = (client: DynamoDBClient, tableName: string): Deliveries => {
  const deliveries = dynamoEntities(client, tableName, delivery)
  return {
    load: deliveries.load,
    add: (given) => deliveries.add(refOf(given), given),
    commit: (given) => deliveries.commit(refOf(given), given),
    list: (leadId) => deliveries.below(partitions.lead(leadId), sorts.delivery),
  }
}

/** Sorts before, and after, every rank of a list: they begin with a time. */
const before = '0'
const after = ':'

export const dynamoDeliveryLists = (client: DynamoDBClient, tableName: string): DeliveryLists => ({
  page: ({ endpoint, state, since = before, ...place }) =>
    pageOfList(
      client,
      tableName,
      {
        ...place,
        lists: withUnspread(deliveryList(endpoint, state)),
        order: 'descending',
        between: [since, after],
      },
      // The index may still show a delivery under a state that it has left.
      (item) => [deliveryOf(item)].filter((one) => one.state === state),
    ),

  count: async (endpoint, state) => {
    const count = countRanked(client, tableName)
    const counts = await Promise.all(
      withUnspread(deliveryList(endpoint, state)).map((part) => count(part, 1)),
    )
    return counts.reduce((sum, one) => sum + one.count, 0)
  },
})

const endpointState: Entity<string, EndpointState> = {
  attribute: 'state',
  beside: ['version'],
  key: (endpoint) => keyOf(partitions.endpoint(endpoint), 'STATE'),
}

/** One item for each endpoint whose secret was rotated or that ever failed. */
export const dynamoEndpointStates = (client: DynamoDBClient, tableName: string): EndpointStates => {
  const states = dynamoEntities(client, tableName, endpointState)
  return { ...states, load: async (endpoint) => (await states.load(endpoint)) ?? newEndpoint }
}
