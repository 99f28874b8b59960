import type { Fact, LeadId } from '../model/activity.ts'
import type { Deal } from '../model/deal.ts'
import type { JsonObject } from '../model/json.ts'
import type { Overflow } from '../model/state-limits.ts'
import type { Rules } from '../rules/rules.ts'
import type { DealStay } from '../sales/deals.ts'
import type { BandEntry } from './band.ts'
import { type Explanation, makeExplainer } from './explain.ts'
import type { Exclusion } from './filter-facts.ts'
import { draftOf, extendedDraft, type FoldWatcher } from './fold.ts'
import { isClosed } from './funnel.ts'
import { closeDraft, type Draft, type LeadState } from './lead-state.ts'

/** A consequence of an activity: points, a stage, consent, a qualification … */
interface Consequence extends JsonObject {
  readonly type: string
}

const overflowed = (overflow: Overflow): Consequence => {
  switch (overflow.type) {
    case 'attributes':
      return { type: 'attributesStayed', names: [...overflow.names], because: 'too-many' }
    case 'consent':
      return { type: 'consentStayed', purpose: overflow.purpose, because: 'too-many' }
    default:
      return overflow satisfies never
  }
}

type Add = (factId: string, consequence: Consequence) => void

/** Events recorded during a fold; maps by fact id. */
interface Told {
  readonly leftOut: ReadonlyMap<string, Exclusion>
  /** Every change of band or grade, oldest first. */
  readonly bands: readonly BandEntry[]
  readonly stays: ReadonlyMap<string, DealStay>
  readonly overflows: ReadonlyMap<string, readonly Overflow[]>
}

/**
 * Consequences by fact. Skipped stages are not shown as entered; decay is shown at the last fact before it.
 * @param facts in order.
 */
const consequencesOf = (
  facts: readonly Fact[],
  state: LeadState,
  explanation: Explanation,
  { leftOut, bands, stays, overflows }: Told,
): ReadonlyMap<string, readonly Consequence[]> => {
  const found = new Map<string, Consequence[]>()
  const add: Add = (factId, consequence) => {
    const known = found.get(factId)
    if (known) known.push(consequence)
    else found.set(factId, [consequence])
  }
  for (const { rule, points, activityId } of explanation.rules)
    if (activityId) add(activityId, { type: 'points', rule, points })
  addBands(facts, bands, add)
  addStanding(state, add)
  addDeals(state.deals ?? [], stays, add)
  for (const [factId, list] of overflows) for (const one of list) add(factId, overflowed(one))
  for (const fact of facts) if (!leftOut.has(fact.id)) addChangeOfLog(fact, add)
  return found
}

const addBands = (facts: readonly Fact[], bands: readonly BandEntry[], add: Add): void => {
  for (const { id, from, at, factId, grade, score, faded } of bands) {
    const change = { type: 'band', from: from ?? null, to: id, grade, score }
    if (!faded) add(factId, change)
    else add(facts.findLast(({ occurredAt }) => occurredAt <= at)?.id ?? factId, { ...change, faded, at })
  }
}

/** Effects of activities on deals, and why some had none. @param stays by fact id. */
const addDeals = (deals: readonly Deal[], stays: ReadonlyMap<string, DealStay>, add: Add): void => {
  for (const { dealId, status, phases, value, reason, closedBy } of deals) {
    for (const [index, { factId, phase: to, reason: why }] of phases.entries()) {
      const from = phases[index - 1]?.phase ?? null
      add(factId, { type: 'deal', dealId, from, to, ...(why !== undefined && { reason: why }) })
    }
    if (closedBy === undefined) continue
    const because = reason === undefined ? {} : { reason }
    const worth = { value: value?.amount ?? null, currency: value?.currency ?? null }
    if (status === 'won') add(closedBy, { type: 'dealWon', dealId, ...worth, ...because })
    else add(closedBy, { type: 'dealLost', dealId, ...because })
  }
  for (const [factId, { wanted = null, ...stay }] of stays)
    add(factId, { type: 'dealStayed', ...stay, wanted })
}

const addStanding = (state: LeadState, add: Add): void => {
  for (const { stage, from, factId, condition, cycle, implied } of state.stages)
    if (!implied)
      add(factId, { type: 'stage', from: from ?? null, to: stage, because: condition || null, cycle })
  for (const { factId, cycle, score, at, pauseOver } of state.qualifications)
    add(factId, { type: 'qualified', cycle, score, ...(pauseOver && { at, pauseOver }) })
  for (const { factId, cycle, reason, pausedUntil, sequence } of state.recycles)
    add(factId, {
      type: 'recycled',
      cycle,
      reason,
      ...(pausedUntil !== undefined && { pausedUntil }),
      ...(sequence !== undefined && { sequence }),
    })
  if (state.paused && isClosed(state))
    add(state.paused.factId, { type: 'closed', reason: state.paused.reason })
  for (const { factId, form, purpose, furtherPurpose } of state.confirmations)
    add(factId, {
      type: 'confirmation',
      form,
      purpose,
      ...(furtherPurpose !== undefined && { furtherPurpose }),
    })
  for (const [purpose, { status, factId }] of Object.entries(state.consent))
    add(factId, { type: 'consent', purpose, status })
  if (state.suppression)
    add(state.suppression.factId, { type: 'suppressed', reason: state.suppression.reason })
}

