import type { LeadId } from '../lead/lead-id.ts'
import type { LeadState } from '../lead/lead-state.ts'
import { isClosed } from '../lead/with-sales.ts'
import type { Deal } from '../sales/deal.ts'
import { outcome } from './answer-handoff.ts'
import { stopDeadlines } from './deadlines.ts'
import { dealsOf, followDeals, type Term } from './follow-deals.ts'
import type { Handoff } from './handoff.ts'
import { cycleOfHandoff } from './handoff-ids.ts'

/** In place of a person, where the answer came in as an activity: from a CRM, say. */
export const byActivity = 'activity'

/** Whoever stands for the person of a handoff by now: its lead, or the one that was merged into. */
export interface FollowedLead {
  readonly leadId: LeadId
  readonly state: LeadState
}

/** How the lead was given back. */
interface Return {
  readonly at: string
  readonly factId: string
  readonly reason: string
  readonly lost?: true
}

/**
 * Brings a handoff in line with its lead, whatever way that took: sales may have answered, won or lost by an activity that
 * came over the bus. The first answer stands; what its lead did not qualify by any more is another matter.
 * @returns the same handoff where nothing changes.
 */
export const followLead = (handoff: Handoff, lead: FollowedLead): Handoff => {
  const term = termOf(handoff, lead)
  const own = dealsOf(handoff, lead.state.deals ?? [], term)
  const followed = followDeals(accepted(handoff, own), own)
  const given = term && returnOf(handoff, lead, term)
  return given ? givenBack(followed, own, given) : followed
}

/** A lead merged into another has no cycles of its own any more: its term begins with the request. */
const termOf = ({ handoffId, leadId, requestedAt }: Handoff, lead: FollowedLead): Term | undefined => {
  if (leadId !== lead.leadId) return { from: requestedAt }
  const cycle = cycleOfHandoff(handoffId)
  const { qualifications } = lead.state
  const from = qualifications.find((one) => one.cycle === cycle)?.at
  const until = qualifications.find((one) => one.cycle > cycle)?.at
  return from === undefined ? undefined : { from, ...(until !== undefined && { until }) }
}

const returnOf = ({ handoffId, leadId }: Handoff, lead: FollowedLead, { from }: Term): Return | undefined => {
  const { recycles, paused, cycle } = lead.state
  const isOwn = leadId === lead.leadId
  const ended = cycleOfHandoff(handoffId)
  const recycle = recycles.find((one) => (isOwn ? one.cycle === ended + 1 : one.at >= from))
  if (recycle) return recycle
  return paused && isClosed(lead.state) && (isOwn ? cycle === ended : paused.at >= from) ? paused : undefined
}

/** It may have been said of business that had begun before: no answer is older than its question. */
const notBefore = ({ requestedAt }: Handoff, at: string): string => (at < requestedAt ? requestedAt : at)

const accepted = (handoff: Handoff, own: readonly Deal[]): Handoff => {
  const deal = own.find(({ handoffId }) => handoffId !== undefined)
  if (handoff.answer.state !== 'requested' || !deal) return handoff
  const at = notBefore(handoff, deal.openedAt)
  const because = { activityId: deal.phases[0]?.factId ?? deal.dealId }
  return {
    ...handoff,
    ...stopDeadlines(handoff, at),
    answer: { state: 'accepted', at, by: byActivity },
    outbox: [...handoff.outbox, outcome(handoff, 'HandoffAccepted', 'accepted', at, { because })],
  }
}

/** Who accepts what had been given back before has accepted nothing: no deal came of it. */
const givenBack = (handoff: Handoff, own: readonly Deal[], given: Return): Handoff => {
  const { answer } = handoff
  const isInVain = answer.state === 'accepted' && own.length === 0 && given.at <= answer.at
  if (answer.state !== 'requested' && !isInVain) return handoff
  const at = notBefore(handoff, given.at)
  const { factId, reason } = given
  const stopped = answer.state === 'requested' ? stopDeadlines(handoff, at) : {}
  if (given.lost) return { ...handoff, ...stopped, answer: { state: 'lost', at } }
  const because = { activityId: factId }
  return {
    ...handoff,
    ...stopped,
    answer: { state: 'rejected', at, by: byActivity, reason },
    outbox: [...handoff.outbox, outcome(handoff, 'HandoffRejected', 'rejected', at, { reason, because })],
  }
}
