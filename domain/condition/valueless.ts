import type { ASTNode } from '@marcbachmann/cel-js'
import { asksNothing, nobody } from './constant.ts'
import { environments } from './environment.ts'
import type { KindMistake } from './kind-mistakes.ts'
import { childrenOf, comprehensionOf } from './mentions.ts'
import { type Scope, valueIn, whyNoValue, wordsOf } from './why-no-value.ts'

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

/** Parts of an expression that never have a value, whoever is asked: `5 / 0`, `activity.amount / (1 - 1)`. @param source compiles. */
export const valueless = (source: string): readonly KindMistake[] =>
  within(environments.activity.parse(source).ast)