/** Facts about the log itself: what they voided, joined or separated. */
const addChangeOfLog = ({ id, type, properties: { activityId, leadId } }: Fact, add: Add): void => {
  switch (type) {
    case 'activity.voided':
      if (typeof activityId === 'string') add(id, { type: 'withdrew', activityId })
      return
    case 'lead.merged':
      if (typeof leadId === 'string') add(id, { type: 'merged', leadId })
      return
    case 'lead.unmerged':
      if (typeof leadId === 'string') add(id, { type: 'unmerged', leadId })
      return
  }
}

export interface TimelineEntry {
  readonly id: string
  readonly type: string
  readonly occurredAt: string
  /** Time of arrival; null for older facts without it. */
  readonly recordedAt: string | null
  /** It arrived more than an hour late. */
  readonly late?: true
  /** Why it does not count, or not yet. */
  readonly leftOut?: Exclusion
  /** The merged lead that it is about. */
  readonly member?: LeadId
  readonly properties: JsonObject
  readonly followed: readonly Consequence[]
}

const onTime = 3_600_000

/** A lead and the requested moment. */
interface ToldLead {
  readonly rules: Rules
  /** RFC 3339 UTC: later consequences are left out. */
  readonly now: string
  /** The known address. */
  readonly email?: string | undefined
}

/** Consequences of `facts`, which are in order, newest first. @param fold applies them and reports to the watcher. */
const tell = (
  facts: readonly Fact[],
  { rules, now, email }: ToldLead,
  fold: (watcher: FoldWatcher) => Draft | undefined,
): readonly TimelineEntry[] | undefined => {
  const leftOut = new Map<string, Exclusion>()
  const bands: BandEntry[] = []
  const stays = new Map<string, DealStay>()
  const overflows = new Map<string, readonly Overflow[]>()
  const { watcher, explanationOf } = makeExplainer(rules)
  const draft = fold({
    ...watcher,
    leftOut: ({ id }, why) => leftOut.set(id, why),
    banded: (entry) => bands.push(entry),
    dealStayed: ({ id }, stay) => stays.set(id, stay),
    overflowed: ({ id }, overflow) => overflows.set(id, [...(overflows.get(id) ?? []), overflow]),
  })
  if (!draft) return undefined
  const state = closeDraft(draft, rules)
  const explanation = explanationOf(draft, now, email)
  const followed = consequencesOf(facts, state, explanation, { leftOut, bands, stays, overflows })
  const seen = new Set<string>()
  const entries = facts.flatMap((fact): TimelineEntry[] => {
    if (seen.has(fact.id)) return []
    seen.add(fact.id)
    return [entryOf(fact, leftOut.get(fact.id), followed.get(fact.id) ?? [])]
  })
  return entries.reverse()
}

/**
 * The lead's log with the consequences of each fact up to `now` (RFC 3339 UTC), newest first.
 * @param facts in order. @param email the lead's known address.
 */
export const timelineOf = (
  facts: readonly Fact[],
  rules: Rules,
  now: string,
  email?: string,
): readonly TimelineEntry[] =>
  tell(facts, { rules, now, email }, (watcher) => draftOf(facts, rules, now, watcher)) ?? []

/**
 * The newest part of `timelineOf`: the facts after `before`, an earlier state.
 * @param facts all later facts, in order. @returns undefined if the whole log is needed.
 */
export const latestOf = (
  before: LeadState,
  facts: readonly Fact[],
  lead: ToldLead,
): readonly TimelineEntry[] | undefined => {
  const [first] = facts
  // Facts of one moment belong together.
  if (!first || first.occurredAt === before.last.occurredAt) return undefined
  return tell(
    facts,
    lead,
    (watcher) => extendedDraft(before, facts, lead.rules, { now: lead.now, watcher })?.draft,
  )
}

const entryOf = (
  { id, type, occurredAt, recordedAt, member, properties }: Fact,
  leftOut: Exclusion | undefined,
  followed: readonly Consequence[],
): TimelineEntry => {
  const isLate = recordedAt !== undefined && Date.parse(recordedAt) - Date.parse(occurredAt) > onTime
  return {
    id,
    type,
    occurredAt,
    recordedAt: recordedAt ?? null,
    ...(isLate && { late: true }),
    ...(leftOut && { leftOut }),
    ...(member !== undefined && { member }),
    properties,
    followed,
  }
}
