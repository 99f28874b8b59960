import { type DynamoDBDocumentClient, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import {
  type Mailed,
  mergeSlots,
  type Slot,
  type Stream,
  slotOf,
} from '../../domain/deliverability/sending-figures.ts'
import { neverPausedOf } from '../../domain/deliverability/sending-state.ts'
import type { Tally } from '../../domain/feedback/feedback-of.ts'
import { hashText } from '../../domain/hash-text.ts'
import type { SendingFigures, SendingStates } from '../sending-ports.ts'
import { table } from '../table-schema.ts'
import { dynamoBatcher } from './dynamo-batcher.ts'
import type { Item, Key } from './dynamo-lead-items.ts'
import { versionedItems } from './versioned-items.ts'

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
