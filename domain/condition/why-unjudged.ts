import type { ASTNode } from '@marcbachmann/cel-js'
import { elementsOf } from './compile-comprehension.ts'
import type { Condition, ConditionContext } from './condition.ts'
import { environments } from './environment.ts'
import { comprehensionOf } from './mentions.ts'
import { isList, type Value } from './value.ts'
import { kindOf } from './value-kind.ts'
import { type NoValue, type Scope, valueIn, whyNoValue, wordsOf } from './why-no-value.ts'

/** What came of a part; `reason` where it came out so only because something could not be judged. */
interface Verdict {
  readonly holds: boolean
  readonly reason?: string | undefined
}

/** What counts as a reason: anything that keeps a part from being judged, or only what is there and not fit. */
type Counted = 'any' | 'unfit'

const countedIn = ({ type, message }: NoValue, counted: Counted): string | undefined =>
  counted === 'any' || type === counted ? message : undefined

const not = ({ holds, reason }: Verdict): Verdict => ({ holds: !holds, reason })

/** One that surely holds decides. */
const anyOf = (verdicts: readonly Verdict[]): Verdict => {
  const holding = verdicts.filter(({ holds }) => holds)
  const deciding = holding.length > 0 ? holding : verdicts
  const sure = holding.some(({ reason }) => reason === undefined)
  return {
    holds: holding.length > 0,
    reason: sure ? undefined : deciding.find(({ reason }) => reason !== undefined)?.reason,
  }
}

const allOf = (verdicts: readonly Verdict[]): Verdict => not(anyOf(verdicts.map(not)))

/** An item that is of another kind than all that it is looked for among is not merely absent. */
const strangeAmong = (item: ASTNode, list: Value, scope: Scope): string | undefined => {
  const value = valueIn(scope, item)
  if (item.op === 'value' || !isList(list)) return undefined
  const [kind, ...others] = new Set(list.map(kindOf))
  return kind === undefined || others.length > 0 || kind === kindOf(value)
    ? undefined
    : `${wordsOf(item)} is ${kindOf(value)}, not ${kind}`
}

const judgePart = (node: ASTNode, scope: Scope, counted: Counted): Verdict => {
  const value = valueIn(scope, node)
  if (value === true) return { holds: true }
  if (value === undefined) return { holds: false, reason: countedIn(whyNoValue(node, scope), counted) }
  if (value !== false)
    return { holds: false, reason: `${wordsOf(node)} is ${kindOf(value)}, not true or false` }
  if (node.op !== 'in') return { holds: false }
  return { holds: false, reason: strangeAmong(node.args[0], valueIn(scope, node.args[1]), scope) }
}

const judgeElements = (node: ASTNode, scope: Scope, counted: Counted): Verdict | undefined => {
  const comprehension = comprehensionOf(node)
  if (comprehension?.macro !== 'all' && comprehension?.macro !== 'exists') return undefined
  const { macro, over, name, body } = comprehension
  const elements = elementsOf(valueIn(scope, over), scope.names.length)
  const [test] = body
  if (elements === undefined || test === undefined) return undefined
  const verdicts = elements.map((element) =>
    judge(test, { ...scope, names: [...scope.names, name], locals: [...scope.locals, element] }, counted),
  )
  return macro === 'all' ? allOf(verdicts) : anyOf(verdicts)
}

const judge = (node: ASTNode, scope: Scope, counted: Counted): Verdict => {
  switch (node.op) {
    case '&&':
      return allOf(node.args.map((side) => judge(side, scope, counted)))
    case '||':
      return anyOf(node.args.map((side) => judge(side, scope, counted)))
    case '!_':
      return not(judge(node.args, scope, counted))
    case '?:': {
      const test = judge(node.args[0], scope, counted)
      const chosen = judge(test.holds ? node.args[1] : node.args[2], scope, counted)
      return { ...chosen, reason: chosen.reason ?? test.reason }
    }
    default:
      return judgeElements(node, scope, counted) ?? judgePart(node, scope, counted)
  }
}

const reasonIn = ({ source }: Condition, context: ConditionContext, counted: Counted): string | undefined =>
  judge(environments.activity.parse(source).ast, { context, names: [], locals: [] }, counted).reason

/**
 * Whether a condition is false only because some part of it could not be judged: a property or attribute that is missing
 * or of the wrong kind, a division by zero. For people to read: it is far slower than `holds`.
 * @returns the first such part, as in `activity.seconds is a text, not a number`; undefined for a condition that is true,
 * and for one that is false whatever that part were.
 */
export const whyUnjudged = (condition: Condition, context: ConditionContext): string | undefined => {
  if (condition.test(context)) return undefined
  return reasonIn(condition, context, 'any')
}

/**
 * Whether a condition is true only because a part under a negation could not be judged although all it asks for is there:
 * `!(activity.price > 100)` where the price is a text. What is missing is no such part: its negation is true. Slow, like
 * `whyUnjudged`; without a negation (`condition.negates`) there is nothing to ask.
 * @returns the first such part, in words; undefined for a condition that is false, or true in any case.
 */
export const wrongKind = (condition: Condition, context: ConditionContext): string | undefined =>
  condition.negates && condition.test(context) ? reasonIn(condition, context, 'unfit') : undefined

/** The same of one that is false, or true under a negation, for what is there and of another kind; what is missing is no reason. */
export const whyUnfit = (condition: Condition, context: ConditionContext): string | undefined =>
  condition.test(context) ? wrongKind(condition, context) : reasonIn(condition, context, 'unfit')
