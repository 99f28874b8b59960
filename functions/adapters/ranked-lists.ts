import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { stageIds } from '../../domain/model/deal.ts'
import { hashText } from '../../domain/model/hash-text.ts'
import type { Counted, Lead } from '../ports.ts'
import { table } from '../table-schema.ts'
import { dynamoItems, type Item } from './dynamo-items.ts'

/**
 * A partition of an index takes 1,000 writes a second, and an index that takes no more holds up the table itself. What
 * many write to stands in this many partitions, which are read as one.
 */
const shards = 16

/** The part of `list` in which what belongs to `id` (a lead's, as a rule) stands. */
export const shardFor = (list: string, id: string, parts = shards): string =>
  `${list}#${hashText(id) % parts}`

/** The parts that a list is spread over. */
export const partsOf = (list: string, parts = shards): readonly string[] =>
  Array.from({ length: parts }, (_, part) => `${list}#${part}`)

/** Every part of a list that earlier releases did not spread: their items stand in the list itself until they are written again. */
export const withUnspread = (list: string): readonly string[] => [list, ...partsOf(list)]

interface RankedQuery {
  /** Of the index, read as one. */
  readonly lists: readonly string[]
  readonly order: 'ascending' | 'descending'
  readonly limit: number
  /** Rank of the last row of the page before. */
  readonly cursor?: string | undefined
  /** Ranks between these, both inclusive. @default all */
  readonly between?: readonly [from: string, to: string] | undefined
}

/** Rows of a keys-only index in the order of their ranks. */
interface RankedPage {
  readonly rows: readonly Item[]
  /** Where the next page begins. */
  readonly next?: string
}

/** Sort before and after every rank. DynamoDB orders texts by their bytes in UTF-8: names come in any letters. */
const lowest = '\u0000'
export const highest = '\u{10ffff}'

/** As DynamoDB orders texts; JavaScript puts some letters before others that have fewer bytes. */
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))
const later = (a: string, b: string): string => (byBytes(a, b) > 0 ? a : b)
const earlier = (a: string, b: string): string => (byBytes(a, b) < 0 ? a : b)

export const rankOf = (row: Item): string => String(row[table.lists.sortKey])

/** What is known of one list: rows that are not taken yet, and whether it has more. */
interface Source {
  readonly list: string
  rows: Item[]
  cursor: string | undefined
  hasMore: boolean
}

/**
 * Pages of several lists together. The first request to each asks for a part of what may be needed, as most lists give a
 * few rows to a page alone; one that runs out is asked again. So a page takes a request for each list and at most `asked` more.
 */
export const rankedLists = (client: DynamoDBClient, tableName: string) => {
  const items = dynamoItems(client, tableName)
  const fetch = async (
    source: Source,
    { order, between = [lowest, highest] }: RankedQuery,
    size: number,
  ): Promise<void> => {
    const isDown = order === 'descending'
    const { cursor } = source
    // A cursor from outside may lie beyond: DynamoDB refuses bounds that are the wrong way round.
    const [from, to] = [
      cursor === undefined || isDown ? between[0] : later(cursor, between[0]),
      cursor === undefined || !isDown ? between[1] : earlier(cursor, between[1]),
    ]
    if (byBytes(from, to) > 0) {
      source.hasMore = false
      return
    }
    const asked = inList(source.list, [from, to])
    // The row that the cursor names comes once more.
    const page = await items.page({ ...asked, ScanIndexForward: !isDown, Limit: size + 1 })
    const { Items = [], LastEvaluatedKey } = page
    source.rows.push(...Items.filter((row) => rankOf(row) !== cursor))
    source.hasMore = LastEvaluatedKey !== undefined
    if (LastEvaluatedKey) source.cursor = rankOf(LastEvaluatedKey)
  }

  return async (query: RankedQuery): Promise<RankedPage> => {
    const { lists, limit, cursor, order } = query
    const size = lists.length === 1 ? limit + 1 : Math.min(limit + 1, Math.ceil(limit / asked) + 5)
    const sources = lists.map((list): Source => ({ list, rows: [], cursor, hasMore: true }))
    const isFirst = (a: string, b: string): boolean =>
      order === 'descending' ? byBytes(a, b) > 0 : byBytes(a, b) < 0
    await Promise.all(sources.map((source) => fetch(source, query, size)))
    const rows: Item[] = []
    while (rows.length <= limit) {
      const dry = sources.filter((source) => source.rows.length === 0 && source.hasMore)
      await Promise.all(dry.map((source) => fetch(source, query, size)))
      if (dry.length > 0) continue
      const best = sources.reduce<Source | undefined>((first, source) => {
        const [row] = source.rows
        const [current] = first?.rows ?? []
        return row && (!current || isFirst(rankOf(row), rankOf(current))) ? source : first
      }, undefined)
      const row = best?.rows.shift()
      if (!row) break
      rows.push(row)
    }
    const shown = rows.slice(0, limit)
    const last = shown.at(-1)
    return rows.length > limit && last ? { rows: shown, next: rankOf(last) } : { rows: shown }
  }
}

/** The first request to each of several lists asks for this part of a page. */
const asked = 4

/** What is asked of the index for the ranks of one list. */
const inList = (list: string, [from, to]: readonly [string, string] = [lowest, highest]) => ({
  IndexName: table.lists.name,
  where: '#list = :list AND #rank BETWEEN :from AND :to',
  values: { list, from, to },
})

