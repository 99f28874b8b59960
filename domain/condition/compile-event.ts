import type { ASTNode } from '@marcbachmann/cel-js'
import type { Json } from '../json.ts'
import { checkExpression } from './check-expression.ts'
import { compileTest, compileValue } from './compile-expression.ts'
import { ConditionFault } from './condition-fault.ts'
import { nobody } from './constant.ts'
import { eventVariables } from './environment.ts'
import type { ConditionFaultResult } from './type-fault.ts'
import { typeWords } from './type-words.ts'
import type { Value } from './value.ts'
import { whyNoValue } from './why-no-value.ts'

/** One event as a program outside reports it, and the whole body that it came in. */
export interface Reported {
  readonly event: Json
  readonly body: Json
}

/** A checked expression about a reported event, such as `string(event.objectId)`. */
export interface EventExpression {
  readonly source: string
  /** @returns undefined where what it needs is not there or of another kind. */
  readonly valueOf: (reported: Reported) => Value
  /** Why there is no value, in words and without a value: `event.objectId is missing`. */
  readonly whyNone: (reported: Reported) => string
}

/** A checked condition on a reported event; a part that needs what is not there is false. */
export type EventTest = (reported: Reported) => boolean

const localsOf = ({ event, body }: Reported): readonly Value[] => [event, body]

const compile = <Made>(
  source: string,
  what: string,
  make: (ast: ASTNode, gives: string) => Made,
): { readonly type: 'made'; readonly made: Made } | ConditionFaultResult => {
  try {
    const checked = checkExpression(source, 'event', what)
    return checked.type === 'fault' ? checked : { type: 'made', made: make(checked.ast, checked.gives) }
  } catch (error) {
    if (!(error instanceof ConditionFault)) throw error
    const { message, offset, unknown } = error
    return { type: 'fault', message, offset, ...(unknown ? { unknown } : {}) }
  }
}

/** Parses and type-checks CEL source text that gives a value. */
export const compileEventExpression = (
  source: string,
): { readonly type: 'made'; readonly made: EventExpression } | ConditionFaultResult =>
  compile(source, 'the expression', (ast) => {
    const value = compileValue(ast, eventVariables)
    return {
      source,
      valueOf: (reported) => value(nobody, localsOf(reported)),
      whyNone: (reported) =>
        whyNoValue(ast, { context: nobody, names: eventVariables, locals: localsOf(reported) }).message,
    }
  })

/** Parses and type-checks CEL source text that is true or false. */
export const compileEventTest = (
  source: string,
): { readonly type: 'made'; readonly made: EventTest } | ConditionFaultResult =>
  compile(source, 'the condition', (ast, gives) => {
    if (gives !== 'bool' && gives !== 'dyn')
      throw new ConditionFault(`a condition is true or false; this is ${typeWords(gives)}`, 0)
    const test = compileTest(ast, eventVariables)
    return (reported) => test(nobody, localsOf(reported))
  })
