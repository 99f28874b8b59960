import type { Fact } from '../activity/activity.ts'
import type { JsonObject } from '../json.ts'
import type { DealStay } from '../sales/take-activity.ts'
import type { Explanation } from '../scoring/explain.ts'
import { dealConsequences } from './deal-consequences.ts'
import type { BandEntry, LeadState } from './lead-state.ts'
import type { LeftOut } from './left-out.ts'
import type { Overflow } from './state-limits.ts'
import { isClosed } from './with-sales.ts'

/** Something that followed from an activity: points, a stage, consent, a qualification … */
export interface Consequence extends JsonObject {
  readonly type: string
}

/** What was asked of the lead and left it as it was. */
export interface WithoutEffect {
  readonly stays: ReadonlyMap<string, DealStay>
  readonly overflows: ReadonlyMap<string, readonly Overflow[]>
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

/**
 * What followed, by fact. Stages that were passed through are not shown as entered; what faded by itself stands at the
 * last fact before.
 * @param facts in order. @param bands every change of band or grade, oldest first. @param withoutEffect by fact id.
 */
export const consequencesOf = (
  facts: readonly Fact[],
  state: LeadState,
  bands: readonly BandEntry[],
  leftOut: ReadonlyMap<string, LeftOut>,
  explanation: Explanation,
  { stays, overflows }: WithoutEffect,
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
  for (const [factId, consequence] of dealConsequences(state.deals, stays)) add(factId, consequence)
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

/** Facts about the log itself: what they took back, joined or separated. */
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
