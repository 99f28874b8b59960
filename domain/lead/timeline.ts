import type { Fact } from '../activity/activity.ts'
import type { JsonObject } from '../json.ts'
import type { Explanation } from '../scoring/explain.ts'
import type { LeadState } from './lead-state.ts'

/** Something that followed from an activity: points, a stage, consent, a qualification … */
export interface Consequence extends JsonObject {
  readonly type: string
}

export interface TimelineEntry {
  readonly id: string
  readonly type: string
  readonly occurredAt: string
  readonly properties: JsonObject
  readonly followed: readonly Consequence[]
}

/** The lead's log with what followed from each fact, newest first. */
export const timelineOf = (
  facts: readonly Fact[],
  state: LeadState,
  explanation: Explanation,
): readonly TimelineEntry[] => {
  const followed = consequencesByFact(state, explanation)
  const seen = new Set<string>()
  const entries = facts.flatMap(({ id, type, occurredAt, properties }): TimelineEntry[] => {
    if (seen.has(id)) return []
    seen.add(id)
    return [{ id, type, occurredAt, properties, followed: followed.get(id) ?? [] }]
  })
  return entries.reverse()
}

const consequencesByFact = (
  state: LeadState,
  explanation: Explanation,
): ReadonlyMap<string, readonly Consequence[]> => {
  const found = new Map<string, Consequence[]>()
  const add = (factId: string, consequence: Consequence): void => {
    const known = found.get(factId)
    if (known) known.push(consequence)
    else found.set(factId, [consequence])
  }
  for (const { rule, points, activityId } of explanation.rules)
    if (activityId) add(activityId, { type: 'points', rule, points })
  for (const { stage, from, factId, condition, cycle } of state.stages)
    add(factId, { type: 'stage', from: from ?? null, to: stage, because: condition ?? null, cycle })
  for (const { factId, cycle, score } of state.qualifications)
    add(factId, { type: 'qualified', cycle, score })
  for (const { factId, cycle, reason } of state.recycles) add(factId, { type: 'recycled', cycle, reason })
  for (const { factId, form, purpose } of state.confirmations)
    add(factId, { type: 'confirmation', form, purpose })
  for (const [purpose, { status, factId }] of Object.entries(state.consent))
    add(factId, { type: 'consent', purpose, status })
  if (state.suppression)
    add(state.suppression.factId, { type: 'suppressed', reason: state.suppression.reason })
  return found
}
