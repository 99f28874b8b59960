import { type ASTNode, serialize } from '@marcbachmann/cel-js'
import type { Json } from '../model/json.ts'
import { compileTest, compileValue, elementsOf } from './compile-expression.ts'
import { type Condition, type ConditionContext, isList, isMap, kindOf, type Value } from './condition.ts'
import { environments, functionNames } from './environment.ts'
import type { KindMistake } from './kinds.ts'
import { childrenOf, comprehensionOf, literalOf, mentionsOf, mirrored } from './mentions.ts'
import { compilePattern } from './safe-pattern.ts'

/** Evaluation context of a part, and the variables of enclosing comprehensions. */
interface Scope {
  readonly context: ConditionContext
  readonly names: readonly string[]
  readonly locals: readonly Value[]
}

const valueIn = ({ context, names, locals }: Scope, node: ASTNode): Value =>
  compileValue(node, names)(context, locals)

/** Why a part has no value: an operand is missing, or of an unsuitable type. */
interface NoValue {
  readonly type: 'missing' | 'unfit'
  readonly message: string
}

const unfit = (message: string): NoValue => ({ type: 'unfit', message })
const missing = (message: string): NoValue => ({ type: 'missing', message })

const longest = 100

/** Source text of a part, truncated. */
const wordsOf = (node: ASTNode): string => {
  const text = serialize(node)
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

const isNot = (node: ASTNode, value: Value, wanted: string): string =>
  `${wordsOf(node)} is ${kindOf(value)}, not ${wanted}`

const isWritten = (node: ASTNode): boolean => node.op === 'value' || childrenOf(node).some(isWritten)

/** Both operands exist but do not match: blames the one that is not a literal. */
const ofPair = (node: ASTNode, [left, right]: readonly [ASTNode, ASTNode], scope: Scope): string => {
  const [a, b] = [valueIn(scope, left), valueIn(scope, right)]
  if (kindOf(a) === kindOf(b)) return `${wordsOf(node)} cannot be decided: each is ${kindOf(a)}`
  return isWritten(left) && !isWritten(right) ? isNot(right, b, kindOf(a)) : isNot(left, a, kindOf(b))
}

const ofArithmetic = (node: ASTNode, pair: readonly [ASTNode, ASTNode], scope: Scope): string => {
  const [a, b] = [valueIn(scope, pair[0]), valueIn(scope, pair[1])]
  if (typeof a === 'number' && typeof b === 'number') {
    const byZero = (node.op === '/' || node.op === '%') && b === 0
    return byZero ? `${wordsOf(node)} divides by zero` : `${wordsOf(node)} is too large a number`
  }
  if (node.op === '+' && kindOf(a) !== kindOf(b)) return ofPair(node, pair, scope)
  return typeof a === 'number' ? isNot(pair[1], b, 'a number') : isNot(pair[0], a, 'a number')
}

const listOrText: Readonly<Record<string, string>> = { size: 'a text or a list', join: 'a list' }
const conversions: Readonly<Record<string, string>> = {
  int: 'a whole number',
  uint: 'a whole number',
  double: 'a number',
  bool: 'true or false',
  timestamp: 'a time',
  duration: 'a duration',
}

const tooLongFor = (pattern: ASTNode | undefined, depth: number): number | undefined => {
  if (pattern?.op !== 'value' || typeof pattern.args !== 'string') return undefined
  const compiled = compilePattern(pattern.args, depth)
  return 'fault' in compiled ? undefined : compiled.longest
}

const ofMethod = (node: ASTNode, name: string, parts: readonly ASTNode[], scope: Scope): string => {
  const [receiver, ...args] = parts
  if (receiver === undefined) return `${wordsOf(node)} has no value`
  const value = valueIn(scope, receiver)
  const wanted = listOrText[name]
  if (wanted !== undefined) return isNot(receiver, value, wanted)
  if (typeof value !== 'string' && !(value instanceof Date)) return isNot(receiver, value, 'a text')
  const most = name === 'matches' ? tooLongFor(args[0], scope.names.length) : undefined
  if (most !== undefined) return `${wordsOf(receiver)} is longer than ${most.toLocaleString('en')} characters`
  const other = args.find((arg) => typeof valueIn(scope, arg) !== 'string')
  return other !== undefined && ['startsWith', 'endsWith', 'contains'].includes(name)
    ? isNot(other, valueIn(scope, other), 'a text')
    : `${wordsOf(node)} has no value`
}

const ofCall = (node: ASTNode, name: string, args: readonly ASTNode[], scope: Scope): string => {
  const [first] = args
  const wanted = conversions[name]
  if (first === undefined || (wanted === undefined && name !== 'size')) return `${wordsOf(node)} has no value`
  if (wanted === undefined) return isNot(first, valueIn(scope, first), 'a text or a list')
  return `${wordsOf(first)} is ${kindOf(valueIn(scope, first))} that cannot be read as ${wanted}`
}

const ofList = (node: ASTNode, depth: number, scope: Scope): string => {
  const value = valueIn(scope, node)
  if (!isList(value) && !isMap(value)) return isNot(node, value, 'a list')
  return elementsOf(value, depth) === undefined
    ? `${wordsOf(node)} has too many elements`
    : `${wordsOf(node)} has elements of another kind`
}

/** Why a part has no value although its operands have. */
const ofItself = (node: ASTNode, scope: Scope): string => {
  switch (node.op) {
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return ofPair(node, node.args, scope)
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return ofArithmetic(node, node.args, scope)
    case '-_':
      return isNot(node.args, valueIn(scope, node.args), 'a number')
    case 'in':
      return ofList(node.args[1], 0, scope)
    case 'call':
      return ofCall(node, node.args[0], node.args[1], scope)
    case 'rcall':
      return ofMethod(node, node.args[0], [node.args[1], ...node.args[2]], scope)
    default:
      return `${wordsOf(node)} has no value`
  }
}

/** Why a part has no value. Never contains a value. */
export const whyNoValue = (node: ASTNode, scope: Scope): NoValue => {
  if (node.op === '.' || node.op === '[]') {
    const [base] = node.args
    const value = valueIn(scope, base)
    if (value === undefined && base.op !== 'id') return whyNoValue(base, scope)
    return isList(value) || isMap(value) || base.op === 'id'
      ? missing(`${wordsOf(node)} is missing`)
      : unfit(isNot(base, value, 'an object'))
  }
  if (node.op === '?:')
    return whyNoValue(valueIn(scope, node.args[0]) === true ? node.args[1] : node.args[2], scope)
  const comprehension = comprehensionOf(node)
  const parts = comprehension ? [comprehension.over] : childrenOf(node)
  const lacking = parts.find((part) => valueIn(scope, part) === undefined)
  if (lacking !== undefined) return whyNoValue(lacking, scope)
  if (node.op === 'call' && node.args[0] === 'daysSince')
    return missing(`${wordsOf(node)} is missing: there was none`)
  return unfit(comprehension ? ofList(comprehension.over, scope.names.length, scope) : ofItself(node, scope))
}

/**
 * Why an expression is not a number for this lead and activity, as in `activity.amount is a text, not a number`. Never contains
 * a value.
 * @param farthest largest absolute value.
 */
export const whyNoNumber = (root: ASTNode, context: ConditionContext, farthest: number): string => {
  const scope: Scope = { context, names: [], locals: [] }
  const value = valueIn(scope, root)
  if (value === undefined) return whyNoValue(root, scope).message
  if (typeof value !== 'number') return `${wordsOf(root)} is ${kindOf(value)}, not a number`
  return Math.abs(value) > farthest
    ? `${wordsOf(root)} is beyond ±${farthest}`
    : `${wordsOf(root)} is not a number`
}

/** Result of a part; `reason` if it depends on a part that could not be evaluated. */
interface Verdict {
  readonly holds: boolean
  readonly reason?: string | undefined
}

/** Which reasons count: any, or only operands of an unsuitable type. */
type Counted = 'any' | 'unfit'

const countedIn = ({ type, message }: NoValue, counted: Counted): string | undefined =>
  counted === 'any' || type === counted ? message : undefined

const not = ({ holds, reason }: Verdict): Verdict => ({ holds: !holds, reason })

/** A part that certainly holds decides. */
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

/** An item whose type differs from every element of the list: more than merely absent. */
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
 * Explains a condition that is false only because a part could not be evaluated: an operand is missing or of the wrong type, a
 * division by zero. For people: far slower than `holds`.
 * @returns the first such part, as in `activity.seconds is a text, not a number`; undefined if the condition is true, or false
 * in any case.
 */
export const whyUnjudged = (condition: Condition, context: ConditionContext): string | undefined => {
  if (condition.test(context)) return undefined
  return reasonIn(condition, context, 'any')
}

/**
 * Explains a condition that is true only because a negated part could not be evaluated although its operands exist:
 * `!(activity.price > 100)` with a text as price. A missing operand is no such case: its negation is true. Slow, like
 * `whyUnjudged`; only for conditions with a negation (`condition.negates`).
 * @returns the first such part in words; undefined if the condition is false, or true in any case.
 */
export const wrongKind = (condition: Condition, context: ConditionContext): string | undefined =>
  condition.negates && condition.test(context) ? reasonIn(condition, context, 'unfit') : undefined

/** `whyUnjudged` or `wrongKind` for operands of the wrong type only; missing ones are no reason. */
export const whyUnfit = (condition: Condition, context: ConditionContext): string | undefined =>
  condition.test(context) ? wrongKind(condition, context) : reasonIn(condition, context, 'unfit')

/** An unfulfilled operand of the outermost `&&`. Everything joined by `||` is one part. */
export interface MissingPart {
  /** Source text. */
  readonly source: string
  /** Left side of a comparison: `score`, `stage`, `lead.country`, `count("page.viewed")`, … Absent for other parts. */
  readonly about?: string
  readonly operator?: Operator
  /** A number, a text, or a list of them. */
  readonly wanted?: Json
  /** The current value; absent if there is none. */
  readonly is?: Json
}

type Operator = '<' | '<=' | '>' | '>=' | '==' | '!=' | 'in'

const partsOf = (node: ASTNode): readonly ASTNode[] =>
  node.op === '&&' ? [...partsOf(node.args[0]), ...partsOf(node.args[1])] : [node]

const toJson = (value: unknown): Json | undefined =>
  typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean' ? value : undefined

/** A comparison with a literal, which is on the right wherever it was written. */
export interface Compared {
  readonly left: ASTNode
  readonly operator: Operator
  readonly wanted: Json
}

const compare = (left: ASTNode, right: ASTNode, operator: Operator): Compared | undefined => {
  const wanted = literalOf(right)
  if (wanted !== undefined) return { left, operator, wanted }
  const first = operator === 'in' ? undefined : literalOf(left)
  return first === undefined ? undefined : { left: right, operator: mirrored[operator], wanted: first }
}

export const comparison = (node: ASTNode): Compared | undefined => {
  switch (node.op) {
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '==':
    case '!=':
    case 'in':
      return compare(node.args[0], node.args[1], node.op)
    default:
      return undefined
  }
}

const stageAtLeast = (node: ASTNode): Json | undefined =>
  node.op === 'call' && node.args[0] === 'stageAtLeast' && node.args[1][0]
    ? literalOf(node.args[1][0])
    : undefined

const describe = (source: string, node: ASTNode, context: ConditionContext): MissingPart => {
  const text = (part: ASTNode): string => source.slice(part.start, part.end).trim()
  const stage = stageAtLeast(node)
  if (stage !== undefined)
    return { source: text(node), about: 'stage', operator: '>=', wanted: stage, is: context.stage() }
  const compared = comparison(node)
  if (compared === undefined) return { source: text(node) }
  const { left, operator, wanted } = compared
  const is = toJson(compileValue(left, [])(context, []))
  return { source: text(node), about: text(left), operator, wanted, ...(is === undefined ? {} : { is }) }
}

/** The unfulfilled parts of a condition, in order. @param source compiles as a condition about a lead. */
export const missingParts = (source: string, context: ConditionContext): readonly MissingPart[] =>
  partsOf(environments.lead.parse(source).ast)
    .filter((node) => !compileTest(node, [])(context, []))
    .map((node) => describe(source, node, context))

const unasked = (): never => {
  throw new Error('a constant condition asks nothing')
}

export const nobody: ConditionContext = {
  attribute: unasked,
  attributeNames: unasked,
  score: unasked,
  fit: unasked,
  engagement: unasked,
  band: unasked,
  grade: unasked,
  stage: unasked,
  consented: unasked,
  confirmed: unasked,
  customer: unasked,
  phase: unasked,
  did: unasked,
  count: unasked,
  daysSince: unasked,
  opened: unasked,
  clicked: unasked,
}

/** Whether a part is constant. */
const asksNothing = (node: ASTNode): boolean => mentionsOf(node).variables.length === 0 && !callsLead(node)

const callsLead = (node: ASTNode): boolean =>
  (node.op === 'call' && functionNames.includes(node.args[0])) || childrenOf(node).some(callsLead)

/** @returns the constant answer, or undefined. */
export const constantOf = (node: ASTNode): boolean | undefined => {
  if (node.op === '&&' || node.op === '||') {
    const [left, right] = [constantOf(node.args[0]), constantOf(node.args[1])]
    const decisive = node.op === '||'
    if (left === decisive || right === decisive) return decisive
    return left !== undefined && right !== undefined ? !decisive : undefined
  }
  if (node.op === '!_') {
    const operand = constantOf(node.args)
    return operand === undefined ? undefined : !operand
  }
  return asksNothing(node) ? compileTest(node, [])(nobody, []) : undefined
}

const scope: Scope = { context: nobody, names: [], locals: [] }

const within = (node: ASTNode): readonly KindMistake[] => {
  if (comprehensionOf(node)) return []
  const below = childrenOf(node).flatMap(within)
  if (below.length > 0) return below
  if (node.op === '/' || node.op === '%') {
    const [, divisor] = node.args
    if (asksNothing(divisor) && valueIn(scope, divisor) === 0)
      return [{ message: `${wordsOf(node)} divides by zero`, offset: divisor.start }]
  }
  const computes = ['+', '-', '*', '/', '%', 'call', 'rcall'].includes(node.op)
  return computes && asksNothing(node) && valueIn(scope, node) === undefined
    ? [{ message: whyNoValue(node, scope).message, offset: node.start }]
    : []
}

/** Parts of an expression that never have a value: `5 / 0`, `activity.amount / (1 - 1)`. @param source compiles. */
export const valueless = (source: string): readonly KindMistake[] =>
  within(environments.activity.parse(source).ast)
