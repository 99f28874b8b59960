import { type DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { Conflict, type Leads } from '../ports.ts'
import { table } from '../table-schema.ts'
import { dynamoAppend } from './dynamo-append.ts'
import { dynamoBatcher } from './dynamo-batcher.ts'
import { conditionFailed } from './dynamo-client.ts'
import { dynamoLeadFacts } from './dynamo-lead-facts.ts'
import { leadItem, leadKey, leadOf } from './dynamo-lead-items.ts'

const isNew = `attribute_not_exists(${table.partitionKey})`

/** All of `Leads` that needs no secret: for functions that know the lead they mean. */
export const dynamoLeadLog = (client: DynamoDBDocumentClient, tableName: string): Omit<Leads, 'identify'> => {
  const batcher = dynamoBatcher(client, tableName)

  return {
    ...dynamoAppend(client, tableName),
    ...dynamoLeadFacts(client, tableName),

    load: async (leadId) => {
      const item = await batcher.get(leadKey(leadId))
      return item && leadOf(item)
    },

    commit: async (lead, rank) => {
      const condition =
        lead.version === 0
          ? { ConditionExpression: isNew }
          : {
              ConditionExpression: '#version = :seen',
              ExpressionAttributeNames: { '#version': 'version' },
              ExpressionAttributeValues: { ':seen': lead.version },
            }
      try {
        await client.send(new PutCommand({ TableName: tableName, Item: leadItem(lead, rank), ...condition }))
      } catch (error) {
        if (conditionFailed(error)) throw new Conflict(`lead ${lead.leadId} changed since ${lead.version}`)
        throw error
      }
    },

    clearOutbox: async (leadId, version) => {
      try {
        await client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: leadKey(leadId),
            UpdateExpression: 'REMOVE outbox',
            ConditionExpression: '#version = :seen',
            ExpressionAttributeNames: { '#version': 'version' },
            ExpressionAttributeValues: { ':seen': version },
          }),
        )
      } catch (error) {
        if (!conditionFailed(error)) throw error
      }
    },
  }
}
