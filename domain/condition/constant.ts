import type { ASTNode } from '@marcbachmann/cel-js'
import { compileTest } from './compile-expression.ts'
import type { ConditionContext } from './condition.ts'
import { functionNames } from './environment.ts'
import { childrenOf, mentionsOf } from './mentions.ts'

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

/** Whether a part is the same for every lead and activity. */
export const asksNothing = (node: ASTNode): boolean =>
  mentionsOf(node).variables.length === 0 && !callsLead(node)

const callsLead = (node: ASTNode): boolean =>
  (node.op === 'call' && functionNames.includes(node.args[0])) || childrenOf(node).some(callsLead)

/** @returns the answer that no lead could change, or undefined. */
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
