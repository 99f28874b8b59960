import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import type { Handoff, HandoffState } from '../../domain/handoff/handoff.ts'
import { type CountedHandoff, countedIn } from '../../domain/handoff/routing.ts'
import { type LeadId, leadIdOfHandoff, parseLeadId } from '../../domain/model/activity.ts'
import type { Handoffs } from '../ports.ts'
import { table } from '../table-schema.ts'
import type { AccountOwners, Rounds } from '../webhook-ports.ts'
import {
  conditionFailed,
  dynamoBatcher,
  type Item,
  itemsBelow,
  type Key,
  loadListed,
  versionedItems,
} from './dynamo-items.ts'
import { pointerList } from './dynamo-leads.ts'
import { rankedLists, rankOf, shardFor, withUnspread } from './ranked-lists.ts'

const handoffKey = (leadId: string, handoffId: string): Key => ({
  [table.partitionKey]: `L#${leadId}`,
  [table.sortKey]: `HANDOFF#${handoffId}`,
})

/** A handoff's place in every list: newest last, and unique. */
const handoffRank = ({ requestedAt, handoffId }: Handoff): string => `${requestedAt}#${handoffId}`

/** The list of what one salesperson has in one state. */
const ownedList = (state: Handoff['answer']['state'], owner: string): string =>
  `HANDOFFS#${state}#of#${owner.toLowerCase()}`

const signKey = ({ leadId, handoffId, owner, answer }: Handoff): Key => ({
  [table.partitionKey]: `L#${leadId}`,
  [table.sortKey]: `OWNED#${handoffId}#${answer.state}#${owner.email.toLowerCase()}`,
})

/** Keys of the handoffs that signs stand for. */
const handoffKeys = (signs: readonly Item[]): readonly Key[] =>
  signs.map((sign) => {
    const rank = rankOf(sign)
    const handoffId = rank.slice(rank.indexOf('#') + 1)
    return handoffKey(leadIdOfHandoff(handoffId), handoffId)
  })

/**
 * A handoff stands in the list of its state. That it stands in its owner's as well is an item of its own beside it: a
 * sign. It is put up before the handoff is written and taken down after the next one, so that a crash may leave one too
 * many, which readers pass over, and never one too few. Each is of a version: who is late takes down nothing newer.
 */
const ownedSigns = (client: DynamoDBDocumentClient, tableName: string) => ({
  putUp: async (handoff: Handoff): Promise<void> => {
    const { owner, answer, version } = handoff
    const Item = {
      ...signKey(handoff),
      [table.lists.partitionKey]: ownedList(answer.state, owner.email),
      [table.lists.sortKey]: handoffRank(handoff),
      version: version + 1,
    }
    await client
      .send(
        new PutCommand({
          TableName: tableName,
          Item,
          ConditionExpression: 'attribute_not_exists(version) OR version < :version',
          ExpressionAttributeValues: { ':version': version + 1 },
        }),
      )
      .catch(ignoreFailedCondition)
  },

  /** @param before the handoff as it was until `now` was written. */
  takeDown: async (before: Handoff, now: Handoff): Promise<void> => {
    const Key = signKey(before)
    if (Key[table.sortKey] === signKey(now)[table.sortKey]) return
    await client
      .send(
        new UpdateCommand({
          TableName: tableName,
          Key,
          UpdateExpression: `REMOVE ${table.lists.partitionKey}, ${table.lists.sortKey}`,
          ConditionExpression: 'version <= :version',
          ExpressionAttributeValues: { ':version': before.version },
        }),
      )
      .catch(ignoreFailedCondition)
  },
})

const ignoreFailedCondition = (error: unknown): void => {
  if (!conditionFailed(error)) throw error
}

const teamPartition = (team: string): string => `TEAM#${team}`
const countedPrefix = 'OPEN#'

/** How long it is known that a handoff is no longer open, in seconds: longer than anybody is on the way to say that it is. */
const remembered = 3600

