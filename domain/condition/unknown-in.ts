import type { ASTNode } from '@marcbachmann/cel-js'
import { functionNamesKnown, methodNames } from './answer-kind.ts'
import type { UnknownName } from './condition-fault.ts'
import { type ConditionKind, environments, functionNames, variableNames } from './environment.ts'
import { childrenOf, comprehensionOf, macros, mentionsOf } from './mentions.ts'

/** A name that nothing has, and where it stands in the source. */
export interface UnknownPlace extends UnknownName {
  readonly what: 'name' | 'function'
  readonly offset: number
}

/** Functions that a condition may call. */
export const callableNames: readonly string[] = [...functionNames, 'has', 'size']

const unknownCalls = (node: ASTNode, source: string): readonly UnknownPlace[] => {
  const below = childrenOf(node).flatMap((child) => unknownCalls(child, source))
  if (node.op === 'call' && !functionNamesKnown.includes(node.args[0]))
    return [{ what: 'function', name: node.args[0], known: callableNames, offset: node.start }, ...below]
  if (node.op !== 'rcall' || comprehensionOf(node)) return below
  const [name, receiver] = node.args
  return methodNames.includes(name) || macros.includes(name)
    ? below
    : [{ what: 'function', name, known: methodNames, offset: source.indexOf(name, receiver.end) }, ...below]
}

/** Every variable and function in an expression that nothing has. @param root of `source`, parsed but perhaps not right in its types. */
export const unknownIn = (root: ASTNode, source: string, kind: ConditionKind): readonly UnknownPlace[] => [
  ...mentionsOf(root)
    .variables.filter(({ name }) => environments[kind].check(name).error?.code === 'unknown_variable')
    .map(({ name, offset }) => ({ what: 'name' as const, name, known: variableNames(kind), offset })),
  ...unknownCalls(root, source),
]

/** Parses what could not be compiled. @returns undefined where it cannot be parsed either. */
export const parsedAnyway = (source: string, kind: ConditionKind): ASTNode | undefined => {
  try {
    return environments[kind].parse(source).ast
  } catch {
    return undefined
  }
}
