import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Handoff, HandoffState } from '../../domain/handoff/handoff.ts'
import { leadIdOfHandoff } from '../../domain/handoff/handoff-ids.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import { parseLeadId } from '../../domain/lead/lead-id.ts'
import type { Handoffs } from '../ports.ts'
import { table } from '../table-schema.ts'
import { dynamoBatcher } from './dynamo-batcher.ts'
import { countHandoff } from './dynamo-counted.ts'
import { loadListed } from './dynamo-listed.ts'
import { handoffKey, handoffKeys, handoffRank, ownedList, ownedSigns } from './dynamo-owned-handoffs.ts'
import { itemsBelow } from './items-below.ts'
import { rankedLists, shardFor, withUnspread } from './ranked-lists.ts'
import { versionedItems } from './versioned-items.ts'

/** Handoffs as items of their lead's partition, listed by state. */
export const dynamoHandoffs = (client: DynamoDBDocumentClient, tableName: string): Handoffs => {
  const items = versionedItems(client, tableName)
  const ranked = rankedLists(client, tableName)
  const signs = ownedSigns(client, tableName)

  const load = async (leadId: LeadId, handoffId: string): Promise<Handoff | undefined> => {
    const item = await dynamoBatcher(client, tableName).get(handoffKey(leadId, handoffId))
    return item && handoffOf(item)
  }

  /** The index may still show a handoff under a state, or an owner, that it has left. */
  const read = async (keys: readonly Record<string, unknown>[], { state, owner }: HandoffQuery) =>
    (await loadListed(client, tableName, keys))
      .map(handoffOf)
      .filter(
        (handoff) =>
          handoff.answer.state === state &&
          (owner === undefined || handoff.owner.email.toLowerCase() === owner.toLowerCase()),
      )

  const ofState = async (query: HandoffQuery): Promise<HandoffPage> => {
    const { rows, next } = await ranked({
      lists: withUnspread(stateList(query.state)),
      order: 'descending',
      limit: query.limit,
      ...(query.cursor !== undefined && { cursor: query.cursor }),
    })
    const found = await read(rows, query)
    return next === undefined ? { items: found } : { items: found, next }
  }

  /** Handoffs of earlier releases stand in no list of their owner: a whole page of them is looked through as well. */
  const ofOwner = async (query: HandoffQuery & { readonly owner: string }): Promise<HandoffPage> => {
    const { state, owner, limit, cursor } = query
    const asked = { order: 'descending', ...(cursor !== undefined && { cursor }) } as const
    const [signed, former] = await Promise.all([
      ranked({ ...asked, lists: [ownedList(state, owner)], limit }),
      ranked({ ...asked, lists: [stateList(state)], limit: largestRead }),
    ])
    const [owned, others] = await Promise.all([
      read(handoffKeys(signed.rows), query),
      read(former.rows, query),
    ])
    // Both lists are known down to the higher of the two ranks at which reading stopped.
    const known = [signed.next ?? '', former.next ?? ''].reduce((a, b) => (a > b ? a : b))
    const all = [...new Map([...owned, ...others].map((one) => [one.handoffId, one])).values()]
      .filter((one) => handoffRank(one) >= known)
      .toSorted((a, b) => (handoffRank(a) < handoffRank(b) ? 1 : -1))
    const shown = all.slice(0, limit)
    const last = shown.at(-1)
    const next = all.length > limit && last ? handoffRank(last) : known
    return next === '' ? { items: shown } : { items: shown, next }
  }

  return {
    load,

    find: async (handoffId) => {
      const leadId = parseLeadId(leadIdOfHandoff(handoffId))
      return leadId && load(leadId, handoffId)
    },

    list: async (leadId) => (await itemsBelow(client, tableName, `L#${leadId}`, 'HANDOFF#')).map(handoffOf),

    page: (query) => (query.owner === undefined ? ofState(query) : ofOwner({ ...query, owner: query.owner })),

    commit: async (handoff) => {
      const { outbox, ...kept } = handoff
      const { handoffId, leadId, answer, version } = handoff
      const item = {
        ...handoffKey(leadId, handoffId),
        [table.lists.partitionKey]: shardFor(stateList(answer.state), leadId),
        [table.lists.sortKey]: handoffRank(handoff),
        handoff: JSON.stringify({ ...kept, version: version + 1 }),
        ...(outbox.length > 0 && { outbox: JSON.stringify(outbox) }),
      }
      await signs.putUp(handoff)
      const before = await items.replace(item, version, `handoff ${handoffId} has moved on`)
      if (before) await signs.takeDown(handoffOf(before), handoff)
    },

    clearOutbox: ({ leadId, handoffId, version }) =>
      items.clearOutbox(handoffKey(leadId, handoffId), version),

    count: countHandoff(client, tableName),
  }
}

type HandoffQuery = Parameters<Handoffs['page']>[0]
type HandoffPage = Awaited<ReturnType<Handoffs['page']>>

/** Items that one request reads (BatchGetItem). */
const largestRead = 100

const stateList = (state: HandoffState): string => `HANDOFFS#${state}`

/** Reads what `commit` wrote: the table is ours, its shape is not checked again. Handoffs of before do not say who had them. */
export const handoffOf = (item: Record<string, unknown>): Handoff => {
  const handoff = JSON.parse(String(item.handoff))
  const { team, owner, requestedAt: at, round = 1 } = handoff
  const had = Array.from({ length: round }, () => ({ team, owner, at, because: 'routed' }))
  const outbox = typeof item.outbox === 'string' ? JSON.parse(item.outbox) : []
  return { ...handoff, assignments: handoff.assignments ?? had, outbox }
}
