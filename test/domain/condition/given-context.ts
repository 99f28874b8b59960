import { compileCondition } from '../../../domain/condition/compile-condition.ts'
import { type ConditionContext, holds } from '../../../domain/condition/condition.ts'
import type { ConditionKind } from '../../../domain/condition/environment.ts'
import type { JsonObject } from '../../../domain/model/json.ts'

/** A lead in `intent` with a score of 42.5, who asked for a demo 36 hours ago and viewed three pages, two of them in the last 7 days. */
export const contextOf = (
  lead: JsonObject = {},
  activity?: { type: string; properties: JsonObject },
): ConditionContext => ({
  attribute: (name) => lead[name],
  attributeNames: () => Object.keys(lead),
  score: () => 42.5,
  fit: () => 10,
  engagement: () => 32.5,
  band: () => 'warm',
  grade: () => 'B2',
  stage: () => 'intent',
  consented: () => true,
  confirmed: () => false,
  customer: () => false,
  phase: () => 'proposal',
  did: (type, within = Number.POSITIVE_INFINITY) => type === 'demo.requested' && within > 36 * 3_600_000,
  count: (type, within) => (type !== 'page.viewed' ? 0 : within === undefined ? 3 : 2),
  daysSince: (type) => (type === 'demo.requested' ? 1.5 : undefined),
  opened: (email) => email === 'welcome',
  clicked: () => false,
  ...(activity ? { activity } : {}),
})

/** @throws when the source does not compile. */
export const ask = (source: string, context: ConditionContext, kind: ConditionKind = 'lead'): boolean => {
  const compiled = compileCondition(source, kind)
  if (compiled.type === 'fault') throw new Error(`${source}: ${compiled.message} at ${compiled.offset}`)
  return holds(compiled.condition, context)
}
