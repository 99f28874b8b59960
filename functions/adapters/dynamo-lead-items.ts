import { gunzipSync, gzipSync } from 'node:zlib'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import type { Fact, LeadId } from '../../domain/model/activity.ts'
import type { Lead } from '../ports.ts'
import { table } from '../table-schema.ts'
import type { Item, Key } from './dynamo-items.ts'
import { leadListFor } from './ranked-lists.ts'

const key = (partition: string, sort: string): Key => ({
  [table.partitionKey]: partition,
  [table.sortKey]: sort,
})

export const leadPartition = (leadId: LeadId): string => `L#${leadId}`
export const leadKey = (leadId: LeadId): Key => key(leadPartition(leadId), 'LEAD')
export const factKey = (leadId: LeadId, fact: Pick<Fact, 'occurredAt' | 'id'>): Key =>
  key(leadPartition(leadId), `A#${fact.occurredAt}#${fact.id}`)
/** Holds the time of a fact: whatever else comes with its id is the same fact. */
export const firstTimeKey = (leadId: LeadId, factId: string): Key => key(leadPartition(leadId), `I#${factId}`)
export const checkpointKey = (leadId: LeadId, slot: number): Key =>
  key(leadPartition(leadId), `CHECK#${slot}`)
export const addressKey = (hash: string): Key => key(`E#${hash}`, 'P')
export const visitorKey = (visitorId: string): Key => key(`V#${visitorId}`, 'P')

/** Sorts as text as the scores do as numbers; the id makes it unique and so a cursor. */
export const listRank = (rank: number, leadId: LeadId): string =>
  `${rank.toFixed(6).padStart(20, '0')}#${leadId}`

const listed = (list: readonly unknown[] | undefined): string | undefined =>
  list && list.length > 0 ? JSON.stringify(list) : undefined

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

const read = <Name extends string>(item: Item, name: Name): Readonly<Record<Name, never>> | undefined => {
  const text = unpacked(item[name])
  return text === undefined ? undefined : JSON.parse(`{${JSON.stringify(name)}:${text}}`)
}

/** States, outboxes and properties are kept as JSON text: half the size of typed attributes, and numbers stay what they were to the bit. */
export const leadItem = (lead: Lead & { readonly state: LeadState }, rank: number): Item => ({
  ...leadKey(lead.leadId),
  leadId: lead.leadId,
  email: lead.email,
  version: lead.version + 1,
  state: packed(lead.state),
  outbox: lead.outbox.length > 0 ? packed(lead.outbox) : undefined,
  rescored: lead.rescored && JSON.stringify(lead.rescored),
  mergedInto: lead.mergedInto,
  merge: lead.merge && JSON.stringify(lead.merge),
  joinedBy: lead.joinedBy && JSON.stringify(lead.joinedBy),
  members: listed(lead.members),
  checkpoints: listed(lead.checkpoints),
  sinceCheckpoint: lead.sinceCheckpoint,
  underReview: lead.underReview,
  wakeAt: lead.wakeAt,
  owedWakes: listed(lead.owedWakes),
  suppressed: lead.suppressed && JSON.stringify(lead.suppressed),
  ...(lead.mergedInto === undefined && {
    [table.lists.partitionKey]: leadListFor(lead, lead.state.stage.stage),
    [table.lists.sortKey]: listRank(rank, lead.leadId),
  }),
})

/** Reads what `leadItem` wrote: the table is ours, its shape is not checked again. */
export const leadOf = (item: Item): Lead => ({
  leadId: item.leadId as LeadId,
  ...(typeof item.email === 'string' ? { email: item.email } : {}),
  version: item.version as number,
  outbox: [],
  ...read(item, 'state'),
  ...read(item, 'outbox'),
  ...(typeof item.rescored === 'string' ? { rescored: JSON.parse(item.rescored) } : {}),
  ...(typeof item.mergedInto === 'string' ? { mergedInto: item.mergedInto as LeadId } : {}),
  ...(item.unlisted === true ? { unlisted: true } : {}),
  ...(typeof item.merge === 'string' ? { merge: JSON.parse(item.merge) } : {}),
  ...(typeof item.joinedBy === 'string' ? { joinedBy: JSON.parse(item.joinedBy) } : {}),
  ...(typeof item.members === 'string' ? { members: JSON.parse(item.members) } : {}),
  ...(typeof item.checkpoints === 'string' ? { checkpoints: JSON.parse(item.checkpoints) } : {}),
  ...(typeof item.sinceCheckpoint === 'number' ? { sinceCheckpoint: item.sinceCheckpoint } : {}),
  ...(item.underReview === true ? { underReview: true } : {}),
  ...(typeof item.wakeAt === 'string' ? { wakeAt: item.wakeAt } : {}),
  ...(typeof item.owedWakes === 'string' ? { owedWakes: JSON.parse(item.owedWakes) } : {}),
  ...(typeof item.suppressed === 'string' ? { suppressed: JSON.parse(item.suppressed) } : {}),
  ...(typeof item.erased === 'string' ? { erased: JSON.parse(item.erased) } : {}),
})

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
