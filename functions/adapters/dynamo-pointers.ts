import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { isForgotten } from '../../domain/email/judge-send.ts'
import { type Activity, type LeadId, parseLeadId } from '../../domain/model/activity.ts'
import type { Browsers } from '../erasure-ports.ts'
import type { Identified, Suppression } from '../ports.ts'
import { partitions, table } from '../table-schema.ts'
import { dynamoItems, type Item, type Key, keyIn, partitionOf, placeIn } from './dynamo-items.ts'
import { addressKey, leadKey, visitorKey } from './dynamo-lead-items.ts'
import { dynamoSuppressions } from './dynamo-sending.ts'
import { browserName } from './link-keys.ts'

/** Sorts a pointer under its lead in the index, so that it can be found from there. */
export const pointerList = (leadId: LeadId, pointer: Key): Item =>
  placeIn(`OF#${leadId}`, partitionOf(pointer))

/** Keys of what leads to a lead. Eventually consistent. */
export const pointersOf = async (
  client: DynamoDBClient,
  tableName: string,
  leadId: LeadId,
): Promise<readonly Key[]> => {
  const rows = await dynamoItems(client, tableName).all({
    IndexName: table.lists.name,
    where: '#list = :of',
    values: { of: `OF#${leadId}` },
    ConsistentRead: false,
  })
  return rows.map(keyIn)
}

const browserPrefix = partitions.browser('')

export const dynamoBrowsers = (client: DynamoDBClient, tableName: string): Browsers => ({
  list: async (leadId) =>
    (await pointersOf(client, tableName, leadId)).flatMap((key) => {
      const partition = partitionOf(key)
      return partition.startsWith(browserPrefix) ? [partition.slice(browserPrefix.length)] : []
    }),
})

/** Whoever is not named by the id of a lead. */
type Named = Exclude<Activity['subject'], { readonly leadId: LeadId }>

/** Where a pointer leads. */
type Pointed = Pick<Identified, 'leadId' | 'suppressed' | 'isNew'>

/** Pointers that an environment remembers: a few megabytes at the most. */
const mostRemembered = 10_000

/** Where pointers have led. A lead that was erased since says so itself: what is remembered of it is looked up again. */
const makeMemory = () => {
  const known = new Map<string, Pointed>()
  return {
    recall: (pointer: Key): Pointed | undefined => known.get(partitionOf(pointer)),
    keep: (pointer: Key, { isNew: _, ...pointed }: Pointed): void => {
      const [oldest] = known.size < mostRemembered ? [] : known.keys()
      if (oldest !== undefined) known.delete(oldest)
      known.set(partitionOf(pointer), pointed)
    },
    forget: (pointer: Key): void => void known.delete(partitionOf(pointer)),
  }
}

/**
 * What stood against somebody unknown counts for so long after it was asked for, in ms: an erasure takes longer from its
 * note to the pointers that it drops (`erasureRests`), so that whoever found none has learnt of it.
 */
const noteCounts = 1_000

interface Name {
  readonly pointer: Key
  /** What a suppression of it is kept by. */
  readonly hash: string
}

interface Unknown {
  readonly suppressed: Suppression | undefined
  /** ms */
  readonly askedAt: number
}

export interface PointersOptions {
  readonly client: DynamoDBClient
  readonly tableName: string
  /** Keyed hash of an address's identity key. */
  readonly hashAddress: (email: string) => string
  readonly newLeadId: () => LeadId
  /** Whether the caller may read leads; only then can what is remembered of a pointer be checked. @default true */
  readonly readsLeads?: boolean
}

/** Who is meant by an address or a browser: an item for each, whose key holds no address. */
export const dynamoPointers = ({
  client,
  tableName,
  hashAddress,
  newLeadId,
  readsLeads = true,
}: PointersOptions) => {
  const items = dynamoItems(client, tableName)
  const suppressions = dynamoSuppressions(client, tableName)
  const memory = makeMemory()
  const unknown = new Map<string, Unknown>()

  const nameOf = (subject: Named): Name => {
    if ('visitorId' in subject) {
      const { visitorId } = subject
      return { pointer: visitorKey(visitorId), hash: hashAddress(browserName(visitorId)) }
    }
    const hash = hashAddress(subject.email)
    return { pointer: addressKey(hash), hash }
  }

  const follow = async (pointer: Key): Promise<Pointed | undefined> => {
    const item = await items.get(pointer)
    const leadId = parseLeadId(item?.leadId)
    const known = item?.suppressed
    const suppressed = typeof known === 'string' ? { suppressed: JSON.parse(known) } : {}
    const pointed = leadId && { leadId, ...suppressed }
    if (pointed) memory.keep(pointer, pointed)
    return pointed
  }

  /** Whether what is remembered still stands: whoever was erased has another lead, or none. */
  const recall = async (pointer: Key): Promise<Pointed | undefined> => {
    const pointed = memory.recall(pointer)
    if (pointed === undefined || !readsLeads) return undefined
    const lead = await items.get(leadKey(pointed.leadId))
    if (lead && lead.erased === undefined) return pointed
    memory.forget(pointer)
    return undefined
  }

  /** What stands against a name is asked for along with its pointer: nobody may have it, and then it is needed. */
  const lookUp = async ({ pointer, hash }: Name): Promise<Pointed | undefined> => {
    const askedAt = performance.now()
    const [pointed, suppressed] = await Promise.all([follow(pointer), suppressions.find(hash)])
    if (unknown.size === mostRemembered) unknown.clear()
    if (pointed === undefined) unknown.set(hash, { suppressed, askedAt })
    return pointed
  }

  const suppressionOf = async (hash: string): Promise<Suppression | undefined> => {
    const found = unknown.get(hash)
    unknown.delete(hash)
    if (found && performance.now() - found.askedAt < noteCounts) return found.suppressed
    return suppressions.find(hash)
  }

  /** Of two that claim the same pointer at once, the second gets the first one's lead. */
  const claim = async ({ pointer, hash }: Name, asOf: string | undefined): Promise<Pointed | undefined> => {
    const suppressed = await suppressionOf(hash)
    if (asOf !== undefined && isForgotten(asOf, suppressed)) return undefined
    const claimed: Pointed = { leadId: newLeadId(), ...(suppressed && { suppressed }) }
    const isClaimed = await items.insert({
      ...pointer,
      ...pointerList(claimed.leadId, pointer),
      leadId: claimed.leadId,
      suppressed: suppressed && JSON.stringify(suppressed),
    })
    if (isClaimed) {
      memory.keep(pointer, claimed)
      return { ...claimed, isNew: true }
    }
    const winner = await follow(pointer)
    if (winner === undefined) throw new Error('a pointer vanished between two reads')
    return winner
  }

  return {
    /** Strongly consistent. */
    find: async (named: Named): Promise<Pointed | undefined> => {
      const name = nameOf(named)
      return (await recall(name.pointer)) ?? lookUp(name)
    },
    /** @returns undefined for somebody who was erased since `asOf`. */
    claim: (named: Named, asOf: string | undefined): Promise<Pointed | undefined> =>
      claim(nameOf(named), asOf),
    /** Where the pointer has led, if that is remembered. */
    guess: (named: Named): LeadId | undefined => memory.recall(nameOf(named).pointer)?.leadId,
  }
}
