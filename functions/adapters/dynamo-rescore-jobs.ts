import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import type { RescoreJob } from '../../domain/rescoring/rescore-job.ts'
import { Conflict } from '../ports.ts'
import { table } from '../table-schema.ts'
import { conditionFailed } from './dynamo-client.ts'

const key = { [table.partitionKey]: 'RESCORE', [table.sortKey]: 'JOB' }

/** The latest job, as one item. */
export const dynamoRescoreJobs = (client: DynamoDBDocumentClient, tableName: string) => ({
  load: async (): Promise<RescoreJob | undefined> => {
    const { Item } = await client.send(
      new GetCommand({ TableName: tableName, Key: key, ConsistentRead: true }),
    )
    return typeof Item?.job === 'string' ? JSON.parse(Item.job) : undefined
  },

  commit: async (job: RescoreJob): Promise<void> => {
    const version = job.version + 1
    try {
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: { ...key, version, job: JSON.stringify({ ...job, version }) },
          ...(job.version === 0
            ? { ConditionExpression: `attribute_not_exists(${table.partitionKey})` }
            : {
                ConditionExpression: 'version = :expected',
                ExpressionAttributeValues: { ':expected': job.version },
              }),
        }),
      )
    } catch (error) {
      throw conditionFailed(error) ? new Conflict('the rescoring job has moved on') : error
    }
  },
})
