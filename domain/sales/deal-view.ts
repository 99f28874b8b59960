import type { Deal, SalesPhase } from '../model/deal.ts'
import { type DealStay, phaseOf } from './deals.ts'

const day = 86_400_000

/** Time of a deal in one phase. */
interface TimeInPhase {
  readonly phase: SalesPhase
  readonly since: string
  /** Null for the current one. */
  readonly until: string | null
  /** Three decimals; for the current phase until now, or until closing. */
  readonly days: number
  /** Reason for a step back. */
  readonly reason: string | null
  readonly activityId: string
}

export interface DealView {
  readonly dealId: string
  readonly externalId: string | null
  readonly handoffId: string | null
  readonly status: Deal['status']
  readonly phase: SalesPhase
  readonly phases: readonly TimeInPhase[]
  /** A decimal as text, in `currency`. */
  readonly value: string | null
  readonly currency: string | null
  readonly openedAt: string
  readonly closedAt: string | null
  readonly reason: string | null
}

const timeInPhases = ({ phases, closedAt }: Deal, now: string): readonly TimeInPhase[] =>
  phases.map(({ phase, at, factId, reason }, index) => {
    const until = phases[index + 1]?.at ?? null
    const isOver = closedAt !== undefined && closedAt >= at
    const end = until ?? (isOver ? closedAt : now < at ? at : now)
    const days = Math.round(((Date.parse(end) - Date.parse(at)) / day) * 1000) / 1000
    return { phase, since: at, until, days, reason: reason ?? null, activityId: factId }
  })

/** @param now RFC 3339 UTC */
export const viewDeal = (deal: Deal, now: string): DealView => ({
  dealId: deal.dealId,
  externalId: deal.externalId ?? null,
  handoffId: deal.handoffId ?? null,
  status: deal.status,
  phase: phaseOf(deal),
  phases: timeInPhases(deal, now),
  value: deal.value?.amount ?? null,
  currency: deal.value?.currency ?? null,
  openedAt: deal.openedAt,
  closedAt: deal.closedAt ?? null,
  reason: deal.reason ?? null,
})

const reopen = 'to open it again, record deal.moved with an earlier phase and a reason'

/** Why an activity had no effect on a deal, and what would be valid. */
export const wordStay = ({ dealId, status, phase, wanted, because }: DealStay): string => {
  switch (because) {
    case 'backwards':
      return `Deal ${dealId} is in phase ${phase}, and ${wanted ?? 'this'} comes before it: give a reason (properties.reason) to move it back.`
    case 'closed':
      return status === 'won'
        ? `Deal ${dealId} is won: onboarding.completed, customer.rated and order.completed follow; ${reopen}.`
        : `Deal ${dealId} is lost: nothing follows; ${reopen}.`
    case 'not-won':
      return `Deal ${dealId} is ${status === 'lost' ? 'lost' : `in phase ${phase}`}: post_sale follows a win (deal.won).`
    case 'too-many':
      return 'This lead has as many deals and phases as are kept for one lead.'
    default:
      return because satisfies never
  }
}
