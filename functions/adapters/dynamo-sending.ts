import { createHmac, timingSafeEqual } from 'node:crypto'
import { type DynamoDBDocumentClient, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import {
  type Mailed,
  mergeSlots,
  neverPausedOf,
  type Slot,
  type Stream,
  slotOf,
} from '../../domain/deliverability/sending-figures.ts'
import { mailboxKey, outweighed } from '../../domain/email/judge-send.ts'
import type { Tally } from '../../domain/feedback/ses-feedback.ts'
import type { LeadId } from '../../domain/model/activity.ts'
import { hashText } from '../../domain/model/hash-text.ts'
import { mailboxRemembers } from '../../domain/sending/confirmation-limit.ts'
import type { SuppressAddress, Suppression, SuppressionOf, Suppressions } from '../ports.ts'
import type { CapPlaces, ConfirmationPlaces, SendingFigures, SendingStates } from '../send-ports.ts'
import { table } from '../table-schema.ts'
import { conditionFailed, dynamoBatcher, type Item, type Key, versionedItems } from './dynamo-items.ts'
import { leadPartition } from './dynamo-lead-items.ts'
import { deriveKey, type LinkKeys } from './link-keys.ts'

const partition = 'SENDING'
/** Counters are spread over as many partitions: each takes a thousand writes a second. */
const shards = 4
const slotPrefix = 'SLOT#'
const keptSeconds = 7 * 86_400

const keyOf = (partitionKey: string, sort: string): Key => ({
  [table.partitionKey]: partitionKey,
  [table.sortKey]: sort,
})
const stateKey = (stream: Stream) => keyOf(partition, stream === 'marketing' ? 'STATE' : `STATE#${stream}`)
const shardOf = (text: string): string => `${partition}#${hashText(text) % shards}`
const slotsOf = (stream: Stream): string =>
  stream === 'marketing' ? slotPrefix : `${stream.toUpperCase()}#${slotPrefix}`

/** Whether mail goes out: one item for each stream, read with every send. */
export const dynamoSendingStates = (client: DynamoDBDocumentClient, tableName: string): SendingStates => ({
  load: async (stream = 'marketing') => {
    const item = await dynamoBatcher(client, tableName).get(stateKey(stream))
    return typeof item?.state === 'string' ? JSON.parse(item.state) : neverPausedOf(stream)
  },

  commit: (state) => {
    const { version, stream = 'marketing' } = state
    const item = { ...stateKey(stream), state: JSON.stringify({ ...state, version: version + 1 }) }
    return versionedItems(client, tableName).put(item, version, 'sending was paused or resumed meanwhile')
  },
})

type Counts = Readonly<Partial<Record<'sent' | Tally['type'], number>>>
type Report = Mailed & { readonly counts: 'sent' | Tally['type'] }

/**
 * Ten minutes of mail are one item in each shard, of plain numbers. That a bounce or a complaint was counted is an item of
 * its own, so that one costs the same however many there are. It is marked before and after: a crash in between counts it
 * twice rather than not at all.
 */
export const dynamoSendingFigures = (client: DynamoDBDocumentClient, tableName: string): SendingFigures => {
  const add = (key: Key, slot: string, counts: Counts) => {
    const names = Object.keys(counts)
    return client.send(
      new UpdateCommand({
        TableName: tableName,
        Key: key,
        UpdateExpression: `SET #expires = :expires ADD ${names.map((name) => `#${name} :${name}`).join(', ')}`,
        ExpressionAttributeNames: {
          '#expires': table.timeToLive,
          ...Object.fromEntries(names.map((name) => [`#${name}`, name])),
        },
        ExpressionAttributeValues: {
          ':expires': expiryOf(slot),
          ...Object.fromEntries(Object.entries(counts).map(([name, count]) => [`:${name}`, count])),
        },
      }),
    )
  }

  /** @returns whether it had been counted before. */
  const mark = async ({ type, messageId, mailedAt }: Tally, state: 'seen' | 'counted'): Promise<boolean> => {
    const { Attributes } = await client.send(
      new UpdateCommand({
        TableName: tableName,
        Key: keyOf(shardOf(messageId), `SEEN#${type}#${messageId}`),
        UpdateExpression: `SET #expires = :expires, #state = ${state === 'seen' ? 'if_not_exists(#state, :state)' : ':state'}`,
        ExpressionAttributeNames: { '#expires': table.timeToLive, '#state': 'state' },
        ExpressionAttributeValues: { ':expires': expiryOf(mailedAt), ':state': state },
        ReturnValues: 'ALL_NEW',
      }),
    )
    return Attributes?.state === 'counted'
  }

  const page = async (partitionKey: string, from: string, to: string): Promise<readonly Item[]> => {
    const items: Item[] = []
    let start: Item | undefined
    do {
      const found = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: '#pk = :pk AND #sk BETWEEN :from AND :to',
          ExpressionAttributeNames: { '#pk': table.partitionKey, '#sk': table.sortKey },
          ExpressionAttributeValues: { ':pk': partitionKey, ':from': from, ':to': to },
          ConsistentRead: true,
          ExclusiveStartKey: start,
        }),
      )
      items.push(...(found.Items ?? []))
      start = found.LastEvaluatedKey
    } while (start)
    return items
  }

  return {
    add: async (sent, tallies) => {
      const once = new Map(tallies.map((tally) => [`${tally.type} ${tally.messageId}`, tally])).values()
      const fresh = (
        await Promise.all([...once].map(async (tally) => ((await mark(tally, 'seen')) ? [] : [tally])))
      ).flat()
      const reports: Report[] = [
        ...sent.map((mailed) => ({ ...mailed, counts: 'sent' as const })),
        ...fresh.map(({ type, mailedAt, stream }) => ({ at: mailedAt, stream, counts: type })),
      ]
      const shard = shardOf(`${fresh[0]?.messageId ?? ''}${sent.map(({ at }) => at).join()}`)
      const bySlot = Map.groupBy(reports, ({ stream, at }) => `${slotsOf(stream)}${slotOf(at)}`)
      await Promise.all(
        [...bySlot].map(([sort, of]) => {
          const counted = Map.groupBy(of, ({ counts }) => counts)
          const counts = Object.fromEntries([...counted].map(([name, all]) => [name, all.length]))
          return add(keyOf(shard, sort), of[0]?.at ?? '', counts)
        }),
      )
      await Promise.all(fresh.map((tally) => mark(tally, 'counted')))
    },

    // A day has 145 slots of about a hundred bytes in each shard: five requests, however much was sent.
    since: async (from, stream) => {
      const prefix = slotsOf(stream)
      const places = [partition, ...Array.from({ length: shards }, (_, index) => `${partition}#${index}`)]
      const pages = await Promise.all(places.map((place) => page(place, `${prefix}${from}`, `${prefix}9`)))
      return mergeSlots(pages.flat().map((item) => slotIn(item, prefix)))
    },
  }
}

