import { timingSafeEqual } from 'node:crypto'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  type Mailed,
  mergeSlots,
  neverPausedOf,
  type SendingState,
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
import { partitions, sorts, table } from '../table-schema.ts'
import { dynamoEntities, type Entity } from './dynamo-entity.ts'
import { dynamoItems, expiry, type Item, type Key, keyOf, sortOf } from './dynamo-items.ts'
import { deriveKey, hmacOf, type LinkKeys } from './link-keys.ts'

/** Counters are spread over as many partitions: each takes a thousand writes a second. */
export const sendingShards = 4
const slotPrefix = 'SLOT#'
const keptSeconds = 7 * 86_400

const shardOf = (text: string): string => partitions.sendingShard(hashText(text) % sendingShards)
const slotsOf = (stream: Stream): string =>
  stream === 'marketing' ? slotPrefix : `${stream.toUpperCase()}#${slotPrefix}`

const sendingState: Entity<Stream, SendingState> = {
  attribute: 'state',
  key: (stream) => keyOf(partitions.sending, stream === 'marketing' ? 'STATE' : `STATE#${stream}`),
}

/** Whether mail goes out: one item for each stream, read with every send. */
export const dynamoSendingStates = (client: DynamoDBClient, tableName: string): SendingStates => {
  const states = dynamoEntities(client, tableName, sendingState)
  return {
    load: async (stream = 'marketing') => (await states.load(stream)) ?? neverPausedOf(stream),
    commit: (state) => states.commit(state.stream ?? 'marketing', state),
  }
}

type Counts = Readonly<Partial<Record<'sent' | Tally['type'], number>>>
type Report = Mailed & { readonly counts: 'sent' | Tally['type'] }

/**
 * Ten minutes of mail are one item in each shard, of plain numbers. That a bounce or a complaint was counted is an item of
 * its own, so that one costs the same however many there are. It is marked before and after: a crash in between counts it
 * twice rather than not at all.
 */
export const dynamoSendingFigures = (client: DynamoDBClient, tableName: string): SendingFigures => {
  const items = dynamoItems(client, tableName)

  /** @returns whether it had been counted before. */
  const mark = async ({ type, messageId, mailedAt }: Tally, state: 'seen' | 'counted'): Promise<boolean> => {
    const marked = await items.update(keyOf(shardOf(messageId), `SEEN#${type}#${messageId}`), {
      set: { ...expiry(mailedAt, keptSeconds), ...(state === 'counted' && { state }) },
      ...(state === 'seen' && { setNew: { state } }),
      shown: 'ALL_NEW',
    })
    return marked?.state === 'counted'
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
          const counts: Counts = Object.fromEntries([...counted].map(([name, all]) => [name, all.length]))
          return items.update(keyOf(shard, sort), { set: expiry(of[0]?.at ?? '', keptSeconds), add: counts })
        }),
      )
      await Promise.all(fresh.map((tally) => mark(tally, 'counted')))
    },

    // A day has 145 slots of about a hundred bytes in each shard: five requests, however much was sent.
    since: async (from, stream) => {
      const prefix = slotsOf(stream)
      const places = [
        partitions.sending,
        ...Array.from({ length: sendingShards }, (_, index) => partitions.sendingShard(index)),
      ]
      const pages = await Promise.all(
        places.map((place) =>
          items.all({
            where: '#pk = :place AND #sk BETWEEN :from AND :to',
            values: { place, from: `${prefix}${from}`, to: `${prefix}9` },
          }),
        ),
      )
      return mergeSlots(pages.flat().map((item) => slotIn(item, prefix)))
    },
  }
}

/** Earlier releases kept the bounces of a slot as a set of messages. */
const countOf = (value: unknown): number => {
  if (value instanceof Set) return value.size
  return typeof value === 'number' ? value : 0
}

const slotIn = (item: Item, prefix: string): Slot => ({
  at: sortOf(item).slice(prefix.length),
  sent: countOf(item.sent),
  bounced: countOf(item.bounced),
  complained: countOf(item.complained),
})

const capPlaceKey = (leadId: LeadId): Key => keyOf(partitions.lead(leadId), sorts.caps)