/**
 * An item for each open handoff in the partition of its team. One that is closed stays for a while, so that whoever is
 * late with an older version does not open it again. It is found from its lead, and goes away with it.
 */
const countHandoff =
  (client: DynamoDBDocumentClient, tableName: string) =>
  async (handoff: Handoff): Promise<void> => {
    const { leadId, version } = handoff
    await Promise.all(
      countedIn(handoff).map(async ({ team, handoffId, owner, assignment, isOpen, closedAt }) => {
        const Key = {
          [table.partitionKey]: teamPartition(team),
          [table.sortKey]: `${countedPrefix}${handoffId}`,
        }
        try {
          await client.send(
            new PutCommand({
              TableName: tableName,
              Item: {
                ...Key,
                ...pointerList(leadId, Key),
                leadId,
                owner,
                assignment,
                isOpen,
                version,
                ...(closedAt !== undefined && {
                  [table.timeToLive]: Math.floor(Date.parse(closedAt) / 1000) + remembered,
                }),
              },
              ConditionExpression: 'attribute_not_exists(version) OR version <= :version',
              ExpressionAttributeValues: { ':version': version },
            }),
          )
        } catch (error) {
          if (!conditionFailed(error)) throw error
        }
      }),
    )
  }

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

/** One item for each team, beside those of its open handoffs. */
export const dynamoRounds = (client: DynamoDBDocumentClient, tableName: string): Rounds => {
  const keyOf = (team: string) => ({
    [table.partitionKey]: teamPartition(team),
    [table.sortKey]: 'ROUND',
  })

  return {
    load: async (team) => {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: keyOf(team), ConsistentRead: true }),
      )
      // Rounds of before had neither: they begin anew.
      const { owed, claims } = Item?.round ? JSON.parse(String(Item.round)) : { owed: {}, claims: [] }
      return { team, version: Number(Item?.version ?? 0), owed, claims }
    },

    commit: ({ team, version, owed, claims }) =>
      versionedItems(client, tableName).put(
        { ...keyOf(team), round: JSON.stringify({ owed, claims }) },
        version,
        `somebody else took a turn of team ${team}`,
      ),

    counted: async (team) =>
      (await itemsBelow(client, tableName, teamPartition(team), countedPrefix)).map(countedOf),
  }
}

/** Reads what `countHandoff` wrote. */
const countedOf = (item: Item): CountedHandoff => ({
  handoffId: String(item[table.sortKey]).slice(countedPrefix.length),
  owner: String(item.owner),
  assignment: Number(item.assignment),
  isOpen: item.isOpen === true,
})

interface DynamoAccountsOptions {
  readonly client: DynamoDBDocumentClient
  readonly tableName: string
  /** Keyed hash: nobody can tell from a key which company it was. */
  readonly hash: (text: string) => string
}

/**
 * An item for each accepted handoff of a company, under the hash of what names it. Each is found from its lead and goes away
 * with it: with the last lead of a company, the company is forgotten.
 */
export const dynamoAccounts = ({ client, tableName, hash }: DynamoAccountsOptions): AccountOwners => {
  const partitionOf = (account: string): string => `ACCOUNT#${hash(account)}`
  return {
    latest: async (account) => {
      const { Items } = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: '#pk = :account',
          ExpressionAttributeNames: { '#pk': table.partitionKey },
          ExpressionAttributeValues: { ':account': partitionOf(account) },
          ConsistentRead: true,
          ScanIndexForward: false,
          Limit: 1,
        }),
      )
      const owner = Items?.[0]?.owner
      return typeof owner === 'string' ? owner : undefined
    },

    remember: async (account, { handoffId, leadId, owner, at }) => {
      const Key = { [table.partitionKey]: partitionOf(account), [table.sortKey]: `${at}#${handoffId}` }
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: { ...Key, ...pointerList(leadId, Key), leadId, owner },
        }),
      )
    },
  }
}