const expiryOf = (at: string): number => Math.floor(Date.parse(at) / 1_000) + keptSeconds

/** Earlier releases kept the bounces of a slot as a set of messages. */
const countOf = (value: unknown): number => {
  if (value instanceof Set) return value.size
  return typeof value === 'number' ? value : 0
}

const slotIn = (item: Item, prefix: string): Slot => ({
  at: String(item[table.sortKey]).slice(prefix.length),
  sent: countOf(item.sent),
  bounced: countOf(item.bounced),
  complained: countOf(item.complained),
})

const capPlaceKey = (leadId: LeadId): Key => ({
  [table.partitionKey]: leadPartition(leadId),
  [table.sortKey]: 'CAPS',
})

/** One item for each lead. Places are kept as JSON text: at most those of a quarter of an hour. */
export const dynamoCapPlaces = (client: DynamoDBDocumentClient, tableName: string): CapPlaces => ({
  load: async (leadId) => {
    const item = await dynamoBatcher(client, tableName).get(capPlaceKey(leadId))
    if (!item) return { version: 0, places: [] }
    return { version: item.version as number, places: JSON.parse(item.places as string) }
  },

  commit: (leadId, version, places) =>
    versionedItems(client, tableName).put(
      { ...capPlaceKey(leadId), places: JSON.stringify(places) },
      version,
      `another email to ${leadId} took a place`,
    ),
})

interface ConfirmationPlacesOptions {
  readonly client: DynamoDBDocumentClient
  readonly tableName: string
  /** Keyed hash of a mailbox. */
  readonly hash: (mailbox: string) => string
}

const seconds = (at: string): number => Math.ceil(Date.parse(at) / 1000)
const kept = mailboxRemembers / 1000 + 86_400

/** One item for each mailbox, which holds no address, and one for each quota; they go by themselves. */
export const dynamoConfirmationPlaces = ({
  client,
  tableName,
  hash,
}: ConfirmationPlacesOptions): ConfirmationPlaces => {
  const mailboxKey = (mailbox: string): Key => ({
    [table.partitionKey]: `ASKED#${hash(mailbox)}`,
    [table.sortKey]: 'P',
  })
  return {
    load: async (mailbox) => {
      const item = await dynamoBatcher(client, tableName).get(mailboxKey(mailbox))
      if (!item) return { version: 0, taken: [] }
      return { version: item.version as number, taken: JSON.parse(item.taken as string) }
    },

    commit: async (mailbox, version, taken) => {
      const last = taken.at(-1)?.at ?? '1970-01-01T00:00:00.000Z'
      const item = { taken: JSON.stringify(taken), [table.timeToLive]: seconds(last) + kept }
      await versionedItems(client, tableName).put(
        { ...mailboxKey(mailbox), ...item },
        version,
        'another email to a mailbox took a place',
      )
    },

    count: async ({ key, most, until }) => {
      try {
        await client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: { [table.partitionKey]: 'ASKED', [table.sortKey]: key },
            UpdateExpression: 'ADD #count :one SET #expires = :expires',
            ConditionExpression: 'attribute_not_exists(#count) OR #count < :most',
            ExpressionAttributeNames: { '#count': 'count', '#expires': table.timeToLive },
            ExpressionAttributeValues: { ':one': 1, ':most': most, ':expires': seconds(until) + 86_400 },
          }),
        )
        return true
      } catch (error) {
        if (conditionFailed(error)) return false
        throw error
      }
    },
  }
}

