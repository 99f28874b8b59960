import type { ASTNode } from '@marcbachmann/cel-js'
import type { Json } from '../model/json.ts'
import { compileTest, compileValue } from './compile-expression.ts'
import {
  type Condition,
  type ConditionContext,
  ConditionFault,
  type Mentions,
  type Value,
} from './condition.ts'
import type { ConditionKind } from './environment.ts'
import { environments, eventVariables } from './environment.ts'
import { typeWords } from './kinds.ts'
import { childrenOf, mentionsOf } from './mentions.ts'
import { constantOf, nobody, whyNoNumber, whyNoValue } from './missing-parts.ts'
import { type ConditionFaultResult, typeFault } from './slips.ts'

export const maximumLength = 4000

/** Parses and type-checks CEL source text of any type. */
const checkExpression = (
  source: string,
  kind: ConditionKind,
  what: string,
): { readonly type: 'expression'; readonly ast: ASTNode; readonly gives: string } | ConditionFaultResult => {
  if (source.trim() === '') return { type: 'fault', message: `${what} is empty`, offset: 0 }
  if (source.length > maximumLength)
    return { type: 'fault', message: `longer than ${maximumLength} characters`, offset: maximumLength }
  const result = environments[kind].check(source)
  if (!result.valid || result.error) return typeFault(result.error ?? {}, source, kind)
  return { type: 'expression', ast: environments[kind].parse(source).ast, gives: result.type ?? 'dyn' }
}

const negates = (node: ASTNode): boolean =>
  node.op === '!_' || node.op === '!=' || childrenOf(node).some(negates)

/** Compiles a checked expression, or returns its fault. @param make may throw a `ConditionFault`. */
const compile = <Made>(
  source: string,
  kind: ConditionKind,
  what: string,
  make: (ast: ASTNode, gives: string) => Made,
): Made | ConditionFaultResult => {
  try {
    const checked = checkExpression(source, kind, what)
    return checked.type === 'fault' ? checked : make(checked.ast, checked.gives)
  } catch (error) {
    if (!(error instanceof ConditionFault)) throw error
    const { message, offset, unknown } = error
    return { type: 'fault', message, offset, ...(unknown ? { unknown } : {}) }
  }
}

const needsAnswer = (gives: string): void => {
  if (gives !== 'bool' && gives !== 'dyn')
    throw new ConditionFault(`a condition is true or false; this is ${typeWords(gives)}`, 0)
}

/** Parses and type-checks CEL source text, and compiles it into functions that run without throwing. */
export const compileCondition = (
  source: string,
  kind: ConditionKind,
): { readonly type: 'condition'; readonly condition: Condition } | ConditionFaultResult =>
  compile(source, kind, 'the condition', (ast, gives) => {
    needsAnswer(gives)
    const test = compileTest(ast, [])
    const constant = constantOf(ast)
    const condition = {
      source,
      mentions: mentionsOf(ast),
      negates: negates(ast),
      test: (context: ConditionContext) => test(context, none),
      ...(constant === undefined ? {} : { constant }),
    }
    return { type: 'condition', condition } as const
  })

const none: readonly never[] = []

/** A checked numeric expression, such as `activity.amount / 100`. Made by `compileNumber`. */
export interface NumberExpression {
  readonly source: string
  readonly mentions: Mentions
  /** @returns undefined if an operand is missing or of another type, or the result is out of range. */
  readonly valueFor: (context: ConditionContext) => number | undefined
  /** Why there is no number: `activity.amount is missing`. For people; slower than `valueFor`. */
  readonly whyNone: (context: ConditionContext) => string
}

/** Largest absolute value of points. */
export const farthestNumber = 1_000_000

const numeric = ['int', 'uint', 'double', 'dyn']

/** Compiles a numeric expression. A text is not a number even if it looks like one: `double(activity.amount)` reads "1234.50". */
export const compileNumber = (
  source: string,
  kind: ConditionKind,
): { readonly type: 'number'; readonly number: NumberExpression } | ConditionFaultResult =>
  compile(source, kind, 'the expression', (ast, gives) => {
    if (!numeric.includes(gives)) throw new ConditionFault(`a number is needed; this is ${gives}`, 0)
    const value = compileValue(ast, none)
    const valueFor = (context: ConditionContext): number | undefined => {
      const number = value(context, none)
      return typeof number === 'number' && Math.abs(number) <= farthestNumber ? number : undefined
    }
    const whyNone = (context: ConditionContext) => whyNoNumber(ast, context, farthestNumber)
    return { type: 'number', number: { source, mentions: mentionsOf(ast), valueFor, whyNone } } as const
  })

/** An event reported by an external program, and the body that contained it. */
export interface Reported {
  readonly event: Json
  readonly body: Json
}

/** A checked expression about a reported event, such as `string(event.objectId)`. */
export interface EventExpression {
  readonly source: string
  /** @returns undefined if an operand is missing or of another type. */
  readonly valueOf: (reported: Reported) => Value
  /** Why there is no value, without personal data: `event.objectId is missing`. */
  readonly whyNone: (reported: Reported) => string
}

/** A checked condition on a reported event; parts with missing operands are false. */
export type EventTest = (reported: Reported) => boolean

const localsOf = ({ event, body }: Reported): readonly Value[] => [event, body]

export const compileEventExpression = (
  source: string,
): { readonly type: 'made'; readonly made: EventExpression } | ConditionFaultResult =>
  compile(source, 'event', 'the expression', (ast) => {
    const value = compileValue(ast, eventVariables)
    const made: EventExpression = {
      source,
      valueOf: (reported) => value(nobody, localsOf(reported)),
      whyNone: (reported) =>
        whyNoValue(ast, { context: nobody, names: eventVariables, locals: localsOf(reported) }).message,
    }
    return { type: 'made', made } as const
  })

export const compileEventTest = (
  source: string,
): { readonly type: 'made'; readonly made: EventTest } | ConditionFaultResult =>
  compile(source, 'event', 'the condition', (ast, gives) => {
    needsAnswer(gives)
    const test = compileTest(ast, eventVariables)
    return { type: 'made', made: (reported: Reported) => test(nobody, localsOf(reported)) } as const
  })
