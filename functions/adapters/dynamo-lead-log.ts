import { type DynamoDBDocumentClient, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { compareFacts, type Fact } from '../../domain/activity/activity.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import { Conflict, type Leads } from '../ports.ts'
import { table } from '../table-schema.ts'
import { dynamoBatcher } from './dynamo-batcher.ts'
import { conditionFailed } from './dynamo-client.ts'
import {
  factItem,
  factOf,
  firstTimeKey,
  type Item,
  leadItem,
  leadKey,
  leadOf,
  leadPartition,
} from './dynamo-lead-items.ts'

const isNew = `attribute_not_exists(${table.partitionKey})`

/** All of `Leads` that needs no secret: for functions that know the lead they mean. */
export const dynamoLeadLog = (client: DynamoDBDocumentClient, tableName: string): Omit<Leads, 'identify'> => {
  const batcher = dynamoBatcher(client, tableName)

  /**
   * A fact without a time of its own keeps the first one it was given. Of two deliveries at the very same moment both may
   * be the first; then the log holds both times, and the fold takes the earlier one.
   */
  const settleTime = async (leadId: LeadId, fact: Fact): Promise<Fact> => {
    const key = firstTimeKey(leadId, fact.id)
    if (await batcher.putNew({ ...key, occurredAt: fact.occurredAt })) return fact
    const first = await batcher.get(key)
    return { ...fact, occurredAt: (first?.occurredAt as string | undefined) ?? fact.occurredAt }
  }

  return {
    load: async (leadId) => {
      const item = await batcher.get(leadKey(leadId))
      return item && leadOf(item)
    },

    append: (leadId, facts) =>
      Promise.all(
        facts.map(async ({ timeAssumed = false, ...given }) => {
          const fact = timeAssumed ? await settleTime(leadId, given) : given
          await batcher.putNew(factItem(leadId, fact))
          return fact
        }),
      ),

    facts: async (leadId, upTo) => {
      const found: Fact[] = []
      let start: Item | undefined
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: tableName,
            KeyConditionExpression: '#pk = :lead AND #sk BETWEEN :from AND :to',
            ExpressionAttributeNames: { '#pk': table.partitionKey, '#sk': table.sortKey },
            // `$` follows `#`: everything of that moment, whatever its id.
            ExpressionAttributeValues: {
              ':lead': leadPartition(leadId),
              ':from': 'A#',
              ':to': upTo ? `A#${upTo.occurredAt}$` : 'A$',
            },
            ConsistentRead: true,
            ExclusiveStartKey: start,
          }),
        )
        found.push(...(page.Items ?? []).map(factOf))
        start = page.LastEvaluatedKey
      } while (start)
      // DynamoDB sorts by UTF-8 bytes, the domain by UTF-16 units: they differ in rare ids.
      found.sort(compareFacts)
      return upTo ? found.filter((fact) => compareFacts(fact, { ...fact, ...upTo }) <= 0) : found
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
