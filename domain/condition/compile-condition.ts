import type { ASTNode } from '@marcbachmann/cel-js'
import { checkExpression } from './check-expression.ts'
import { compileTest } from './compile-expression.ts'
import type { Condition } from './condition.ts'
import { ConditionFault } from './condition-fault.ts'
import { constantOf } from './constant.ts'
import type { ConditionKind } from './environment.ts'
import { childrenOf, mentionsOf } from './mentions.ts'
import type { ConditionFaultResult } from './type-fault.ts'
import { typeWords } from './type-words.ts'

const negates = (node: ASTNode): boolean =>
  node.op === '!_' || node.op === '!=' || childrenOf(node).some(negates)

/** Parses and type-checks CEL source text, and compiles it into functions that run without throwing. */
export const compileCondition = (
  source: string,
  kind: ConditionKind,
): { readonly type: 'condition'; readonly condition: Condition } | ConditionFaultResult => {
  try {
    const checked = checkExpression(source, kind, 'the condition')
    if (checked.type === 'fault') return checked
    const { ast, gives } = checked
    if (gives !== 'bool' && gives !== 'dyn')
      return {
        type: 'fault',
        message: `a condition is true or false; this is ${typeWords(gives)}`,
        offset: 0,
      }
    const mentions = mentionsOf(ast)
    const test = compileTest(ast, [])
    const constant = constantOf(ast)
    return {
      type: 'condition',
      condition: {
        source,
        mentions,
        negates: negates(ast),
        test: (context) => test(context, none),
        ...(constant === undefined ? {} : { constant }),
      },
    }
  } catch (error) {
    if (!(error instanceof ConditionFault)) throw error
    const { message, offset, unknown } = error
    return { type: 'fault', message, offset, ...(unknown ? { unknown } : {}) }
  }
}

const none: readonly never[] = []
