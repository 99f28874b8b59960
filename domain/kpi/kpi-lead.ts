import { compareFacts, type Fact } from '../activity/activity.ts'
import type { Handoff } from '../handoff/handoff.ts'
import { foldLead } from '../lead/fold.ts'
import type { LeadState } from '../lead/lead-state.ts'
import { reshapes, sift } from '../lead/left-out.ts'
import type { Rules } from '../playbook/rules.ts'

/** From `from` on and before `to`, RFC 3339 UTC with milliseconds. */
export interface KpiWindow {
  readonly from: string
  readonly to: string
}

/** A handoff as far as its figures go. */
export type KpiHandoff = Pick<Handoff, 'handoffId' | 'requestedAt' | 'dueAt' | 'answer' | 'overdueSince'>

/** One person, as they stood at the end of the window. */
export interface KpiLead {
  /** Those that count and occurred before the end, in order. */
  readonly facts: readonly Fact[]
  readonly state: LeadState
  readonly handoffs: readonly KpiHandoff[]
}

export const isWithin = (at: string, { from, to }: KpiWindow): boolean => at >= from && at < to

const day = 86_400_000

export const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / day

/**
 * What a lead's log was at the end of the window: what was taken back since, or proved to be a machine's, does not count.
 * @param log of the lead and those merged into it. @param now the end of a window that is not over yet.
 * @returns undefined for a lead that was not there by then.
 */
export const kpiLead = (
  log: readonly Fact[],
  handoffs: readonly KpiHandoff[],
  rules: Rules,
  { to }: KpiWindow,
  now: string,
): KpiLead | undefined => {
  const ids = new Set<string>()
  const before = log
    .toSorted(compareFacts)
    .filter((fact) => (fact.occurredAt < to || reshapes(fact)) && ids.size < ids.add(fact.id).size)
  const end = to < now ? to : now
  const { leftOut } = sift(before, Date.parse(end))
  const facts = before.filter((fact) => !leftOut.has(fact.id) && !reshapes(fact))
  const state = facts.length === 0 ? undefined : foldLead(before, rules, end)
  return state && { facts, state, handoffs }
}
