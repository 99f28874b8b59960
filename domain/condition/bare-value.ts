import { type ASTNode, serialize } from '@marcbachmann/cel-js'
import { answerKind } from './answer-kind.ts'
import { environments } from './environment.ts'
import { childrenOf, comprehensionOf } from './mentions.ts'

/** A part that is asked for true or false although it may hold anything. */
export interface BareValue {
  readonly message: string
  readonly offset: number
}

const told = (node: ASTNode): BareValue => {
  const text = serialize(node)
  const instead = node.op === '.' ? `, or ask has(${text})` : ''
  return {
    message: `"${text}" may hold anything, and is no condition: compare it, as in ${text} == true${instead}`,
    offset: node.start,
  }
}

const asked = (node: ASTNode): readonly BareValue[] => {
  if (node.op === '?:') {
    const [test, yes, no] = node.args
    return [...asked(test), ...asked(yes), ...asked(no)]
  }
  return [...(answerKind(node) === 'unknown' ? [told(node)] : []), ...within(node)]
}

/** What stands below a node, where it is asked for true or false. */
const within = (node: ASTNode): readonly BareValue[] => {
  const comprehension = comprehensionOf(node)
  if (comprehension) {
    const { macro, over, body } = comprehension
    const [first, ...rest] = body
    const isTest = macro !== 'map' || rest.length > 0
    return [
      ...within(over),
      ...(first === undefined ? [] : isTest ? asked(first) : within(first)),
      ...rest.flatMap(within),
    ]
  }
  if (node.op === '!_') return asked(node.args)
  if (node.op === '&&' || node.op === '||') return node.args.flatMap(asked)
  if (node.op === '?:') return [...asked(node.args[0]), ...within(node.args[1]), ...within(node.args[2])]
  return childrenOf(node).flatMap(within)
}

/** Attributes, properties and the like that stand where a condition must be: a slip such as `where: 'activity.path'`. @param source compiles. */
export const bareValues = (source: string): readonly BareValue[] =>
  asked(environments.activity.parse(source).ast)
