import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  perStatus,
  type Run,
  type RunStatus,
  running,
  runStatuses,
  type SequenceState,
} from '../../domain/sequence/run.ts'
import type { RunList, Runs, SequenceStates } from '../ports.ts'
import { partitions, sorts, table } from '../table-schema.ts'
import { dynamoEntities, type Entity, valueIn } from './dynamo-entity.ts'
import { dynamoItems, type Item, keyOf } from './dynamo-items.ts'
import { countRanked, isFilled, pageOfList, shardFor, withUnspread } from './ranked-lists.ts'
import { ownSlot } from './system.ts'

type Status = RunStatus['type']
type RunCounts = Readonly<Record<Status, number>>

/** Items that the counting of one sequence is spread over: each takes 1,000 changes a second. */
const slots = 8

/**
 * How many runs of a sequence stand where, counted as they move: asking takes one request, however many there are. A
 * function that dies between the run and its count is off by one, for good; that is rare, and nothing depends on it.
 */
export const dynamoRunCounts = (client: DynamoDBClient, tableName: string) => {
  const items = dynamoItems(client, tableName)
  const add = async ({ sequence }: Pick<Run, 'sequence'>, changes: Partial<RunCounts>): Promise<void> => {
    const key = keyOf(partitions.runCounts(sequence), String(ownSlot(slots)))
    await items.count(key, { ...changes })
  }

  return {
    /** @param before the status under which it was counted, if it was. */
    move: async (
      run: Pick<Run, 'sequence' | 'leadId' | 'status'>,
      before: Status | undefined,
    ): Promise<void> => {
      const { type } = run.status
      if (type !== before) await add(run, { ...(before && { [before]: -1 }), [type]: 1 })
    },

    /** Of one whose lead is erased. */
    leave: (run: Pick<Run, 'sequence' | 'leadId'>, status: Status): Promise<void> =>
      add(run, { [status]: -1 }),

    of: async (sequence: string): Promise<RunCounts> => {
      const { Items = [] } = await items.page({
        where: '#pk = :counts',
        values: { counts: partitions.runCounts(sequence) },
      })
      return perStatus((status) =>
        Math.max(
          0,
          Items.reduce((total, item) => total + Number(item[status] ?? 0), 0),
        ),
      )
    },
  }
}

/** The list of a sequence's runs. */
const runList = (sequence: string): string => `RUNS#${sequence}`

/** The status under which a run's item is counted: those of earlier releases are not. */
export const countedAs = (item: Item): Status | undefined => {
  const [list = '', sequence, shard] = String(item[table.lists.partitionKey]).split('#')
  const [status] = String(item[table.lists.sortKey]).split('#')
  return list === 'RUNS' && sequence !== undefined && shard !== undefined
    ? runStatuses.find((known) => known === status)
    : undefined
}

const run: Entity<Pick<Run, 'leadId' | 'sequence'>, Run> = {
  attribute: 'run',
  beside: ['version', 'outbox'],
  key: ({ leadId, sequence }) => keyOf(partitions.lead(leadId), `${sorts.run}${sequence}`),
  /** By status, then by entry. */
  list: ({ sequence, status, enteredAt, leadId }) => [
    shardFor(runList(sequence), leadId),
    `${status.type}#${enteredAt}#${leadId}`,
  ],
}

export const runOf = (item: Item): Run => valueIn(run, item)

/** Runs as items of their lead's partition, one for each sequence. */
export const dynamoRuns = (client: DynamoDBClient, tableName: string): Runs => {
  const runs = dynamoEntities(client, tableName, run)
  const counting = new Map<string, Promise<void>>()
  return {
    load: (leadId, sequence) => runs.load({ leadId, sequence }),
    list: (leadId) => runs.below(partitions.lead(leadId), sorts.run),
    commit: async (given) => {
      const { before, standing: current } = await runs.replace(given, given)
      const counted = dynamoRunCounts(client, tableName).move(given, countedAs(before))
      if (current.outbox.length === 0) await counted
      else {
        // What the run owes need not wait for that.
        counted.catch(() => undefined)
        counting.set(current.runId, counted)
      }
      return current
    },
    clearOutbox: async (given) => {
      const counted = counting.get(given.runId)
      counting.delete(given.runId)
      await Promise.all([runs.clearOutbox(given, given.version), counted])
    },
  }
}

/** `!` and `$` stand right before and after `#` in order: all runs of a status. */
const within = (status: Status): readonly [string, string] => [`${status}!`, `${status}$`]

/** Requests for the runs of one status that earlier releases wrote: up to some 150,000 are counted. */
const mostCounted = 20

/** Runs by sequence and status, by the index that lists share. */
export const dynamoRunList = (client: DynamoDBClient, tableName: string): RunList => ({
  page: ({ sequence, status, ...place }) =>
    pageOfList(
      client,
      tableName,
      { ...place, lists: withUnspread(runList(sequence)), order: 'ascending', between: within(status) },
      // The index may still show a run under a status that it has left.
      (item) => [runOf(item)].filter((one) => one.status.type === status),
    ),

  counts: async (sequence) => {
    const [counts, hasFormer] = await Promise.all([
      dynamoRunCounts(client, tableName).of(sequence),
      isFilled(client, tableName, runList(sequence)),
    ])
    if (!hasFormer) return counts
    // Runs of earlier releases stand in the list itself, and in no count.
    const former = await Promise.all(
      runStatuses.map(async (status) => {
        const { count } = await countRanked(client, tableName)(runList(sequence), mostCounted, within(status))
        return [status, count] as const
      }),
    )
    const added = new Map(former)
    return perStatus((status) => counts[status] + (added.get(status) ?? 0))
  },
})

const sequenceState: Entity<string, SequenceState> = {
  attribute: 'state',
  beside: ['version'],
  key: (sequence) => keyOf(partitions.sequence(sequence), 'STATE'),
}

/** One item for each sequence that was ever paused. */
export const dynamoSequenceStates = (client: DynamoDBClient, tableName: string): SequenceStates => {
  const states = dynamoEntities(client, tableName, sequenceState)
  return { ...states, load: async (sequence) => (await states.load(sequence)) ?? running }
}
