import type { ASTNode } from '@marcbachmann/cel-js'
import { environments } from '../condition/environment.ts'
import { childrenOf, memberOf } from '../condition/mentions.ts'
import { didYouMeanOneOf } from '../did-you-mean.ts'
import type { Finding } from './checks.ts'
import type { Names } from './names.ts'

const textsIn = (node: ASTNode): readonly { readonly text: string; readonly offset: number }[] => {
  if (node.op === 'list') return node.args.flatMap(textsIn)
  return node.op === 'value' && typeof node.args === 'string' ? [{ text: node.args, offset: node.start }] : []
}

const attributeOf = (node: ASTNode): string | undefined => {
  const member = memberOf(node)
  return member?.of === 'lead' ? member.mention.name : undefined
}

/** Comparisons of an attribute with an answer that no form offers: never true. @param source compiles. */
export const unknownChoices = (source: string, { choices }: Names): readonly Finding[] => {
  const walk = (node: ASTNode): readonly Finding[] => {
    const below = childrenOf(node).flatMap(walk)
    if (node.op !== '==' && node.op !== '!=' && node.op !== 'in') return below
    const [left, right] = node.args
    const attribute = attributeOf(left) ?? attributeOf(right)
    const offered = attribute === undefined ? undefined : choices?.get(attribute)
    if (offered === undefined) return below
    const others = [...textsIn(left), ...textsIn(right)].filter(({ text }) => !offered.has(text))
    return [
      ...others.map(({ text, offset }) => ({
        message: `no form offers "${text}" for lead.${attribute}${didYouMeanOneOf(text, [...offered])}`,
        offset,
        severity: 'warning' as const,
      })),
      ...below,
    ]
  }
  return choices === undefined || choices.size === 0 ? [] : walk(environments.lead.parse(source).ast)
}
