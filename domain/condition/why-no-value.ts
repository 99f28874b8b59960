import { type ASTNode, serialize } from '@marcbachmann/cel-js'
import { elementsOf } from './compile-comprehension.ts'
import { compileValue } from './compile-expression.ts'
import type { ConditionContext } from './condition.ts'
import { childrenOf, comprehensionOf } from './mentions.ts'
import { compilePattern } from './safe-pattern.ts'
import { isList, isMap, type Value } from './value.ts'
import { kindOf } from './value-kind.ts'

/** Where a part stands: whom it is asked of, and what the comprehensions around it have bound. */
export interface Scope {
  readonly context: ConditionContext
  readonly names: readonly string[]
  readonly locals: readonly Value[]
}

export const valueIn = ({ context, names, locals }: Scope, node: ASTNode): Value =>
  compileValue(node, names)(context, locals)

/** Why a part has no value: what it asks for is not there, or is there and is not fit for what is asked. */
export interface NoValue {
  readonly type: 'missing' | 'unfit'
  readonly message: string
}

const unfit = (message: string): NoValue => ({ type: 'unfit', message })
const missing = (message: string): NoValue => ({ type: 'missing', message })

const longest = 100

/** The part as it was written, cut short. */
export const wordsOf = (node: ASTNode): string => {
  const text = serialize(node)
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

const isNot = (node: ASTNode, value: Value, wanted: string): string =>
  `${wordsOf(node)} is ${kindOf(value)}, not ${wanted}`

const isWritten = (node: ASTNode): boolean => node.op === 'value' || childrenOf(node).some(isWritten)

/** Both sides are there and do not go together: the side that is not written out is the one that is wrong. */
const ofPair = (node: ASTNode, [left, right]: readonly [ASTNode, ASTNode], scope: Scope): string => {
  const [a, b] = [valueIn(scope, left), valueIn(scope, right)]
  if (kindOf(a) === kindOf(b)) return `${wordsOf(node)} cannot be told: each is ${kindOf(a)}`
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

/** Why a part has no value although all that it is made of has. */
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

/** Why a part that has no value has none: what is missing in it, or of the wrong kind. Never says a value. */
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
