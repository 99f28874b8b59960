import type { Deal } from './deal.ts'
import { phaseOf } from './move-deal.ts'
import type { SalesPhase } from './sales-phases.ts'

const day = 86_400_000

/** How long a deal stood in one phase. */
export interface TimeInPhase {
  readonly phase: SalesPhase
  readonly since: string
  /** Null for the present one. */
  readonly until: string | null
  /** With three places; of the present phase up to now, once closed up to the end. */
  readonly days: number
  /** Why it went back there, where it did. */
  readonly reason: string | null
  readonly activityId: string
}

/** A deal as people see it. */
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
