import { gunzipSync, gzipSync } from 'node:zlib'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import type { Fact, LeadId } from '../../domain/model/activity.ts'
import type { Lead } from '../ports.ts'
import { partitions, sorts } from '../table-schema.ts'
import { type Item, type Key, keyOf, partitionOf, placeIn } from './dynamo-items.ts'
import { leadListFor } from './ranked-lists.ts'

export const leadKey = (leadId: LeadId): Key => keyOf(partitions.lead(leadId), sorts.lead)
/** The lead in whose partition an item stands. */
export const leadIdIn = (item: Item): string => partitionOf(item).slice(partitions.lead('').length)
export const factKey = (leadId: LeadId, fact: Pick<Fact, 'occurredAt' | 'id'>): Key =>
  keyOf(partitions.lead(leadId), `${sorts.fact}${fact.occurredAt}#${fact.id}`)
/** Holds the time of a fact: whatever else comes with its id is the same fact. */
export const firstTimeKey = (leadId: LeadId, factId: string): Key =>
  keyOf(partitions.lead(leadId), `${sorts.firstTime}${factId}`)
export const checkpointKey = (leadId: LeadId, slot: number): Key =>
  keyOf(partitions.lead(leadId), `${sorts.checkpoint}${slot}`)
export const addressKey = (hash: string): Key => keyOf(partitions.address(hash), 'P')
export const visitorKey = (visitorId: string): Key => keyOf(partitions.browser(visitorId), 'P')

/** Sorts as text as the scores do as numbers; the id makes it unique and so a cursor. */
export const listRank = (rank: number, leadId: LeadId): string =>
  `${rank.toFixed(6).padStart(20, '0')}#${leadId}`

/** JSON longer than this (characters) is compressed: an item that is written with each activity is paid for by its size, and is never above 400 KB. */
const longText = 16 * 1024

/** JSON as an item keeps it: text, or compressed where it is long. */
export const packed = (value: unknown): string | Uint8Array => {
  const text = JSON.stringify(value)
  return text.length <= longText ? text : gzipSync(text)
}

/** Reads what `packed` wrote; undefined where nothing stands. */
export const unpacked = (stored: unknown): string | undefined => {
  if (typeof stored === 'string') return stored
  return stored instanceof Uint8Array ? gunzipSync(stored).toString() : undefined
}

/**
 * How an item holds each field of a lead: as it is, as JSON text, or as text that is compressed where it is long. States,
 * outboxes and properties are half the size as text, and numbers stay what they were to the bit. A commit writes all but
 * what is `noted` elsewhere, and no list that is empty.
 */
const forms: Readonly<Record<keyof Lead, 'plain' | 'text' | 'packed' | 'noted' | 'noted text'>> = {
  leadId: 'plain',
  email: 'plain',
  version: 'plain',
  state: 'packed',
  outbox: 'packed',
  mergedInto: 'plain',
  merge: 'text',
  joinedBy: 'text',
  unlisted: 'noted',
  members: 'text',
  checkpoints: 'text',
  sinceCheckpoint: 'plain',
  suppressed: 'text',
  erased: 'noted text',
  underReview: 'plain',
  noted: 'plain',
  followed: 'plain',
  lacked: 'plain',
  wakeAt: 'plain',
  owedWakes: 'text',
  rescored: 'text',
}

const written = {
  plain: (value: unknown) => value,
  text: (value: unknown) => JSON.stringify(value),
  packed,
  noted: () => undefined,
  'noted text': () => undefined,
}

export const leadItem = (lead: Lead & { readonly state: LeadState }, rank: number): Item => ({
  ...leadKey(lead.leadId),
  ...(lead.mergedInto === undefined &&
    placeIn(leadListFor(lead, lead.state.stage.stage), listRank(rank, lead.leadId))),
  ...Object.fromEntries(
    Object.entries(lead)
      .filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0))
      .map(([name, value]) => [name, isField(name) ? written[forms[name]](value) : undefined]),
  ),
})

const isField = (name: string): name is keyof Lead => Object.hasOwn(forms, name)

/** Reads what `leadItem` wrote: the table is ours, its shape is not checked again. */
export const leadOf = (item: Item): Lead => {
  const fields = Object.entries(forms).flatMap(([name, form]) => {
    const isPlain = form === 'plain' || form === 'noted'
    const text = isPlain ? JSON.stringify(item[name]) : unpacked(item[name])
    return text === undefined ? [] : [`"${name}":${text}`]
  })
  return { outbox: [], ...JSON.parse(`{${fields.join()}}`) }
}

export const factItem = (leadId: LeadId, fact: Fact): Item => ({
  ...factKey(leadId, fact),
  id: fact.id,
  type: fact.type,
  occurredAt: fact.occurredAt,
  email: fact.email,
  recordedAt: fact.recordedAt,
  properties: JSON.stringify(fact.properties),
})

export const factOf = (item: Item): Fact => ({
  id: item.id as string,
  type: item.type as string,
  occurredAt: item.occurredAt as string,
  ...(typeof item.email === 'string' ? { email: item.email } : {}),
  properties: JSON.parse(item.properties as string),
  ...(typeof item.recordedAt === 'string' ? { recordedAt: item.recordedAt } : {}),
})
