import {
  type DynamoDBDocumentClient,
  PutCommand,
  type PutCommandInput,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb'
import type { Delivery } from '../../domain/webhook/delivery.ts'
import { Conflict } from '../ports.ts'
import { table } from '../table-schema.ts'
import type { Deliveries, DeliveryRef } from '../webhook-ports.ts'
import { dynamoBatcher } from './dynamo-batcher.ts'
import { conditionFailed } from './dynamo-client.ts'
import { deliveryItem, deliveryKey, deliveryOf, deliveryPrefix } from './dynamo-delivery-items.ts'
import { type Item, leadPartition } from './dynamo-lead-items.ts'
import { unchangedSince } from './versioned-items.ts'

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

    list: async (leadId) => {
      const found: Delivery[] = []
      let start: Item | undefined
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: tableName,
            KeyConditionExpression: '#pk = :lead AND begins_with(#sk, :hook)',
            ExpressionAttributeNames: { '#pk': table.partitionKey, '#sk': table.sortKey },
            ExpressionAttributeValues: { ':lead': leadPartition(leadId), ':hook': deliveryPrefix },
            ConsistentRead: true,
            ExclusiveStartKey: start,
          }),
        )
        found.push(...(page.Items ?? []).map(deliveryOf))
        start = page.LastEvaluatedKey
      } while (start)
      return found
    },
  }
}
