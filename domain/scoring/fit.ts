import type { ConditionContext } from '../condition/condition.ts'
import type { Rules } from '../playbook/rules.ts'

/** The sum of the fit rules that hold. @param view the lead as fit rules may see it. */
export const fitOf = (view: ConditionContext, { fit }: Rules): number => {
  let sum = 0
  for (const { condition, points } of fit) if (condition.test(view)) sum += points
  return sum
}
