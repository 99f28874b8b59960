import type { LeadId } from '../../domain/model/activity.ts'
import {
  type AudienceReport,
  type audienceOutcomes,
  type Broadcast,
  becameOf,
  countOutcome,
  sendIdOfBroadcast,
} from '../../domain/sending/broadcast.ts'
import { wayOf } from '../../domain/split/broadcast-split.ts'
import { type BroadcastMembers, memberLanes } from '../broadcast-ports.ts'
import type { LanePlace } from '../lane-place.ts'
import type { Leads } from '../ports.ts'
import type { Sends } from '../send-ports.ts'

export interface ReportPorts {
  readonly members: BroadcastMembers
  readonly sends: Pick<Sends, 'load'>
  readonly leads: Pick<Leads, 'load'>
}

/** What has become of one of the audience: what their email says. Nobody sends to somebody who was erased since. */
const outcomeOf = async ({ sends, leads }: ReportPorts, broadcast: Broadcast, leadId: LeadId) => {
  const send = await sends.load(leadId, sendIdOfBroadcast(broadcast, leadId))
  if (send) return send.status === 'held' ? { status: send.status } : send
  const lead = await leads.load(leadId)
  // Of all others nothing is known yet: their email is still to come.
  return !lead || lead.erased ? ({ status: 'exited' } as const) : {}
}

/** Members that are looked at together. */
const pageSize = 100

const readOutcomes = async (ports: ReportPorts, broadcast: Broadcast, { lane, cursor }: LanePlace) => {
  const page = await ports.members.page(broadcast.broadcastId, lane, { limit: pageSize, cursor })
  const isCanceled = broadcast.canceledAt !== undefined
  const items = await Promise.all(
    page.items.map(async ({ leadId }) => ({
      leadId,
      became: becameOf(await outcomeOf(ports, broadcast, leadId), isCanceled),
    })),
  )
  return page.next === undefined ? { items } : { items, next: page.next }
}

/** One page of the audience, counted. */
export const countPage = async (
  ports: ReportPorts,
  broadcast: Broadcast,
  { counted: before, ...place }: LanePlace & { readonly counted: AudienceReport },
): Promise<{ readonly counted: AudienceReport; readonly next?: string }> => {
  const { items, ...next } = await readOutcomes(ports, broadcast, place)
  const counted = items.reduce(
    (sum, { leadId, became }) => countOutcome(sum, became, wayOf(broadcast, leadId)),
    before,
  )
  return { counted, ...next }
}

/** Whom of the audience somebody asks for. */
export interface Wanted {
  readonly outcome: (typeof audienceOutcomes)[number]
  /** Of those who are suppressed; absent: whatever it is. */
  readonly reason?: string | undefined
  readonly limit: number
}

/** Pages that one request looks through: of few in a large audience it may find none, and go on behind them. */
const pagesAtOnce = 12

/** Those of the audience with one outcome, in the order of the audience. */
export const findPeople = async (
  ports: ReportPorts,
  broadcast: Broadcast,
  { outcome, reason, limit }: Wanted,
  from: LanePlace,
): Promise<{ readonly found: readonly LeadId[]; readonly next?: LanePlace }> => {
  let found: readonly LeadId[] = []
  let place = from
  for (let pages = 0; pages < pagesAtOnce; pages += 1) {
    const { items, next } = await readOutcomes(ports, broadcast, place)
    const those = items.flatMap(({ leadId, became }) =>
      became.outcome === outcome && (reason === undefined || became.reason === reason) ? [leadId] : [],
    )
    const taken = those.slice(0, limit - found.length)
    found = [...found, ...taken]
    if (taken.length < those.length) return { found, next: { ...place, cursor: taken.at(-1) } }
    if (next === undefined && place.lane + 1 === memberLanes) return { found }
    place = next === undefined ? { lane: place.lane + 1 } : { ...place, cursor: next }
    if (found.length === limit) break
  }
  return { found, next: place }
}
