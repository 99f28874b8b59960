import type { ASTNode } from '@marcbachmann/cel-js'
import { compileCondition } from '../condition/compile-condition.ts'
import { compileNumber } from '../condition/compile-number.ts'
import { environments } from '../condition/environment.ts'
import { kindMistakes } from '../condition/kind-mistakes.ts'
import { childrenOf, memberOf } from '../condition/mentions.ts'
import type { Finding } from './checks.ts'
import type { Fault } from './fault.ts'
import { knownProperties } from './known-values.ts'
import type { Names } from './names.ts'
import { rawList, rawText } from './raw.ts'
import type { YamlFile } from './yaml-file.ts'

const isType = (node: ASTNode): boolean => {
  const member = memberOf(node)
  return member?.of === 'activity' && member.mention.name === 'type'
}

const textsIn = (node: ASTNode): readonly ASTNode[] =>
  (node.op === 'list' ? node.args : [node]).filter(
    ({ op, args }) => op === 'value' && typeof args === 'string',
  )

/** Comparisons of `activity.type` with types that the rule never sees, because it counts another one. */
const otherTypes = (node: ASTNode, on: string): readonly Finding[] => {
  const below = childrenOf(node).flatMap((child) => otherTypes(child, on))
  if (node.op !== '==' && node.op !== '!=' && node.op !== 'in') return below
  const [left, right] = node.args
  const others = isType(left) ? textsIn(right) : isType(right) ? textsIn(left) : []
  const [first] = others
  if (first === undefined || others.some(({ args }) => args === on)) return below
  return [
    { message: `the rule counts "${on}" alone: activity.type is never another`, offset: first.start },
    ...below,
  ]
}

const compiles = (key: string, source: string): boolean =>
  key === 'where'
    ? compileCondition(source, 'activity').type === 'condition'
    : compileNumber(source, 'activity').type === 'number'

/** Expressions about an activity, by what is known of the properties of the type that the rule counts. */
export const checkKinds = (yaml: YamlFile, { attributeValues: lead }: Names): readonly Fault[] =>
  rawList(yaml.root, 'engagement').flatMap((rule, index) => {
    const on = rawText(rule, 'on')
    const values = { lead, activity: knownProperties(on) }
    return ['where', 'points'].flatMap((key) => {
      const source = rawText(rule, key)
      if (source === undefined || !compiles(key, source)) return []
      const root = environments.activity.parse(source).ast
      return [...kindMistakes(source, values), ...(on === undefined ? [] : otherTypes(root, on))].map(
        ({ message, offset }) =>
          yaml.fault(['engagement', index, key], message, offset === undefined ? {} : { offset }),
      )
    })
  })
