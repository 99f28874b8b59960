import type { ASTNode } from '@marcbachmann/cel-js'
import { elementsOf } from './compile-comprehension.ts'
import type { Condition, ConditionContext } from './condition.ts'
import { environments } from './environment.ts'
import { comprehensionOf } from './mentions.ts'
import { isList, type Value } from './value.ts'
import { kindOf } from './value-kind.ts'
import { type Scope, valueIn, whyNoValue, wordsOf } from './why-no-value.ts'

/** What came of a part; `reason` where it came out so only because something could not be judged. */
interface Verdict {
  readonly holds: boolean
  readonly reason?: string | undefined
}

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

const judgePart = (node: ASTNode, scope: Scope): Verdict => {
  const value = valueIn(scope, node)
  if (value === true) return { holds: true }
  if (value === undefined) return { holds: false, reason: whyNoValue(node, scope) }
  if (value !== false)
    return { holds: false, reason: `${wordsOf(node)} is ${kindOf(value)}, not true or false` }
  if (node.op !== 'in') return { holds: false }
  return { holds: false, reason: strangeAmong(node.args[0], valueIn(scope, node.args[1]), scope) }
}

const judgeElements = (node: ASTNode, scope: Scope): Verdict | undefined => {
  const comprehension = comprehensionOf(node)
  if (comprehension?.macro !== 'all' && comprehension?.macro !== 'exists') return undefined
  const { macro, over, name, body } = comprehension
  const elements = elementsOf(valueIn(scope, over), scope.names.length)
  const [test] = body
  if (elements === undefined || test === undefined) return undefined
  const verdicts = elements.map((element) =>
    judge(test, { ...scope, names: [...scope.names, name], locals: [...scope.locals, element] }),
  )
  return macro === 'all' ? allOf(verdicts) : anyOf(verdicts)
}

const judge = (node: ASTNode, scope: Scope): Verdict => {
  switch (node.op) {
    case '&&':
      return allOf(node.args.map((side) => judge(side, scope)))
    case '||':
      return anyOf(node.args.map((side) => judge(side, scope)))
    case '!_':
      return not(judge(node.args, scope))
    case '?:': {
      const test = judge(node.args[0], scope)
      const chosen = judge(test.holds ? node.args[1] : node.args[2], scope)
      return { ...chosen, reason: chosen.reason ?? test.reason }
    }
    default:
      return judgeElements(node, scope) ?? judgePart(node, scope)
  }
}

/**
 * Whether a condition is false only because some part of it could not be judged: a property or attribute that is missing
 * or of the wrong kind, a division by zero. For people to read: it is far slower than `holds`.
 * @returns the first such part, as in `activity.seconds is a text, not a number`; undefined for a condition that is true,
 * and for one that is false whatever that part were.
 */
export const whyUnjudged = (condition: Condition, context: ConditionContext): string | undefined => {
  if (condition.test(context)) return undefined
  return judge(environments.activity.parse(condition.source).ast, { context, names: [], locals: [] }).reason
}
