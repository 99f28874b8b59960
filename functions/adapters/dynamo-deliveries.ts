import { type DynamoDBDocumentClient, PutCommand, type PutCommandInput } from '@aws-sdk/lib-dynamodb'
import type { Delivery } from '../../domain/webhook/delivery.ts'
import { Conflict } from '../ports.ts'
import type { Deliveries, DeliveryRef } from '../webhook-ports.ts'
import { dynamoBatcher } from './dynamo-batcher.ts'
import { conditionFailed } from './dynamo-client.ts'
import { deliveryItem, deliveryKey, deliveryOf, deliveryPrefix } from './dynamo-delivery-items.ts'
import { leadPartition } from './dynamo-lead-items.ts'
import { itemsBelow } from './items-below.ts'
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

    list: async (leadId) =>
      (await itemsBelow(client, tableName, leadPartition(leadId), deliveryPrefix)).map(deliveryOf),
  }
}
