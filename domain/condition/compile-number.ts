import { checkExpression } from './check-expression.ts'
import { compileValue } from './compile-expression.ts'
import type { ConditionContext, Mentions } from './condition.ts'
import { ConditionFault } from './condition-fault.ts'
import type { ConditionKind } from './environment.ts'
import { mentionsOf } from './mentions.ts'
import type { ConditionFaultResult } from './type-fault.ts'
import { whyNoNumber } from './why-no-number.ts'

/** A checked expression that comes to a number, such as `activity.amount / 100`. Made by `compileNumber`. */
export interface NumberExpression {
  readonly source: string
  readonly mentions: Mentions
  /** @returns undefined where there is no such number: what it needs is not there or of another kind, or it is out of range. */
  readonly valueFor: (context: ConditionContext) => number | undefined
  /** Why there is none, in words: `activity.amount is missing`. For people; slower than asking for the number. */
  readonly whyNone: (context: ConditionContext) => string
}

/** As far from zero as points may be. */
export const farthestNumber = 1_000_000

const numeric = ['int', 'uint', 'double', 'dyn']
const none: readonly never[] = []

/**
 * Parses and type-checks CEL source text that gives a number. A text is no number, even when it reads like one: money as
 * text ("1234.50") is read by `double(activity.amount)`.
 */
export const compileNumber = (
  source: string,
  kind: ConditionKind,
): { readonly type: 'number'; readonly number: NumberExpression } | ConditionFaultResult => {
  try {
    const checked = checkExpression(source, kind, 'the expression')
    if (checked.type === 'fault') return checked
    const { ast, gives } = checked
    if (!numeric.includes(gives))
      return { type: 'fault', message: `a number is needed; this is ${gives}`, offset: 0 }
    const value = compileValue(ast, none)
    const valueFor = (context: ConditionContext): number | undefined => {
      const number = value(context, none)
      return typeof number === 'number' && Math.abs(number) <= farthestNumber ? number : undefined
    }
    const whyNone = (context: ConditionContext) => whyNoNumber(ast, context, farthestNumber)
    return { type: 'number', number: { source, mentions: mentionsOf(ast), valueFor, whyNone } }
  } catch (error) {
    if (!(error instanceof ConditionFault)) throw error
    const { message, offset, unknown } = error
    return { type: 'fault', message, offset, ...(unknown ? { unknown } : {}) }
  }
}
