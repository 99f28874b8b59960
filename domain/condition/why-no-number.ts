import type { ASTNode } from '@marcbachmann/cel-js'
import type { ConditionContext } from './condition.ts'
import { kindOf } from './value-kind.ts'
import { type Scope, valueIn, whyNoValue, wordsOf } from './why-no-value.ts'

/**
 * Why an expression comes to no number for this lead and activity, as in `activity.amount is a text, not a number`.
 * Never says a value.
 * @param farthest numbers beyond it, either way, do not count.
 */
export const whyNoNumber = (root: ASTNode, context: ConditionContext, farthest: number): string => {
  const scope: Scope = { context, names: [], locals: [] }
  const value = valueIn(scope, root)
  if (value === undefined) return whyNoValue(root, scope).message
  if (typeof value !== 'number') return `${wordsOf(root)} is ${kindOf(value)}, not a number`
  return Math.abs(value) > farthest
    ? `${wordsOf(root)} comes to more than ${farthest}, either way`
    : `${wordsOf(root)} comes to no number`
}
