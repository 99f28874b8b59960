import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { DirectoryEntry, DirectoryOrder } from '../../domain/lead/directory.ts'
import type { LeadId } from '../../domain/model/activity.ts'
import type { LeadDirectory } from '../ports.ts'
import { partitions, sorts } from '../table-schema.ts'
import { dynamoItems, type Item, keyIn, keyOf, partitionOf, placeIn, sortOf } from './dynamo-items.ts'
import { leadOf } from './dynamo-lead-items.ts'
import { partsOf, rankedLists, rankOf, shardFor } from './ranked-lists.ts'

/** Each takes 1,000 changes a second; a page asks all of them. */
export const directoryParts = 4

const listOf = (by: DirectoryEntry['by']): string => `PEOPLE#${by}`

/** Words stand beside each other under keys of their own; of each order there is one. */
const sortFor = ({ by, key }: DirectoryEntry): string =>
  by === 'word' ? `${sorts.listed}${by}#${key}` : `${sorts.listed}${by}`

/** Sorts after whatever a word may go on with. */
const last = '\uffff'

const itemOf = (leadId: LeadId, entry: DirectoryEntry): Item => ({
  ...keyOf(partitions.lead(leadId), sortFor(entry)),
  ...placeIn(shardFor(listOf(entry.by), leadId, directoryParts), `${entry.key}#${leadId}`),
})

/** The items of all places of a lead. */
export const placesOf = (leadId: LeadId, entries: readonly DirectoryEntry[]): readonly Item[] =>
  entries.map((entry) => itemOf(leadId, entry))

/** Whether an item of a lead's partition is one of its places here. */
export const isListed = (item: Item): boolean => sortOf(item).startsWith(sorts.listed)

/**
 * Brings the places of a lead in line with `entries`. They stand in the lead's partition, and go with it.
 * @param standing what stands there: what has not changed is not written again.
 */
export const keepListed =
  (client: DynamoDBDocumentClient, tableName: string) =>
  async (leadId: LeadId, entries: readonly DirectoryEntry[], standing: readonly Item[]): Promise<void> => {
    const items = dynamoItems(client, tableName)
    const ranks = new Map(standing.map((item) => [sortOf(item), rankOf(item)]))
    const due = placesOf(leadId, entries)
    const sortsDue = new Set(due.map(sortOf))
    const gone = standing.filter((item) => !sortsDue.has(sortOf(item)))
    await Promise.all([
      ...due.filter((item) => ranks.get(sortOf(item)) !== rankOf(item)).map(items.write),
      gone.length > 0 && items.removeAll(gone.map(keyIn)),
    ])
  }

/** Read from the index that lists share. */
export const dynamoDirectory = (
  client: DynamoDBDocumentClient,
  tableName: string,
): Pick<LeadDirectory, 'page' | 'find'> => {
  const ranked = rankedLists(client, tableName)
  /** Somebody stands under several words that begin alike, and is shown once. */
  const leadsOf = async (rows: readonly Item[]) => {
    const keys = rows.map((row) => keyOf(partitionOf(row), sorts.lead))
    return (await dynamoItems(client, tableName).listed(keys)).map(leadOf)
  }
  const pageOf = async (
    by: DirectoryOrder | 'word',
    query: Pick<Parameters<typeof ranked>[0], 'limit' | 'cursor' | 'between' | 'order'>,
  ) => {
    const { rows, next } = await ranked({ ...query, lists: partsOf(listOf(by), directoryParts) })
    const items = await leadsOf(rows)
    return next === undefined ? { items } : { items, next }
  }
  return {
    page: ({ by, order, ...place }) => pageOf(by, { ...place, order }),
    find: ({ word, ...place }) =>
      pageOf('word', { ...place, order: 'ascending', between: [word, `${word}${last}`] }),
  }
}
