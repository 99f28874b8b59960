import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { DeliveryLists } from '../webhook-ports.ts'
import { deliveryList, deliveryOf } from './dynamo-delivery-items.ts'
import { loadListed } from './dynamo-listed.ts'
import { countRanked, rankedLists, withUnspread } from './ranked-lists.ts'

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
