import type { LeadId } from '../../domain/model/activity.ts'
import type { Mark } from '../../domain/sending/email-figures.ts'
import type { Send } from '../send-ports.ts'
import { partitions, sorts, table } from '../table-schema.ts'
import { type Item, type Key, keyOf, placeIn } from './dynamo-items.ts'
import { shardFor } from './ranked-lists.ts'

/** The list of everything that is held. */
export const heldList = 'HELD'
/** The list of what the runs of a sequence asked for, but for what is held: of sends that earlier releases wrote. */
export const sequenceList = (sequence: string): string => `SENDS#${sequence}`

/** What ranks of held emails of a sequence begin with. */
export const heldRankPrefix = (sequence: string): string => `${sequence}#`

export const sendKey = (leadId: LeadId, sendId: string): Key =>
  keyOf(partitions.lead(leadId), `${sorts.send}${sendId}`)

/** An email stands in a list only while it is held. */
const listed = ({ status, leadId, sendId, email, until, request: { run } }: Send): Item =>
  status === 'held'
    ? placeIn(
        shardFor(heldList, leadId),
        `${heldRankPrefix(run?.sequence ?? '-')}${email}#${until}#${sendId}`,
      )
    : {}

/**
 * Whether an email's counters know a send. They do once something has come of it; that it went out, they are told with the
 * first that SES reports of it. Absent: an earlier release wrote it, and it is counted in by and by.
 */
export const countedMark = 'counted'
export const isCounted = (item: Item): boolean => item[countedMark] === true

/** Holds the time of a mark. */
export const attributeOf = (mark: Mark): string => `${mark}At`

/** A send's own fields beside the keys. */
export const sendItem = (send: Send): Item => ({
  ...sendKey(send.leadId, send.sendId),
  ...send,
  ...listed(send),
  [countedMark]: send.status !== 'claimed',
})

/** Reads what `sendItem` wrote: the table is ours, its shape is not checked again. */
export const sendOf = ({
  [table.partitionKey]: _partition,
  [table.sortKey]: _sort,
  [table.lists.partitionKey]: _list,
  [table.lists.sortKey]: _rank,
  [countedMark]: _counted,
  ...send
}: Item): Send => send as Item & Send
