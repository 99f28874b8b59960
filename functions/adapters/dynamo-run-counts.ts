import { type DynamoDBDocumentClient, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { hashText } from '../../domain/hash-text.ts'
import { perStatus, type Run, type RunStatus } from '../../domain/sequence/run.ts'
import { table } from '../table-schema.ts'

type Status = RunStatus['type']
export type RunCounts = Readonly<Record<Status, number>>

/** Items that the counting of one sequence is spread over: each takes 1,000 changes a second. */
const slots = 8

const partitionOf = (sequence: string): string => `COUNTS#RUNS#${sequence}`

/**
 * How many runs of a sequence stand where, counted as they move: asking takes one request, however many there are. A
 * function that dies between the run and its count is off by one, for good; that is rare, and nothing depends on it.
 */
export const dynamoRunCounts = (client: DynamoDBDocumentClient, tableName: string) => {
  const add = async (
    { sequence, leadId }: Pick<Run, 'sequence' | 'leadId'>,
    changes: readonly (readonly [Status, number])[],
  ): Promise<void> => {
    await client.send(
      new UpdateCommand({
        TableName: tableName,
        Key: {
          [table.partitionKey]: partitionOf(sequence),
          [table.sortKey]: String(hashText(leadId) % slots),
        },
        UpdateExpression: `ADD ${changes.map(([status]) => `#${status} :${status}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(changes.map(([status]) => [`#${status}`, status])),
        ExpressionAttributeValues: Object.fromEntries(changes.map(([status, by]) => [`:${status}`, by])),
      }),
    )
  }

  return {
    /** @param before the status under which it was counted, if it was. */
    move: async (
      run: Pick<Run, 'sequence' | 'leadId' | 'status'>,
      before: Status | undefined,
    ): Promise<void> => {
      const { type } = run.status
      if (type === before) return
      await add(run, [[type, 1], ...(before === undefined ? [] : [[before, -1] as const])])
    },

    /** Of one whose lead is erased. */
    leave: (run: Pick<Run, 'sequence' | 'leadId'>, status: Status): Promise<void> => add(run, [[status, -1]]),

    of: async (sequence: string): Promise<RunCounts> => {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: '#pk = :counts',
          ExpressionAttributeNames: { '#pk': table.partitionKey },
          ExpressionAttributeValues: { ':counts': partitionOf(sequence) },
        }),
      )
      const sum = (status: Status): number =>
        Math.max(
          0,
          Items.reduce((total, item) => total + Number(item[status] ?? 0), 0),
        )
      return perStatus(sum)
    },
  }
}
