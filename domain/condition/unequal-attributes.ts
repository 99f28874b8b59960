import { type ASTNode, serialize } from '@marcbachmann/cel-js'
import { environments } from './environment.ts'
import { childrenOf, memberOf } from './mentions.ts'

/** A part of a condition that leaves those out who lack an attribute. */
export interface UnequalAttribute {
  readonly message: string
  readonly offset: number
  readonly severity: 'warning'
}

const attributeOf = (node: ASTNode): string | undefined => {
  const member = memberOf(node)
  return member?.of === 'lead' && member.mention.name !== 'email' ? member.mention.name : undefined
}

const mentionsIn = (node: ASTNode): readonly string[] => {
  const attribute = attributeOf(node)
  return attribute === undefined ? childrenOf(node).flatMap(mentionsIn) : [attribute]
}

/** Asks whether there is one at all: `!= ""`, `!= null`. */
const isNothing = (node: ASTNode): boolean => node.op === 'value' && (node.args === '' || node.args === null)

/** Those that are to hold; under a `!` what is missing makes the whole true. */
const unequalIn = (node: ASTNode): readonly ASTNode[] => {
  if (node.op === '!_') return []
  return node.op === '!=' ? [node] : childrenOf(node).flatMap(unequalIn)
}

const told = (node: ASTNode, attribute: string): UnequalAttribute => ({
  message: `this is false for a lead without "${attribute}"; to mean those as well: !has(lead.${attribute}) || ${serialize(node)}`,
  offset: node.start,
  severity: 'warning',
})

/**
 * `lead.skip != true` keeps everybody out of whom nothing is known, which is seldom meant: a part that needs what is not
 * there is false. Not told where the condition asks elsewhere for the attribute, as in `has(lead.skip)`. @param source compiles.
 */
export const unequalAttributes = (source: string): readonly UnequalAttribute[] => {
  const { ast } = environments.lead.parse(source)
  const mentioned = mentionsIn(ast)
  return unequalIn(ast).flatMap((node) => {
    if (node.op !== '!=' || node.args.some(isNothing)) return []
    const attribute = node.args.map(attributeOf).find((name) => name !== undefined)
    const isAskedElsewhere = mentioned.filter((name) => name === attribute).length > 1
    return attribute === undefined || isAskedElsewhere ? [] : [told(node, attribute)]
  })
}
