import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { type LeadId, parseLeadId } from '../../domain/model/activity.ts'
import type { RescoreJob } from '../../domain/rescoring/rescore-job.ts'
import type { Reviews } from '../ports.ts'
import { table } from '../table-schema.ts'
import { conditionFailed, dynamoBatcher, type Key, versionedItems } from './dynamo-items.ts'
import { leadPartition } from './dynamo-lead-items.ts'
import { partsOf, rankedLists, rankOf, shardFor } from './ranked-lists.ts'

const list = 'RETAIN'

/** In the lead's own partition: it goes with the lead. */
const keyOf = (leadId: LeadId): Key => ({
  [table.partitionKey]: leadPartition(leadId),
  [table.sortKey]: list,
})

const rank = (day: string, leadId: LeadId): string => `${day}#${leadId}`

/** Sorts after all ranks of its day. */
const endOf = (day: string): string => `${day}~`

/** An item for each lead, listed by its day: what is due is read without looking at anybody else. */
export const dynamoReviews = (client: DynamoDBDocumentClient, tableName: string): Reviews => ({
  begin: async (leadId, day) => {
    await dynamoBatcher(client, tableName).putNew({
      ...keyOf(leadId),
      [table.lists.partitionKey]: shardFor(list, leadId),
      [table.lists.sortKey]: rank(day, leadId),
    })
  },

  due: async ({ day, limit, cursor }) => {
    const lists = partsOf(list)
    const { rows, next } = await rankedLists(
      client,
      tableName,
    )({
      lists,
      order: 'ascending',
      limit,
      between: [' ', endOf(day)],
      ...(cursor !== undefined && { cursor }),
    })
    const leadIds = rows.flatMap((row) => parseLeadId(rankOf(row).slice(day.length + 1)) ?? [])
    return next === undefined ? { leadIds } : { leadIds, next }
  },

  move: async (leadId, day) => {
    try {
      await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: keyOf(leadId),
          UpdateExpression: 'SET #rank = :rank',
          ConditionExpression: 'attribute_exists(#rank)',
          ExpressionAttributeNames: { '#rank': table.lists.sortKey },
          ExpressionAttributeValues: { ':rank': rank(day, leadId) },
        }),
      )
    } catch (error) {
      if (!conditionFailed(error)) throw error
    }
  },

  end: async (leadId) => {
    await client.send(new DeleteCommand({ TableName: tableName, Key: keyOf(leadId) }))
  },
})

const jobKey = (lane: number) => ({
  [table.partitionKey]: 'RESCORE',
  [table.sortKey]: lane === 0 ? 'JOB' : `JOB#${lane}`,
})

/** The latest job, as one item for each lane. */
export const dynamoRescoreJobs = (client: DynamoDBDocumentClient, tableName: string) => ({
  load: async (lane: number): Promise<RescoreJob | undefined> => {
    const { Item } = await client.send(
      new GetCommand({ TableName: tableName, Key: jobKey(lane), ConsistentRead: true }),
    )
    return typeof Item?.job === 'string' ? JSON.parse(Item.job) : undefined
  },

  commit: (job: RescoreJob) => {
    const { version, lane = 0 } = job
    const item = { ...jobKey(lane), job: JSON.stringify({ ...job, version: version + 1 }) }
    return versionedItems(client, tableName).put(item, version, 'the rescoring job has moved on')
  },
})
