import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { parseLeadId } from '../../domain/model/activity.ts'
import { stageIds } from '../../domain/model/deal.ts'
import type { LeadKeys } from '../figures-ports.ts'
import type { Clock, Counted, LeadList, LeadPlace, Order } from '../ports.ts'
import { dynamoItems } from './dynamo-items.ts'
import { addressKey, leadIdIn, leadKey, leadOf } from './dynamo-lead-items.ts'
import {
  browserLists,
  countRanked,
  countUpTo,
  formerLists,
  isFilled,
  laneLists,
  leadLanes,
  pageOfList,
  peopleLists,
  rankedLists,
} from './ranked-lists.ts'

/** How long a list that nothing is written to and that held nothing is left out, in ms: an earlier release may be put back. */
const leftOutFor = 15 * 60_000

/** Those of `lists` that hold something. What is empty is not asked again for a while. */
const filledLists = (client: DynamoDBClient, tableName: string, clock: Clock) => {
  const emptyUntil = new Map<string, number>()
  return async (lists: readonly string[]): Promise<readonly string[]> => {
    const now = Date.parse(clock())
    const open = lists.filter((list) => (emptyUntil.get(list) ?? now) <= now)
    const filled = await Promise.all(open.map((list) => isFilled(client, tableName, list)))
    for (const [index, list] of open.entries()) if (!filled[index]) emptyUntil.set(list, now + leftOutFor)
    return open.filter((_, index) => filled[index])
  }
}

/** More leads than these are not counted again for a while, in ms: it takes more than a moment, and few notice. */
const quicklyCounted = 1_000
const countLasts = 20_000

/** Requests that counting one part may take: about 7,000 rows each, and a second or two together. */
const mostRequests = 250

/** Leads by score as it stood at their latest commit, highest first; a cursor is the rank of the last one shown. */
export const dynamoLeadPages = (
  client: DynamoDBClient,
  tableName: string,
  clock: Clock,
): Pick<LeadList, 'page' | 'lane' | 'countLane' | 'walk' | 'count'> => {
  const filled = filledLists(client, tableName, clock)
  const countOne = countRanked(client, tableName)
  const counts = new Map<string, { readonly counted: Counted; readonly until: number }>()

  const pageOf = (
    lists: readonly string[],
    { order = 'descending', ...place }: LeadPlace & { readonly order?: Order },
  ): ReturnType<LeadList['page']> =>
    pageOfList(client, tableName, { ...place, lists, order }, (item) => [leadOf(item)])

  return {
    page: async ({ who, stage, ...place }) => {
      if (who === 'browsers') return pageOf(browserLists, place)
      const lists = [...peopleLists(stage), ...(await filled(formerLists(stage)))]
      if (who === 'all') return pageOf([...lists, ...browserLists], place)
      const { items, next } = await pageOf(lists, place)
      // Of those that an earlier release wrote, browsers stand among them.
      const people = items.filter(({ email }) => email !== undefined)
      return next === undefined ? { items: people } : { items: people, next }
    },

    count: async ({ stage, most }) => {
      const key = `${stage ?? ''} ${most}`
      const now = Date.parse(clock())
      const known = counts.get(key)
      if (known && known.until > now) return known.counted
      const lists = [...peopleLists(stage), ...(await filled(formerLists(stage)))]
      const counted = await countUpTo(client, tableName, lists, most)
      counts.set(key, { counted, until: now + (counted.count > quicklyCounted ? countLasts : 0) })
      return counted
    },

    // Nothing is left out here: a job runs for minutes, and has to meet everybody.
    lane: (lane, place) => pageOf(laneLists(lane), place),

    countLane: async (lane) => {
      const counts = await Promise.all(laneLists(lane).map((list) => countOne(list, mostRequests)))
      return counts.reduce((sum, { count }) => sum + count, 0)
    },

    walk: async (lane, { limit, cursor = '0:' }) => {
      const lists = laneLists(lane, 'people')
      const [index = 0, after = ''] = [Number.parseInt(cursor, 10), cursor.slice(cursor.indexOf(':') + 1)]
      for (let at = index; at < lists.length; at += 1) {
        const place = at === index && after !== '' ? { limit, cursor: after } : { limit }
        const { items, next } = await pageOf([lists[at] ?? ''], place)
        const further = next === undefined ? at + 1 : at
        const isLast = next === undefined && further >= lists.length
        const people = items.filter(({ email }) => email !== undefined)
        if (people.length > 0 || next !== undefined || isLast)
          return isLast ? { items: people } : { items: people, next: `${further}:${next ?? ''}` }
      }
      return { items: [] }
    },
  }
}

/**
 * How many leads the lists hold, browsers included, without reading the leads: to the unit up to some 28,000 in a stage
 * and 110,000 browsers. Beyond, one part of a list is counted and stands for all of them: leads are spread evenly, and
 * the question is how far work has come.
 */
export const countListedLeads = (client: DynamoDBClient, tableName: string) => async (): Promise<number> => {
  const count = countRanked(client, tableName)
  const countOf = async (parts: readonly string[]): Promise<number> => {
    const counts = await Promise.all(parts.map((part) => count(part, 1)))
    if (counts.every(({ isAll }) => isAll)) return counts.reduce((sum, one) => sum + one.count, 0)
    const [first = ''] = parts
    return parts.length * (await count(first, mostRequests)).count
  }
  const countFormer = async (stage: string): Promise<number> => {
    const [unspread = '', ...parts] = formerLists(stage)
    return (await count(unspread, mostRequests)).count + (await countOf(parts))
  }
  const counts = await Promise.all([
    ...stageIds.flatMap((stage) => [countOf(peopleLists(stage)), countFormer(stage)]),
    countOf(browserLists),
  ])
  return counts.reduce((sum, one) => sum + one, 0)
}

/** Keys that one page holds: about as many as one request gives. */
const keysOfPage = 5_000

export const dynamoLeadKeys = (client: DynamoDBClient, tableName: string): LeadKeys => {
  const ranked = rankedLists(client, tableName)
  return {
    lanes: leadLanes,
    listsOf: laneLists,
    page: async (list, cursor) => {
      const { rows, next } = await ranked({ lists: [list], order: 'ascending', limit: keysOfPage, cursor })
      const leadIds = rows.flatMap((row) => parseLeadId(leadIdIn(row)) ?? [])
      return next === undefined ? { leadIds } : { leadIds, next }
    },
  }
}

interface DynamoLeadListOptions {
  readonly client: DynamoDBClient
  readonly tableName: string
  /** Keyed hash of an address's identity key. */
  readonly hashAddress: (email: string) => string
  readonly clock: Clock
}

/** Leads in pages, and by address. */
export const dynamoLeadList = ({
  client,
  tableName,
  hashAddress,
  clock,
}: DynamoLeadListOptions): LeadList => ({
  ...dynamoLeadPages(client, tableName, clock),

  byAddress: async (email) => {
    const items = dynamoItems(client, tableName)
    const pointer = await items.get(addressKey(hashAddress(email)))
    const leadId = parseLeadId(pointer?.leadId)
    const item = leadId && (await items.get(leadKey(leadId)))
    return item && leadOf(item)
  },
})
