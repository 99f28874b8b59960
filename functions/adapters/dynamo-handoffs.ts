import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Handoff, HandoffState } from '../../domain/handoff/handoff.ts'
import { type CountedHandoff, countedIn, type RoundRobin } from '../../domain/handoff/routing.ts'
import { leadIdOfHandoff, parseLeadId } from '../../domain/model/activity.ts'
import type { Handoffs } from '../ports.ts'
import { partitions, sorts, table } from '../table-schema.ts'
import type { AccountOwners, RoundRobins } from '../webhook-ports.ts'
import { dynamoEntities, type Entity, valueIn } from './dynamo-entity.ts'
import { dynamoItems, expiry, type Item, type Key, keyOf, placeIn, sortOf } from './dynamo-items.ts'
import { pointerList } from './dynamo-pointers.ts'
import { pageOfList, rankedLists, rankOf, shardFor, withUnspread } from './ranked-lists.ts'

export const stateList = (state: HandoffState): string => `HANDOFFS#${state}`

/** A handoff's place in every list: newest last, and unique. */
const handoffRank = ({ requestedAt, handoffId }: Handoff): string => `${requestedAt}#${handoffId}`

/** The list of what one salesperson has in one state. */
const ownedList = (state: Handoff['answer']['state'], owner: string): string =>
  `HANDOFFS#${state}#of#${owner.toLowerCase()}`

const entity: Entity<Pick<Handoff, 'leadId' | 'handoffId'>, Handoff> = {
  attribute: 'handoff',
  beside: ['outbox'],
  key: ({ leadId, handoffId }) => keyOf(partitions.lead(leadId), `${sorts.handoff}${handoffId}`),
  list: (handoff) => [shardFor(stateList(handoff.answer.state), handoff.leadId), handoffRank(handoff)],
  // Handoffs of before do not say who had them.
  read: (stored) => {
    const { team, owner, requestedAt: at, round = 1 } = stored
    const had = Array.from({ length: round }, () => ({ team, owner, at, because: 'routed' as const }))
    const { assignments = had }: Partial<Handoff> = stored
    return { ...stored, assignments }
  },
}

export const handoffOf = (item: Item): Handoff => valueIn(entity, item)

const signKey = ({ leadId, handoffId, owner, answer }: Handoff): Key =>
  keyOf(partitions.lead(leadId), `${sorts.owned}${handoffId}#${answer.state}#${owner.email.toLowerCase()}`)

/** Keys of the handoffs that signs stand for. */
const handoffKeys = (signs: readonly Item[]): readonly Key[] =>
  signs.flatMap((sign) => {
    const rank = rankOf(sign)
    const handoffId = rank.slice(rank.indexOf('#') + 1)
    const leadId = parseLeadId(leadIdOfHandoff(handoffId))
    return leadId ? [entity.key({ leadId, handoffId })] : []
  })

/**
 * A handoff stands in the list of its state. That it stands in its owner's as well is an item of its own beside it: a
 * sign. It is put up before the handoff is written and taken down after the next one, so that a crash may leave one too
 * many, which readers pass over, and never one too few. Each is of a version: who is late takes down nothing newer.
 */
const ownedSigns = (client: DynamoDBClient, tableName: string) => {
  const items = dynamoItems(client, tableName)
  return {
    putUp: async (handoff: Handoff): Promise<void> => {
      const { owner, answer } = handoff
      const version = handoff.version + 1
      await items.put(
        {
          ...signKey(handoff),
          ...placeIn(ownedList(answer.state, owner.email), handoffRank(handoff)),
          version,
        },
        { when: 'attribute_not_exists(version) OR version < :version', values: { version } },
      )
    },

    /** @param before the handoff as it was until `now` was written. */
    takeDown: async (before: Handoff, now: Handoff): Promise<void> => {
      const key = signKey(before)
      if (sortOf(key) === sortOf(signKey(now))) return
      await items.update(key, {
        remove: [table.lists.partitionKey, table.lists.sortKey],
        when: 'version <= :version',
        values: { version: before.version },
      })
    },
  }
}

const countedPrefix = 'OPEN#'

/** How long it is known that a handoff is no longer open, in seconds: longer than anybody is on the way to say that it is. */
const remembered = 3600

/**
 * An item for each open handoff in the partition of its team. One that is closed stays for a while, so that the one who is
 * late with an older version does not open it again. It is found from its lead, and goes away with it.
 */
const countHandoff =
  (client: DynamoDBClient, tableName: string) =>
  async (handoff: Handoff): Promise<void> => {
    const { leadId, version } = handoff
    await Promise.all(
      countedIn(handoff).map(async ({ team, handoffId, closedAt, ...counted }) => {
        const key = keyOf(partitions.team(team), `${countedPrefix}${handoffId}`)
        await dynamoItems(client, tableName).put(
          {
            ...key,
            ...pointerList(leadId, key),
            ...(closedAt !== undefined && expiry(closedAt, remembered)),
            ...counted,
            leadId,
            version,
          },
          { when: 'attribute_not_exists(version) OR version <= :version', values: { version } },
        )
      }),
    )
  }

