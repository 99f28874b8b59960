import type { ConditionContext } from '../condition/condition.ts'
import type { Rules } from '../playbook/rules.ts'
import type { CompiledFitRule } from './compile-scoring.ts'

/** What one fit rule gives; undefined where it does not hold. */
export const fitPoints = (
  { condition, points, unknown }: CompiledFitRule,
  view: ConditionContext,
): number | undefined => {
  if (
    unknown !== undefined &&
    // One that was cleared is as unknown as one that was never given.
    condition.mentions.attributes.some(({ name }) => (view.attribute(name) ?? undefined) === undefined)
  )
    return unknown
  return condition.test(view) ? points : undefined
}

/** The sum of the fit rules that hold. @param view the lead as fit rules may see it. */
export const fitOf = (view: ConditionContext, { fit }: Rules): number => {
  let sum = 0
  for (const rule of fit) sum += fitPoints(rule, view) ?? 0
  return sum
}
