import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { type DirectoryEntry, isFoundBy } from '../../domain/lead/directory.ts'
import type { LeadId } from '../../domain/model/activity.ts'
import type { LeadDirectory, LeadPlace, Search } from '../ports.ts'
import { partitions, sorts } from '../table-schema.ts'
import { dynamoItems, type Item, keyIn, keyOf, partitionOf, placeIn, sortOf } from './dynamo-items.ts'
import { leadIdIn, leadOf } from './dynamo-lead-items.ts'
import { countRows, highest, partsOf, rankedLists, rankOf, shardFor } from './ranked-lists.ts'

/** Each takes 1,000 changes a second; a page asks all of them. */
export const directoryParts = 4

const listOf = (by: DirectoryEntry['by']): string => `PEOPLE#${by}`

/** Words stand beside each other under keys of their own; of each order there is one. */
const sortFor = ({ by, key }: DirectoryEntry): string =>
  by === 'word' ? `${sorts.listed}${by}#${key}` : `${sorts.listed}${by}`

const itemOf = (leadId: LeadId, entry: DirectoryEntry): Item => ({
  ...keyOf(partitions.lead(leadId), sortFor(entry)),
  ...placeIn(
    shardFor(listOf(entry.by), leadId, directoryParts),
    // A word that is searched for as a whole ends as it does here.
    [entry.key, leadId, ...(entry.words === undefined ? [] : [entry.words])].join('#'),
  ),
})

/** What a row is ranked by without the words beside it. */
const placeOf = (row: Item): string => {
  const by = `${sorts.listed}word#`
  return `${sortOf(row).slice(by.length)}#${leadIdIn(row)}`
}

/** Whether somebody may have all of these words: an earlier release wrote none beside a word, and some are too long. */
const mayHave = (others: readonly string[]) => {
  const plain = others.filter((word) => !word.includes('@'))
  return (row: Item): boolean => {
    const words = rankOf(row).slice(placeOf(row).length + 1)
    return words === '' || isFoundBy(words.split(' '), plain)
  }
}

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
  (client: DynamoDBClient, tableName: string) =>
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

/** Rows of a word that one request looks at: keys alone, some 150 bytes each. */
const mostLooked = 2_000
const lookedAtOnce = 400
/** Rows of a part that tell how common a word is; of words that are all more common, the longest says most. */
const tellingRows = 400

/** Read from the index that lists share. */
export const dynamoDirectory = (
  client: DynamoDBClient,
  tableName: string,
): Pick<LeadDirectory, 'page' | 'rarest' | 'find' | 'findAll'> => {
  const ranked = rankedLists(client, tableName)
  /** Somebody stands under several words that begin alike, and is shown once. */
  const leadsOf = async (rows: readonly Item[]) => {
    const keys = rows.map((row) => keyOf(partitionOf(row), sorts.lead))
    return (await dynamoItems(client, tableName).listed(keys)).map(leadOf)
  }
  const look = async ({ word, others, limit, cursor }: LeadPlace & Search) => {
    const lists = partsOf(listOf('word'), directoryParts)
    const between = [word, `${word}${highest}`] as const
    const isMeant = mayHave(others)
    const found: Item[] = []
    let from = cursor
    for (let looked = 0; looked < mostLooked; looked += lookedAtOnce) {
      const size = others.length === 0 ? limit - found.length : lookedAtOnce
      const page = await ranked({ lists, between, order: 'ascending', limit: size, cursor: from })
      const meant = page.rows.filter(isMeant)
      const isCut = meant.length > limit - found.length
      found.push(...meant.slice(0, limit - found.length))
      const end = isCut ? found.at(-1) : page.rows.at(-1)
      if (!end || (page.next === undefined && !isCut)) return { rows: found }
      from = `${placeOf(end)}#${highest}`
      if (found.length === limit) break
    }
    return { rows: found, next: from }
  }
  return {
    page: async ({ by, order, ...place }) => {
      const { rows, next } = await ranked({
        ...place,
        order,
        lists: partsOf(listOf(by), directoryParts),
      })
      const items = await leadsOf(rows)
      return next === undefined ? { items } : { items, next }
    },

    // People are spread evenly: one part stands for all.
    rarest: async (words) => {
      const [first, second] = words
      if (second === undefined) return first
      const [part = ''] = partsOf(listOf('word'), directoryParts)
      const counts = await Promise.all(
        words.map((word) =>
          countRows(client, tableName, part, { between: [word, `${word}${highest}`], most: tellingRows }),
        ),
      )
      const known = words.map((word, index) => ({ word, count: counts[index] ?? 0 }))
      return known.toSorted((a, b) => a.count - b.count || b.word.length - a.word.length)[0]?.word
    },

    find: async (query) => {
      const { rows, next } = await look(query)
      const items = await leadsOf(rows)
      return next === undefined ? { items } : { items, next }
    },

    findAll: async ({ most, ...search }) => {
      const { rows, next } = await look({ ...search, limit: most })
      return next === undefined ? leadsOf(rows) : undefined
    },
  }
}