/** A page of what lists show, each item read as `valuesIn` says: an index lags behind, so it may leave some out. */
export const pageOfList = async <Value>(
  client: DynamoDBClient,
  tableName: string,
  query: RankedQuery,
  valuesIn: (item: Item) => readonly Value[],
): Promise<{ readonly items: readonly Value[]; readonly next?: string }> => {
  const { rows, next } = await rankedLists(client, tableName)(query)
  const items = (await dynamoItems(client, tableName).listed(rows)).flatMap(valuesIn)
  return next === undefined ? { items } : { items, next }
}

/** How many rows a list holds, as far as so many requests tell: about 7,000 rows each. */
export const countRanked =
  (client: DynamoDBClient, tableName: string) =>
  async (
    list: string,
    mostRequests: number,
    between?: readonly [from: string, to: string],
  ): Promise<Counted> => {
    let count = 0
    let requests = 0
    for await (const page of dynamoItems(client, tableName).pages({
      ...inList(list, between),
      Select: 'COUNT',
    })) {
      count += page.Count ?? 0
      requests += 1
      if (page.LastEvaluatedKey && requests === mostRequests) return { count, isAll: false }
    }
    return { count, isAll: true }
  }

/** Rows of each list that the first look counts: most lists are shorter. */
const firstLook = 500

/**
 * How many rows several lists hold together, to the unit up to `most`. Each is looked at once, all at the same moment; those that
 * go on are counted one after the other until it is known to be more.
 */
export const countUpTo = async (
  client: DynamoDBClient,
  tableName: string,
  lists: readonly string[],
  most: number,
): Promise<Counted> => {
  const items = dynamoItems(client, tableName)
  const look = (list: string, Limit: number, ExclusiveStartKey?: Item) =>
    items.page({ ...inList(list), Select: 'COUNT', Limit, ...(ExclusiveStartKey && { ExclusiveStartKey }) })
  const looks = await Promise.all(lists.map((list) => look(list, firstLook)))
  let count = looks.reduce((sum, { Count = 0 }) => sum + Count, 0)
  for (const [index, first] of looks.entries())
    for (let next = first.LastEvaluatedKey; next; ) {
      if (count > most) return { count: most, isAll: false }
      const page = await look(lists[index] ?? '', most + 1 - count, next)
      count += page.Count ?? 0
      next = page.LastEvaluatedKey
    }
  return count > most ? { count: most, isAll: false } : { count, isAll: true }
}

/** How many rows of one list stand between two ranks, at most `most`. */
export const countRows = async (
  client: DynamoDBClient,
  tableName: string,
  list: string,
  { between, most }: { readonly between?: readonly [from: string, to: string]; readonly most: number },
): Promise<number> => {
  const asked = { ...inList(list, between), Select: 'COUNT', Limit: most } as const
  return (await dynamoItems(client, tableName).page(asked)).Count ?? 0
}

/** Whether a list holds anything at all. */
export const isFilled = async (client: DynamoDBClient, tableName: string, list: string): Promise<boolean> =>
  (await countRows(client, tableName, list, { most: 1 })) > 0

/**
 * A list for each stage with those who have an address, and one for all browsers without one: those are the most, and no
 * page of leads is to read past them. A list of everybody asks each part of each stage: they stand in few parts.
 */
const stageParts = 4
const browserParts = 16
const browsers = 'VISITORS'

const stageList = (stage: string): string => `LEADS#${stage}`

const stagesOf = (stage: string | undefined): readonly string[] => (stage === undefined ? stageIds : [stage])

/** Where a lead in `stage` stands. */
export const leadListFor = ({ leadId, email }: Pick<Lead, 'leadId' | 'email'>, stage: string): string =>
  email === undefined
    ? shardFor(browsers, leadId, browserParts)
    : shardFor(stageList(stage), leadId, stageParts)

export const peopleLists = (stage?: string): readonly string[] =>
  stagesOf(stage).flatMap((id) => partsOf(stageList(id), stageParts))

export const browserLists: readonly string[] = partsOf(browsers, browserParts)

/** Earlier releases spread a stage over sixteen parts, and over none before, browsers among them; each lead leaves them with its next commit. */
const formerParts = 16

const unspread = (stage?: string): readonly string[] => stagesOf(stage).map(stageList)

/** What nothing is written to any more. */
export const formerLists = (stage?: string): readonly string[] => [
  ...unspread(stage),
  ...stagesOf(stage).flatMap((id) => partsOf(stageList(id), formerParts).slice(stageParts)),
]

/** Parts of all lists that are gone through side by side: the unspread lists, and a lead's own one, wherever it stands. */
export const leadLanes = 1 + stageParts

/** All lists of a lane; with `people` those of browsers alone are left out. */
export const laneLists = (lane: number, who?: 'people'): readonly string[] => {
  if (lane === 0) return unspread()
  const ofLane = (list: string, parts: number): readonly string[] =>
    partsOf(list, parts).filter((_, part) => part % stageParts === lane - 1)
  return lane < leadLanes
    ? [
        ...stageIds.flatMap((id) => ofLane(stageList(id), formerParts)),
        ...(who === 'people' ? [] : ofLane(browsers, browserParts)),
      ]
    : []
}
