import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb'
import type { RescoreJob } from '../../domain/rescoring/rescore-job.ts'
import { table } from '../table-schema.ts'
import { versionedItems } from './versioned-items.ts'

const key = { [table.partitionKey]: 'RESCORE', [table.sortKey]: 'JOB' }

/** The latest job, as one item. */
export const dynamoRescoreJobs = (client: DynamoDBDocumentClient, tableName: string) => ({
  load: async (): Promise<RescoreJob | undefined> => {
    const { Item } = await client.send(
      new GetCommand({ TableName: tableName, Key: key, ConsistentRead: true }),
    )
    return typeof Item?.job === 'string' ? JSON.parse(Item.job) : undefined
  },

  commit: (job: RescoreJob) => {
    const { version } = job
    const item = { ...key, job: JSON.stringify({ ...job, version: version + 1 }) }
    return versionedItems(client, tableName).put(item, version, 'the rescoring job has moved on')
  },
})