/** Handoffs as items of their lead's partition, listed by state. */
export const dynamoHandoffs = (client: DynamoDBClient, tableName: string): Handoffs => {
  const handoffs = dynamoEntities(client, tableName, entity)
  const ranked = rankedLists(client, tableName)
  const signs = ownedSigns(client, tableName)

  /** The index may still show a handoff under a state, or an owner, that it has left. */
  const shown =
    ({ state, owner }: HandoffQuery) =>
    (item: Item): readonly Handoff[] =>
      [handoffOf(item)].filter(
        (handoff) =>
          handoff.answer.state === state &&
          (owner === undefined || handoff.owner.email.toLowerCase() === owner.toLowerCase()),
      )
  const read = async (keys: readonly Item[], query: HandoffQuery): Promise<readonly Handoff[]> =>
    (await dynamoItems(client, tableName).listed(keys)).flatMap(shown(query))

  const ofState = (query: HandoffQuery): Promise<HandoffPage> => {
    const lists = withUnspread(stateList(query.state))
    const { limit, cursor } = query
    return pageOfList(client, tableName, { lists, order: 'descending', limit, cursor }, shown(query))
  }

  /** Handoffs of earlier releases stand in no list of their owner: a whole page of them is looked through as well. */
  const ofOwner = async (query: HandoffQuery & { readonly owner: string }): Promise<HandoffPage> => {
    const { state, owner, limit, cursor } = query
    const asked = { order: 'descending', cursor } as const
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
    load: (leadId, handoffId) => handoffs.load({ leadId, handoffId }),

    find: async (handoffId) => {
      const leadId = parseLeadId(leadIdOfHandoff(handoffId))
      return leadId && handoffs.load({ leadId, handoffId })
    },

    list: (leadId) => handoffs.below(partitions.lead(leadId), sorts.handoff),

    page: (query) => (query.owner === undefined ? ofState(query) : ofOwner({ ...query, owner: query.owner })),

    commit: async (handoff) => {
      await signs.putUp(handoff)
      const { before, standing: current } = await handoffs.replace(handoff, handoff)
      if (handoff.version > 0) await signs.takeDown(handoffOf(before), handoff)
      return current
    },

    clearOutbox: (handoff) => handoffs.clearOutbox(handoff, handoff.version),

    count: countHandoff(client, tableName),
  }
}

type HandoffQuery = Parameters<Handoffs['page']>[0]
type HandoffPage = Awaited<ReturnType<Handoffs['page']>>

/** Items that one request reads (BatchGetItem). */
const largestRead = 100

const round: Entity<string, Omit<RoundRobin, 'team'>> = {
  attribute: 'round',
  beside: ['version'],
  key: (team) => keyOf(partitions.team(team), 'ROUND'),
}

/** One item for each team, beside those of its open handoffs. */
export const dynamoRounds = (client: DynamoDBClient, tableName: string): RoundRobins => {
  const rounds = dynamoEntities(client, tableName, round)
  return {
    load: async (team) => {
      // Rounds of before had neither turns nor claims: they start over.
      const { version = 0, owed = {}, claims = [] }: Partial<RoundRobin> = (await rounds.load(team)) ?? {}
      return { team, version, owed, claims }
    },

    commit: async ({ team, ...turns }) => ({ team, ...(await rounds.commit(team, turns)) }),

    counted: async (team) =>
      (await dynamoItems(client, tableName).below(partitions.team(team), countedPrefix)).map(countedOf),
  }
}

/** Reads what `countHandoff` wrote. */
const countedOf = (item: Item): CountedHandoff => ({
  handoffId: sortOf(item).slice(countedPrefix.length),
  owner: String(item.owner),
  assignment: Number(item.assignment),
  isOpen: item.isOpen === true,
})

interface DynamoAccountsOptions {
  readonly client: DynamoDBClient
  readonly tableName: string
  /** Keyed hash: nobody can tell from a key which company it was. */
  readonly hash: (text: string) => string
}

/**
 * An item for each accepted handoff of a company, under the hash of what names it. Each is found from its lead and goes away
 * with it: with the last lead of a company, the company is forgotten.
 */
export const dynamoAccounts = ({ client, tableName, hash }: DynamoAccountsOptions): AccountOwners => {
  const items = dynamoItems(client, tableName)
  const partitionOf = (account: string): string => partitions.account(hash(account))
  return {
    latest: async (account) => {
      const { Items = [] } = await items.page({
        where: '#pk = :account',
        values: { account: partitionOf(account) },
        ConsistentRead: true,
        ScanIndexForward: false,
        Limit: 1,
      })
      const owner = Items[0]?.owner
      return typeof owner === 'string' ? owner : undefined
    },

    remember: async (account, { handoffId, leadId, owner, at }) => {
      const key = keyOf(partitionOf(account), `${at}#${handoffId}`)
      await items.put({ ...key, ...pointerList(leadId, key), leadId, owner })
    },
  }
}
