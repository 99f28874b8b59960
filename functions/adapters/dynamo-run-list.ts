import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { RunStatus } from '../../domain/sequence/run.ts'
import type { RunList } from '../sequence-ports.ts'
import { table } from '../table-schema.ts'
import type { Item } from './dynamo-lead-items.ts'
import { loadListed } from './dynamo-listed.ts'
import { runList, runOf } from './dynamo-runs.ts'

/** `!` and `$` stand right before and after `#` in order: from behind the cursor to the end of the status. */
const within = (sequence: string, status: RunStatus['type'], cursor: string = status) => ({
  IndexName: table.lists.name,
  KeyConditionExpression: '#list = :list AND #rank BETWEEN :from AND :to',
  ExpressionAttributeNames: { '#list': table.lists.partitionKey, '#rank': table.lists.sortKey },
  ExpressionAttributeValues: { ':list': runList(sequence), ':from': `${cursor}!`, ':to': `${status}$` },
})

/** Runs by sequence and status, by the index that lists share. */
export const dynamoRunList = (client: DynamoDBDocumentClient, tableName: string): RunList => ({
  page: async ({ sequence, status, limit, cursor }) => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({ TableName: tableName, ...within(sequence, status, cursor), Limit: limit }),
    )
    // The index may still show a run under a status that it has left.
    const items = (await loadListed(client, tableName, Items))
      .map(runOf)
      .filter((run) => run.status.type === status)
    return { items, ...(LastEvaluatedKey && { next: String(LastEvaluatedKey[table.lists.sortKey]) }) }
  },

  count: async (sequence, status) => {
    let count = 0
    let start: Item | undefined
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: tableName,
          ...within(sequence, status),
          Select: 'COUNT',
          ExclusiveStartKey: start,
        }),
      )
      count += page.Count ?? 0
      start = page.LastEvaluatedKey
    } while (start)
    return count
  },
})
