import { type DynamoDBDocumentClient, PutCommand, type PutCommandInput } from '@aws-sdk/lib-dynamodb'
import { type Delivery, type DeliveryState, newEndpoint } from '../../domain/webhook/delivery.ts'
import { Conflict } from '../ports.ts'
import { table } from '../table-schema.ts'
import type { Deliveries, DeliveryLists, DeliveryRef, EndpointStates } from '../webhook-ports.ts'
import {
  conditionFailed,
  dynamoBatcher,
  type Item,
  itemsBelow,
  type Key,
  loadListed,
  unchangedSince,
  versionedItems,
} from './dynamo-items.ts'
import { leadPartition } from './dynamo-lead-items.ts'
import { countRanked, rankedLists, shardFor, withUnspread } from './ranked-lists.ts'

export const deliveryPrefix = 'HOOK#'

/** How long a delivery is kept after its last change, in seconds: as long as somebody may want it replayed. */
const kept = 30 * 86_400

const deliveryList = (endpoint: string, state: DeliveryState): string => `WEBHOOK#${endpoint}#${state}`

/** That somebody was erased is told after everything in their partition is gone: it stands with the endpoint. It names nobody. */
const partitionOf = ({ leadId, endpoint, webhookId }: DeliveryRef): string =>
  webhookId === `${leadId}:erased` ? `WEBHOOK#${endpoint}` : leadPartition(leadId)

const deliveryKey = (ref: DeliveryRef): Key => ({
  [table.partitionKey]: partitionOf(ref),
  [table.sortKey]: `${deliveryPrefix}${ref.endpoint}#${ref.webhookId}`,
})

/** The last moment at which something changed, or is going to. */
const latest = ({ createdAt, last, nextAt }: Delivery): string =>
  [createdAt, last?.at, nextAt].reduce<string>((a, b) => (b !== undefined && b > a ? b : a), createdAt)

const deliveryItem = (delivery: Delivery): Item => {
  const { event, endpoint, webhookId, state, createdAt, version } = delivery
  return {
    ...deliveryKey({ leadId: event.leadId, endpoint, webhookId }),
    [table.lists.partitionKey]: shardFor(deliveryList(endpoint, state), event.leadId),
    [table.lists.sortKey]: `${createdAt}#${event.leadId}#${webhookId}`,
    [table.timeToLive]: Math.floor(Date.parse(latest(delivery)) / 1_000) + kept,
    version,
    delivery: JSON.stringify(delivery),
  }
}

/** Reads what `deliveryItem` wrote: the table is ours, its shape is not checked again. */
export const deliveryOf = (item: Item): Delivery => JSON.parse(String(item.delivery))

export const dynamoDeliveries = (client: DynamoDBDocumentClient, tableName: string): Deliveries => {
  const load = async (ref: DeliveryRef): Promise<Delivery | undefined> => {
    const item = await dynamoBatcher(client, tableName).get(deliveryKey(ref))
    return item && deliveryOf(item)
  }

  /** @returns whether `condition` held. */
  const put = async (
    delivery: Delivery,
    condition: Pick<
      PutCommandInput,
      'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
    >,
  ): Promise<boolean> => {
    const Item = deliveryItem({ ...delivery, version: delivery.version + 1 })
    try {
      await client.send(new PutCommand({ TableName: tableName, Item, ...condition }))
      return true
    } catch (error) {
      if (conditionFailed(error)) return false
      throw error
    }
  }

  return {
    load,

    add: async (delivery) => {
      if (await put(delivery, unchangedSince(0))) return { ...delivery, version: delivery.version + 1 }
      const { event, endpoint, webhookId } = delivery
      const standing = await load({ leadId: event.leadId, endpoint, webhookId })
      if (!standing) throw new Error(`delivery ${webhookId} vanished between two reads`)
      return standing
    },

    commit: async (delivery) => {
      if (!(await put(delivery, unchangedSince(delivery.version))))
        throw new Conflict(`delivery ${delivery.webhookId} has moved on`)
    },

    list: async (leadId) =>
      (await itemsBelow(client, tableName, leadPartition(leadId), deliveryPrefix)).map(deliveryOf),
  }
}

/** Sorts before, and after, every rank of a list: they begin with a time. */
const before = '0'
const after = ':'

export const dynamoDeliveryLists = (client: DynamoDBDocumentClient, tableName: string): DeliveryLists => ({
  page: async ({ endpoint, state, since = before, limit, cursor }) => {
    const { rows, next } = await rankedLists(
      client,
      tableName,
    )({
      lists: withUnspread(deliveryList(endpoint, state)),
      order: 'descending',
      limit,
      between: [since, after],
      ...(cursor !== undefined && { cursor }),
    })
    const loaded = (await loadListed(client, tableName, rows)).map(deliveryOf)
    // The index may still show a delivery under a state that it has left.
    const items = loaded.filter((delivery) => delivery.state === state)
    return next === undefined ? { items } : { items, next }
  },

  count: async (endpoint, state) => {
    const count = countRanked(client, tableName)
    const counts = await Promise.all(
      withUnspread(deliveryList(endpoint, state)).map((part) => count(part, 1)),
    )
    return counts.reduce((sum, one) => sum + one.count, 0)
  },
})

const keyOf = (endpoint: string): Record<string, string> => ({
  [table.partitionKey]: `WEBHOOK#${endpoint}`,
  [table.sortKey]: 'STATE',
})

/** One item for each endpoint whose secret was rotated or that ever failed. */
export const dynamoEndpointStates = (client: DynamoDBDocumentClient, tableName: string): EndpointStates => ({
  load: async (endpoint) => {
    const item = await dynamoBatcher(client, tableName).get(keyOf(endpoint))
    return item ? { ...JSON.parse(String(item.state)), version: item.version } : newEndpoint
  },

  commit: (endpoint, { version, ...state }) =>
    versionedItems(client, tableName).put(
      { ...keyOf(endpoint), state: JSON.stringify(state) },
      version,
      `webhook ${endpoint} changed since ${version}`,
    ),
})
