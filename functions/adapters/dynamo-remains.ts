import {
  BatchWriteCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb'
import type { LeadId } from '../../domain/model/activity.ts'
import type { Remains } from '../erasure-ports.ts'
import { Transient } from '../ports.ts'
import { table } from '../table-schema.ts'
import { countEmails } from './dynamo-email-figures.ts'
import { conditionFailed, type Item, type Key, versionedItems } from './dynamo-items.ts'
import { addressKey, leadKey, leadPartition } from './dynamo-lead-items.ts'
import { pointersOf } from './dynamo-leads.ts'
import { countedAs, dynamoRunCounts, runPrefix } from './dynamo-runs.ts'
import { countedMark, sendPrefix } from './dynamo-send-items.ts'
import { sleep } from './system.ts'

/** How long it is known that a lead was erased, in seconds: what is still on its way about it comes within days. */
const remembered = 90 * 86_400
/** DynamoDB's limit on one request. */
const writeLimit = 25
/** Waits before what was left unprocessed is offered again, in ms. */
const pauses = [50, 100, 200, 400, 800]

export const dynamoRemains = (client: DynamoDBDocumentClient, tableName: string): Remains => {
  const deleteAll = async (keys: readonly Key[]): Promise<void> => {
    let open = keys.map((Key) => ({ DeleteRequest: { Key } }))
    for (const pause of [0, ...pauses]) {
      if (open.length === 0) return
      await sleep(pause)
      const { UnprocessedItems } = await client.send(
        new BatchWriteCommand({ RequestItems: { [tableName]: open } }),
      )
      open = (UnprocessedItems?.[tableName] ?? []) as typeof open
    }
    if (open.length > 0) throw new Transient('DynamoDB left deletions unprocessed again and again')
  }

  /** One that leads to somebody else by now stays. */
  const dropPointer = async (key: Key, leadId: LeadId): Promise<void> => {
    try {
      await client.send(
        new DeleteCommand({
          TableName: tableName,
          Key: key,
          ConditionExpression: 'leadId = :lead',
          ExpressionAttributeValues: { ':lead': leadId },
        }),
      )
    } catch (error) {
      if (!conditionFailed(error)) throw error
    }
  }

  const uncountRuns = async (leadId: LeadId, items: readonly Item[]): Promise<void> => {
    const counts = dynamoRunCounts(client, tableName)
    for (const item of items) {
      const sortKey = String(item[table.sortKey])
      const status = sortKey.startsWith(runPrefix) ? countedAs(item) : undefined
      if (status) await counts.leave({ leadId, sequence: sortKey.slice(runPrefix.length) }, status)
    }
  }

  /** What went out stays counted; what nobody will send any more does not. */
  const uncountUnsent = async (items: readonly Item[]): Promise<void> => {
    for (const item of items) {
      const isUnsent = item.status === 'held' || item.status === 'claimed'
      const isSend = String(item[table.sortKey]).startsWith(sendPrefix)
      if (isSend && isUnsent) await countEmails(client, tableName).move(item, undefined)
    }
  }

  return {
    bury: ({ leadId, version }, at, family) =>
      versionedItems(client, tableName).put(
        {
          ...leadKey(leadId),
          leadId,
          erased: JSON.stringify({ at, family }),
          [table.timeToLive]: Math.floor(Date.parse(at) / 1000) + remembered,
        },
        version,
        `lead ${leadId} changed since ${version}`,
      ),

    clear: async (leadId) => {
      const kept = leadKey(leadId)[table.sortKey]
      let start: Item | undefined
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: tableName,
            KeyConditionExpression: '#pk = :lead',
            ProjectionExpression: '#pk, #sk, #list, #rank, #status, #email, #request, #lead, #counted',
            ExpressionAttributeNames: {
              '#pk': table.partitionKey,
              '#sk': table.sortKey,
              '#list': table.lists.partitionKey,
              '#rank': table.lists.sortKey,
              '#status': 'status',
              '#email': 'email',
              '#request': 'request',
              '#lead': 'leadId',
              '#counted': countedMark,
            },
            ExpressionAttributeValues: { ':lead': leadPartition(leadId) },
            ConsistentRead: true,
            ExclusiveStartKey: start,
          }),
        )
        const items = (page.Items ?? []).filter((item) => item[table.sortKey] !== kept)
        const keys = items.map((item) => ({
          [table.partitionKey]: String(item[table.partitionKey]),
          [table.sortKey]: String(item[table.sortKey]),
        }))
        for (let from = 0; from < keys.length; from += writeLimit)
          await deleteAll(keys.slice(from, from + writeLimit))
        await uncountRuns(leadId, items)
        await uncountUnsent(items)
        start = page.LastEvaluatedKey
      } while (start)
    },

    dropPointers: async (leadId, addressHashes) => {
      const listed = await pointersOf(client, tableName, leadId)
      const keys = [...listed, ...addressHashes.map(addressKey)]
      await Promise.all(keys.map((key) => dropPointer(key, leadId)))
    },
  }
}
