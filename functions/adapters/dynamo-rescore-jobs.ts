import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb'
import type { RescoreJob } from '../../domain/rescoring/rescore-job.ts'
import { table } from '../table-schema.ts'
import { versionedItems } from './versioned-items.ts'

const keyOf = (lane: number) => ({
  [table.partitionKey]: 'RESCORE',
  [table.sortKey]: lane === 0 ? 'JOB' : `JOB#${lane}`,
})

/** The latest job, as one item for each lane. */
export const dynamoRescoreJobs = (client: DynamoDBDocumentClient, tableName: string) => ({
  load: async (lane: number): Promise<RescoreJob | undefined> => {
    const { Item } = await client.send(
      new GetCommand({ TableName: tableName, Key: keyOf(lane), ConsistentRead: true }),
    )
    return typeof Item?.job === 'string' ? JSON.parse(Item.job) : undefined
  },

  commit: (job: RescoreJob) => {
    const { version, lane = 0 } = job
    const item = { ...keyOf(lane), job: JSON.stringify({ ...job, version: version + 1 }) }
    return versionedItems(client, tableName).put(item, version, 'the rescoring job has moved on')
  },
})
