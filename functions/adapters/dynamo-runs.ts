import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import { type Run, type RunStatus, runStatuses } from '../../domain/sequence/run.ts'
import type { Runs } from '../ports.ts'
import { table } from '../table-schema.ts'
import { dynamoBatcher } from './dynamo-batcher.ts'
import { type Item, leadPartition } from './dynamo-lead-items.ts'
import { dynamoRunCounts } from './dynamo-run-counts.ts'
import { itemsBelow } from './items-below.ts'
import { shardFor } from './ranked-lists.ts'
import { versionedItems } from './versioned-items.ts'

export const runPrefix = 'RUN#'

const keyOf = (leadId: LeadId, sequence: string): Record<string, string> => ({
  [table.partitionKey]: leadPartition(leadId),
  [table.sortKey]: `${runPrefix}${sequence}`,
})

/** The list of a sequence's runs. */
export const runList = (sequence: string): string => `RUNS#${sequence}`

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