const shape = /^([a-z0-9]{1,16})\.([\w-]{43})$/

interface MailboxMarks {
  /** Stands for a mailbox in a link: nobody without the key can tell which one. */
  readonly mark: (mailbox: string) => string
  /** Whether it stands for this one, under whatever key that still counts. */
  readonly isMarkOf: (mark: string, mailbox: string) => boolean
}

/** Marks `key.hash`. @param linkKeys those of the moment. */
export const mailboxMarks = (linkKeys: () => LinkKeys): MailboxMarks => {
  const hash = (secret: string, mailbox: string): string =>
    createHmac('sha256', deriveKey(secret, 'mailbox')).update(mailbox).digest('base64url')
  return {
    mark: (mailbox) => {
      const { current, keys } = linkKeys()
      return `${current}.${hash(keys.get(current) ?? '', mailbox)}`
    },
    isMarkOf: (mark, mailbox) => {
      const [, id = '', given = ''] = shape.exec(mark) ?? []
      const secret = linkKeys().keys.get(id)
      return secret !== undefined && timingSafeEqual(Buffer.from(hash(secret, mailbox)), Buffer.from(given))
    },
  }
}

/** In no lead's partition: it stays when the lead goes. */
const suppressionKey = (addressHash: string): Key => ({
  [table.partitionKey]: `SUPPRESSED#${addressHash}`,
  [table.sortKey]: 'P',
})

const isReason = (value: unknown): value is Suppression['reason'] => typeof value === 'string'

const named = (prefix: string, values: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(values.map((value, index) => [`:${prefix}${index}`, value]))

/** One item for each address; it holds a hash, a reason and a time. */
export const dynamoSuppressions = (client: DynamoDBDocumentClient, tableName: string): Suppressions => ({
  add: async (addressHash, reason, at) => {
    const { weaker, equal } = outweighed(reason)
    const [weakerValues, equalValues] = [named('w', weaker), named('e', equal)]
    const isOneOf = (values: object) => `#reason IN (${Object.keys(values).join(', ')})`
    const conditions = [
      `attribute_not_exists(${table.partitionKey})`,
      ...(weaker.length > 0 ? [isOneOf(weakerValues)] : []),
      `(${isOneOf(equalValues)} AND #at < :at)`,
    ]
    try {
      await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: suppressionKey(addressHash),
          UpdateExpression: 'SET #reason = :reason, #at = :at',
          ConditionExpression: conditions.join(' OR '),
          ExpressionAttributeNames: { '#reason': 'reason', '#at': 'at' },
          ExpressionAttributeValues: { ...weakerValues, ...equalValues, ':reason': reason, ':at': at },
        }),
      )
    } catch (error) {
      if (!conditionFailed(error)) throw error
    }
  },

  addErasure: async (hash, at) => {
    try {
      await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: suppressionKey(hash),
          UpdateExpression:
            'SET erasedAt = :at, #reason = if_not_exists(#reason, :erased), #at = if_not_exists(#at, :at)',
          ConditionExpression: 'attribute_not_exists(erasedAt) OR erasedAt < :at',
          ExpressionAttributeNames: { '#reason': 'reason', '#at': 'at' },
          ExpressionAttributeValues: { ':erased': 'erased', ':at': at },
        }),
      )
    } catch (error) {
      if (!conditionFailed(error)) throw error
    }
  },

  find: async (addressHash) => {
    const item = await dynamoBatcher(client, tableName).get(suppressionKey(addressHash))
    const { reason, at } = item ?? {}
    if (!isReason(reason)) return undefined
    // Earlier releases noted an erasure as the reason alone.
    const erasedAt = item?.erasedAt ?? (reason === 'erased' ? at : undefined)
    return { reason, at: String(at), ...(erasedAt !== undefined && { erasedAt: String(erasedAt) }) }
  },
})

/** The list asked by address. @param hashAddress keyed hash of an address's key. */
export const suppressedMailboxes = (
  suppressions: Suppressions,
  hashAddress: (key: string) => string,
): { readonly suppressionOf: SuppressionOf; readonly suppress: SuppressAddress } => ({
  suppressionOf: (address) => suppressions.find(hashAddress(mailboxKey(address))),
  suppress: (address, { reason, at }) => suppressions.add(hashAddress(mailboxKey(address)), reason, at),
})
