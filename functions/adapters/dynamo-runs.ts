import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { Run } from '../../domain/sequence/run.ts'
import type { Runs } from '../ports.ts'
import { table } from '../table-schema.ts'
import { dynamoBatcher } from './dynamo-batcher.ts'
import { type Item, leadPartition } from './dynamo-lead-items.ts'
import { itemsBelow } from './items-below.ts'
import { versionedItems } from './versioned-items.ts'

const sortPrefix = 'RUN#'

const keyOf = (leadId: LeadId, sequence: string): Record<string, string> => ({
  [table.partitionKey]: leadPartition(leadId),
  [table.sortKey]: `${sortPrefix}${sequence}`,
})

/** The list of a sequence's runs. */
export const runList = (sequence: string): string => `RUNS#${sequence}`

/** A run's place in it: by status, then by entry. */
const runRank = ({ status, enteredAt, leadId }: Pick<Run, 'status' | 'enteredAt' | 'leadId'>): string =>
  `${status.type}#${enteredAt}#${leadId}`

/** The run is kept as JSON text, without what the writes themselves have to see. */
const itemOf = ({ version, outbox, ...run }: Run): Item => ({
  ...keyOf(run.leadId, run.sequence),
  [table.lists.partitionKey]: runList(run.sequence),
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

  list: async (leadId) => (await itemsBelow(client, tableName, leadPartition(leadId), sortPrefix)).map(runOf),

  commit: (run) =>
    versionedItems(client, tableName).put(
      itemOf(run),
      run.version,
      `run ${run.runId} changed since ${run.version}`,
    ),

  clearOutbox: ({ leadId, sequence, version }) =>
    versionedItems(client, tableName).clearOutbox(keyOf(leadId, sequence), version),
})
