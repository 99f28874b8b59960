import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { perStatus, type RunStatus, runStatuses } from '../../domain/sequence/run.ts'
import type { RunList } from '../sequence-ports.ts'
import { table } from '../table-schema.ts'
import { loadListed } from './dynamo-listed.ts'
import { dynamoRunCounts } from './dynamo-run-counts.ts'
import { runList, runOf } from './dynamo-runs.ts'
import { rankedLists, withUnspread } from './ranked-lists.ts'

/** `!` and `$` stand right before and after `#` in order: all runs of a status. */
const within = (status: RunStatus['type']): readonly [string, string] => [`${status}!`, `${status}$`]

/** Requests for the runs of one status that earlier releases wrote: up to some 150,000 are counted. */
const mostCounted = 20

/** Runs by sequence and status, by the index that lists share. */
export const dynamoRunList = (client: DynamoDBDocumentClient, tableName: string): RunList => {
  /** Runs of earlier releases stand in the list itself, and in no count. */
  const countFormer = async (sequence: string, status?: RunStatus['type']): Promise<number> => {
    const [from, to] = status === undefined ? [' ', '~'] : within(status)
    let count = 0
    let start: Record<string, unknown> | undefined
    for (let request = 0; request < mostCounted; request += 1) {
      const page = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: table.lists.name,
          KeyConditionExpression: '#list = :list AND #rank BETWEEN :from AND :to',
          ExpressionAttributeNames: { '#list': table.lists.partitionKey, '#rank': table.lists.sortKey },
          ExpressionAttributeValues: { ':list': runList(sequence), ':from': from, ':to': to },
          Select: 'COUNT',
          ExclusiveStartKey: start,
          // Whether there is any at all.
          ...(status === undefined && { Limit: 1 }),
        }),
      )
      count += page.Count ?? 0
      start = page.LastEvaluatedKey
      if (!start || status === undefined) break
    }
    return count
  }

  return {
    page: async ({ sequence, status, limit, cursor }) => {
      const { rows, next } = await rankedLists(
        client,
        tableName,
      )({
        lists: withUnspread(runList(sequence)),
        order: 'ascending',
        limit,
        between: within(status),
        ...(cursor !== undefined && { cursor }),
      })
      // The index may still show a run under a status that it has left.
      const items = (await loadListed(client, tableName, rows))
        .map(runOf)
        .filter((run) => run.status.type === status)
      return next === undefined ? { items } : { items, next }
    },

    counts: async (sequence) => {
      const [counts, former] = await Promise.all([
        dynamoRunCounts(client, tableName).of(sequence),
        countFormer(sequence),
      ])
      if (former === 0) return counts
      const added = new Map(
        await Promise.all(
          runStatuses.map(async (status) => [status, await countFormer(sequence, status)] as const),
        ),
      )
      return perStatus((status) => counts[status] + (added.get(status) ?? 0))
    },
  }
}
