import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { parseLeadId } from '../../domain/model/activity.ts'
import { type Deal, dealStatuses } from '../../domain/model/deal.ts'
import type { DealLists } from '../ports.ts'
import { partitions, sorts } from '../table-schema.ts'
import { dynamoItems, keyOf, placeIn } from './dynamo-items.ts'
import { rankedLists, rankOf } from './ranked-lists.ts'

/** Deals begin and end seldom enough for one partition: what works on them takes two messages at a time. */
const listOf = (status: Deal['status']): string => `DEALS#${status}`

const keyFor = (leadId: string, status: Deal['status']) =>
  keyOf(partitions.lead(leadId), `${sorts.deals}${status}`)

/** The latest that began, or ended, comes first. */
const rankFor = (leadId: string, deals: readonly Deal[]): string => {
  const moments = deals.map(({ openedAt, closedAt }) => closedAt ?? openedAt)
  return `${moments.toSorted().at(-1)}#${leadId}`
}

/**
 * That a lead has open, won or lost deals is an item of its own for each, beside the lead. It is of the version that the lead
 * had: who is late puts up nothing older, and what no longer holds is found out by whoever reads the lead.
 */
export const dynamoDealLists = (client: DynamoDBClient, tableName: string): DealLists => {
  const items = dynamoItems(client, tableName)
  const ranked = rankedLists(client, tableName)

  const note: DealLists['note'] = async ({ leadId, version, mergedInto, state }) => {
    const deals = mergedInto === undefined ? (state?.deals ?? []) : []
    await Promise.all(
      dealStatuses.map(async (status) => {
        const key = keyFor(leadId, status)
        const these = deals.filter((deal) => deal.status === status)
        if (these.length === 0 && (await items.get(key)) === undefined) return
        const place = these.length === 0 ? {} : placeIn(listOf(status), rankFor(leadId, these))
        await items.put(
          { ...key, ...place, version },
          { when: 'attribute_not_exists(version) OR version <= :version', values: { version } },
        )
      }),
    )
  }

  return {
    note,
    page: async ({ status, limit, cursor }) => {
      const { rows, next } = await ranked({ lists: [listOf(status)], order: 'descending', limit, cursor })
      const leadIds = rows.flatMap((row) => {
        const rank = rankOf(row)
        return parseLeadId(rank.slice(rank.indexOf('#') + 1)) ?? []
      })
      return next === undefined ? { leadIds } : { leadIds, next }
    },
  }
}
