import { type DynamoDBDocumentClient, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { LeadId } from '../../domain/model/activity.ts'
import { hashText } from '../../domain/model/hash-text.ts'
import { perStatus, type Run, type RunStatus, running, runStatuses } from '../../domain/sequence/run.ts'
import type { RunList, Runs, SequenceStates } from '../ports.ts'
import { table } from '../table-schema.ts'
import { dynamoBatcher, type Item, itemsBelow, loadListed, versionedItems } from './dynamo-items.ts'
import { leadPartition } from './dynamo-lead-items.ts'
import { rankedLists, shardFor, withUnspread } from './ranked-lists.ts'

type Status = RunStatus['type']
type RunCounts = Readonly<Record<Status, number>>

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

export const runPrefix = 'RUN#'

const keyOf = (leadId: LeadId, sequence: string): Record<string, string> => ({
  [table.partitionKey]: leadPartition(leadId),
  [table.sortKey]: `${runPrefix}${sequence}`,
})

/** The list of a sequence's runs. */
const runList = (sequence: string): string => `RUNS#${sequence}`

/** A run's place in it: by status, then by entry. */
const runRank = ({ status, enteredAt, leadId }: Pick<Run, 'status' | 'enteredAt' | 'leadId'>): string =>
  `${status.type}#${enteredAt}#${leadId}`

/** The status under which a run's item is counted: those of earlier releases are not. */
export const countedAs = (item: Item): RunStatus['type'] | undefined => {
  const [list = '', sequence, shard] = String(item[table.lists.partitionKey]).split('#')
  const [status] = String(item[table.lists.sortKey]).split('#')
  return list === 'RUNS' && sequence !== undefined && shard !== undefined
    ? runStatuses.find((known) => known === status)
    : undefined
}

/** The run is kept as JSON text, without what the writes themselves have to see. */
const itemOf = ({ version, outbox, ...run }: Run): Item => ({
  ...keyOf(run.leadId, run.sequence),
  [table.lists.partitionKey]: shardFor(runList(run.sequence), run.leadId),
  [table.lists.sortKey]: runRank(run),
  version: version + 1,
  outbox: outbox.length > 0 ? JSON.stringify(outbox) : undefined,
  run: JSON.stringify(run),
})

/** Reads what `itemOf` wrote. */
export const runOf = (item: Item): Run => ({
  ...JSON.parse(item.run as string),
  version: item.version as number,
  outbox: typeof item.outbox === 'string' ? JSON.parse(item.outbox) : [],
})

/** Runs as items of their lead's partition, one for each sequence. */
export const dynamoRuns = (client: DynamoDBDocumentClient, tableName: string): Runs => ({
  load: async (leadId, sequence) => {
    const item = await dynamoBatcher(client, tableName).get(keyOf(leadId, sequence))
    return item && runOf(item)
  },

  list: async (leadId) => (await itemsBelow(client, tableName, leadPartition(leadId), runPrefix)).map(runOf),

  commit: async (run) => {
    const before = await versionedItems(client, tableName).replace(
      itemOf(run),
      run.version,
      `run ${run.runId} changed since ${run.version}`,
    )
    await dynamoRunCounts(client, tableName).move(run, before && countedAs(before))
  },

  clearOutbox: ({ leadId, sequence, version }) =>
    versionedItems(client, tableName).clearOutbox(keyOf(leadId, sequence), version),
})

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

const sequenceStateKey = (sequence: string): Record<string, string> => ({
  [table.partitionKey]: `SEQUENCE#${sequence}`,
  [table.sortKey]: 'STATE',
})

/** One item for each sequence that was ever paused. */
export const dynamoSequenceStates = (client: DynamoDBDocumentClient, tableName: string): SequenceStates => ({
  load: async (sequence) => {
    const item = await dynamoBatcher(client, tableName).get(sequenceStateKey(sequence))
    return item ? { ...JSON.parse(String(item.state)), version: item.version } : running
  },

  commit: (sequence, { version, ...state }) =>
    versionedItems(client, tableName).put(
      { ...sequenceStateKey(sequence), state: JSON.stringify(state) },
      version,
      `sequence ${sequence} changed since ${version}`,
    ),
})
