import type { JsonObject } from '../json.ts'
import type { Deal, DealPhase } from '../sales/deal.ts'
import { phaseOf } from '../sales/move-deal.ts'
import { type Cause, type Decided, type Decision, type DecisionType, decision } from './decision.ts'
import type { LeadState } from './lead-state.ts'

const noDeals: readonly Deal[] = []

/** Reasons leave as ids alone: what somebody wrote in their own words may name a person. */
const reasonId = (reason: string | undefined): JsonObject =>
  reason !== undefined && /^[a-z0-9][a-z0-9_-]{0,63}$/.test(reason) ? { reason } : {}

const named = ({ dealId, externalId, handoffId }: Deal): JsonObject => ({
  dealId,
  ...(externalId === undefined ? {} : { externalId }),
  ...(handoffId === undefined ? {} : { handoffId }),
})

/** Named by the lead that it began with: whoever that lead is merged into tells the same of it, and it is no news. */
const ofDeal = (
  lead: Decided,
  { dealId, member }: Deal,
  type: DecisionType,
  key: string,
  cause: Cause,
  data: JsonObject,
): Decision => ({
  ...decision(lead, type, key, cause, data),
  id: `${member ?? lead.leadId}:deal:${dealId}:${key}`,
})

/** How often the deal had come to this phase before: coming to it again is other news. */
const again = (phases: readonly DealPhase[], index: number): string => {
  const earlier = phases.slice(0, index).filter(({ phase }) => phase === phases[index]?.phase).length
  return earlier === 0 ? '' : `:${earlier + 1}`
}

const phaseChanges = (lead: Decided, deal: Deal): readonly Decision[] =>
  deal.phases.map((entry, index) => {
    const key = `${entry.phase}${again(deal.phases, index)}`
    return ofDeal(lead, deal, 'DealPhaseChanged', key, entry, {
      ...named(deal),
      from: deal.phases[index - 1]?.phase ?? null,
      to: entry.phase,
      because: { activityId: entry.factId },
      ...reasonId(entry.reason),
    })
  })

/** One for each time that it came to its end. */
const closing = ({ phases }: Deal): string =>
  again(
    phases,
    phases.findLastIndex(({ phase }) => phase === 'closing'),
  )

const closed = (lead: Decided, deal: Deal): readonly Decision[] => {
  const { status, closedAt, closedBy, value, reason } = deal
  if (status === 'open' || closedAt === undefined || closedBy === undefined) return []
  const type = status === 'won' ? 'DealWon' : 'DealLost'
  const cause = { at: closedAt, factId: closedBy }
  return [
    ofDeal(lead, deal, type, `${status}${closing(deal)}`, cause, {
      ...named(deal),
      phase: phaseOf(deal),
      ...(value && { amount: value.amount, currency: value.currency }),
      because: { activityId: closedBy },
      ...reasonId(reason),
    }),
  ]
}

/** The way of each deal, and its end. */
export const dealDecisions = (lead: Decided, { deals = noDeals }: LeadState): readonly Decision[] =>
  deals.flatMap((deal) => [...phaseChanges(lead, deal), ...closed(lead, deal)])

/** A lead that was set apart again has taken its deals along: there they stand. */
const wentAlong = ({ member }: Deal, { family }: LeadState): boolean =>
  member !== undefined && !family?.members.includes(member)

/**
 * A win or loss that was told and no longer stands: the activity was taken back, or the deal was opened again. `phase` is
 * where the deal stands now, null when there is none any more.
 */
export const withdrawnOutcomes = (
  lead: Decided,
  before: LeadState,
  after: LeadState,
): readonly Decision[] => {
  const { deals = noDeals } = after
  return (before.deals ?? noDeals).flatMap((deal) => {
    const now = deals.find(({ dealId }) => dealId === deal.dealId)
    if (deal.status === 'open' || now?.status === deal.status || wentAlong(deal, after)) return []
    const cause = { at: after.last.occurredAt, factId: after.last.id }
    return [
      ofDeal(lead, deal, 'DealOutcomeWithdrawn', `no-longer-${deal.status}:${deal.closedBy}`, cause, {
        ...named(deal),
        outcome: deal.status,
        phase: now ? phaseOf(now) : null,
        because: { activityId: deal.closedBy ?? null },
      }),
    ]
  })
}