/** One item for each lead. Places are kept as JSON text. */
export const dynamoCapPlaces = (client: DynamoDBClient, tableName: string): CapPlaces => {
  const items = dynamoItems(client, tableName)
  return {
    load: async (leadId) => {
      const { version, places, since } = (await items.get(capPlaceKey(leadId))) ?? {
        version: 0,
        places: '[]',
      }
      return {
        version: Number(version),
        places: JSON.parse(String(places)),
        ...(typeof since === 'string' && { since }),
      }
    },

    commit: (leadId, version, { places, since }) =>
      items.putAt({ ...capPlaceKey(leadId), places: JSON.stringify(places), since }, version),
  }
}

interface ConfirmationPlacesOptions {
  readonly client: DynamoDBClient
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
  const items = dynamoItems(client, tableName)
  const mailboxItemKey = (mailbox: string): Key => keyOf(partitions.mailbox(hash(mailbox)), 'P')
  return {
    load: async (mailbox) => {
      const { version, taken } = (await items.get(mailboxItemKey(mailbox))) ?? { version: 0, taken: '[]' }
      return { version: Number(version), taken: JSON.parse(String(taken)) }
    },

    commit: async (mailbox, version, taken) => {
      const last = taken.at(-1)?.at ?? '1970-01-01T00:00:00.000Z'
      const item = { taken: JSON.stringify(taken), [table.timeToLive]: seconds(last) + kept }
      await items.putAt({ ...mailboxItemKey(mailbox), ...item }, version)
    },

    count: async ({ key, most, until }) => {
      const counted = await items.update(keyOf(partitions.quotas, key), {
        add: { count: 1 },
        set: { [table.timeToLive]: seconds(until) + 86_400 },
        when: 'attribute_not_exists(#count) OR #count < :most',
        values: { most },
      })
      return counted !== undefined
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
  const hash = (secret: string, mailbox: string): string => hmacOf(deriveKey(secret, 'mailbox'), mailbox)
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
const suppressionKey = (addressHash: string): Key => keyOf(partitions.suppression(addressHash), 'P')

const isReason = (value: unknown): value is Suppression['reason'] => typeof value === 'string'

const named = (prefix: string, values: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(values.map((value, index) => [`${prefix}${index}`, value]))

/** One item for each address; it holds a hash, a reason and a time. */
export const dynamoSuppressions = (client: DynamoDBClient, tableName: string): Suppressions => {
  const items = dynamoItems(client, tableName)
  return {
    add: async (addressHash, reason, at) => {
      const { weaker, equal } = outweighed(reason)
      const [weakerValues, equalValues] = [named('w', weaker), named('e', equal)]
      const isOneOf = (values: object) =>
        `#reason IN (${Object.keys(values)
          .map((name) => `:${name}`)
          .join(', ')})`
      const conditions = [
        'attribute_not_exists(#pk)',
        ...(weaker.length > 0 ? [isOneOf(weakerValues)] : []),
        `(${isOneOf(equalValues)} AND #at < :at)`,
      ]
      await items.update(suppressionKey(addressHash), {
        set: { reason, at },
        when: conditions.join(' OR '),
        values: { ...weakerValues, ...equalValues, at },
      })
    },

    addErasure: async (hash, at) => {
      await items.update(suppressionKey(hash), {
        set: { erasedAt: at },
        setNew: { reason: 'erased', at },
        when: 'attribute_not_exists(erasedAt) OR erasedAt < :at',
        values: { at },
      })
    },

    find: async (addressHash) => {
      const item = await items.get(suppressionKey(addressHash))
      const { reason, at } = item ?? {}
      if (!isReason(reason)) return undefined
      // Earlier releases noted an erasure as the reason alone.
      const erasedAt = item?.erasedAt ?? (reason === 'erased' ? at : undefined)
      return { reason, at: String(at), ...(erasedAt !== undefined && { erasedAt: String(erasedAt) }) }
    },
  }
}

/** The list asked by address. @param hashAddress keyed hash of an address's key. */
export const suppressedMailboxes = (
  suppressions: Suppressions,
  hashAddress: (key: string) => string,
): { readonly suppressionOf: SuppressionOf; readonly suppress: SuppressAddress } => ({
  suppressionOf: (address) => suppressions.find(hashAddress(mailboxKey(address))),
  suppress: (address, { reason, at }) => suppressions.add(hashAddress(mailboxKey(address)), reason, at),
})
