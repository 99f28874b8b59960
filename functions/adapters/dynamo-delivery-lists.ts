import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { table } from '../table-schema.ts'
import type { DeliveryLists } from '../webhook-ports.ts'
import { deliveryList, deliveryOf } from './dynamo-delivery-items.ts'
import type { Item } from './dynamo-lead-items.ts'
import { loadListed } from './dynamo-listed.ts'

/** Sorts before, and after, every rank of a list: they begin with a time. */
const before = '0'
const after = ':'

export const dynamoDeliveryLists = (client: DynamoDBDocumentClient, tableName: string): DeliveryLists => ({
  page: async ({ endpoint, state, since = before, limit, cursor }) => {
    const start: Item | undefined = cursor === undefined ? undefined : JSON.parse(cursor)
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: table.lists.name,
        KeyConditionExpression: '#list = :list AND #rank BETWEEN :since AND :end',
        ExpressionAttributeNames: { '#list': table.lists.partitionKey, '#rank': table.lists.sortKey },
        ExpressionAttributeValues: { ':list': deliveryList(endpoint, state), ':since': since, ':end': after },
        ScanIndexForward: false,
        Limit: limit,
        ExclusiveStartKey: start,
      }),
    )
    const loaded = (await loadListed(client, tableName, Items)).map(deliveryOf)
    // The index may still show a delivery under a state that it has left.
    const items = loaded.filter((delivery) => delivery.state === state)
    return { items, ...(LastEvaluatedKey && { next: JSON.stringify(LastEvaluatedKey) }) }
  },

  count: async (endpoint, state) => {
    let count = 0
    let start: Item | undefined
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: table.lists.name,
          KeyConditionExpression: '#list = :list',
          ExpressionAttributeNames: { '#list': table.lists.partitionKey },
          ExpressionAttributeValues: { ':list': deliveryList(endpoint, state) },
          Select: 'COUNT',
          ExclusiveStartKey: start,
        }),
      )
      count += page.Count ?? 0
      start = page.LastEvaluatedKey
    } while (start)
    return count
  },
})
