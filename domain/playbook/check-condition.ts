import type { ASTNode } from '@marcbachmann/cel-js'
import { compileCondition, compileNumber } from '../condition/compile-condition.ts'
import type { Condition } from '../condition/condition.ts'
import type { ConditionKind } from '../condition/environment.ts'
import { environments } from '../condition/environment.ts'
import { kindMistakes } from '../condition/kinds.ts'
import { childrenOf, memberOf } from '../condition/mentions.ts'
import { valueless } from '../condition/missing-parts.ts'
import { bareValues, unequalAttributes } from '../condition/slips.ts'
import { didYouMeanOneOf, nearestName } from '../model/did-you-mean.ts'
import { isRecord, rawList, rawText } from '../model/raw.ts'
import type { Fault } from './fault.ts'
import { type Finding, faultFindings, unknownNames } from './faults.ts'
import { knownProperties, type Names } from './names.ts'
import { activityTypePattern } from './schema/common-schema.ts'
import type { YamlFile, YamlPath } from './yaml-file.ts'

const choicesIn = (node: ASTNode): readonly { readonly text: string; readonly offset: number }[] => {
  if (node.op === 'list') return node.args.flatMap(choicesIn)
  return node.op === 'value' && typeof node.args === 'string' ? [{ text: node.args, offset: node.start }] : []
}

const attributeOf = (node: ASTNode): string | undefined => {
  const member = memberOf(node)
  return member?.of === 'lead' ? member.mention.name : undefined
}

/** Comparisons of an attribute with a value that no form offers: never true. @param source compiles. */
const unknownChoices = (source: string, { choices }: Names): readonly Finding[] => {
  const walk = (node: ASTNode): readonly Finding[] => {
    const below = childrenOf(node).flatMap(walk)
    if (node.op !== '==' && node.op !== '!=' && node.op !== 'in') return below
    const [left, right] = node.args
    const attribute = attributeOf(left) ?? attributeOf(right)
    const offered = attribute === undefined ? undefined : choices?.get(attribute)
    if (offered === undefined) return below
    const others = [...choicesIn(left), ...choicesIn(right)].filter(({ text }) => !offered.has(text))
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

/** In `where` the properties depend on the activity's type: `checkKinds` checks those. */
const mistakesOfKind = (source: string, kind: ConditionKind, names: Names): readonly Finding[] =>
  kind === 'lead' ? kindMistakes(source, { lead: names.attributeValues, activity: new Map() }) : []

/** Faults of a condition: of its syntax and types; else of its parts and names; else that it is constant. */
export const checkCondition = (
  source: string,
  kind: ConditionKind,
  names: Names,
  decided: (condition: Condition) => readonly Finding[],
): readonly Finding[] => {
  const result = compileCondition(source, kind)
  switch (result.type) {
    case 'fault':
      return faultFindings(source, kind, result, names)
    case 'condition': {
      const wrong: readonly Finding[] = [
        ...bareValues(source),
        ...mistakesOfKind(source, kind, names),
        ...valueless(source),
        ...(kind === 'lead' ? unequalAttributes(source) : []),
        ...(kind === 'lead' ? unknownChoices(source, names) : []),
        ...unknownNames(result.condition.mentions, names),
      ]
      const isSound = wrong.every(({ severity }) => severity === 'warning')
      return isSound ? [...decided(result.condition), ...wrong] : wrong
    }
    default:
      return result satisfies never
  }
}

const isType = (node: ASTNode): boolean => {
  const member = memberOf(node)
  return member?.of === 'activity' && member.mention.name === 'type'
}

const textsIn = (node: ASTNode): readonly ASTNode[] =>
  (node.op === 'list' ? node.args : [node]).filter(
    ({ op, args }) => op === 'value' && typeof args === 'string',
  )

/** Comparisons of `activity.type` with types other than the rule's. */
const otherTypes = (node: ASTNode, on: string): readonly Finding[] => {
  const below = childrenOf(node).flatMap((child) => otherTypes(child, on))
  if (node.op !== '==' && node.op !== '!=' && node.op !== 'in') return below
  const [left, right] = node.args
  const others = isType(left) ? textsIn(right) : isType(right) ? textsIn(left) : []
  const [first] = others
  if (first === undefined || others.some(({ args }) => args === on)) return below
  return [
    { message: `the rule only counts "${on}": activity.type is never another`, offset: first.start },
    ...below,
  ]
}

const compiles = (key: string, source: string): boolean =>
  key === 'where'
    ? compileCondition(source, 'activity').type === 'condition'
    : compileNumber(source, 'activity').type === 'number'

/** Checks expressions about an activity against the known properties of the rule's type. */
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

/** A mention of an activity type in the playbook. */
interface ActivityMention {
  readonly yaml: YamlFile
  readonly path: YamlPath
  /** Offset into the text at `path`. */
  readonly offset?: number
  readonly type: string
  /** Whether the activity causes something, rather than being only counted by a condition. */
  readonly acted: boolean
}

const conditionKeys = ['when', 'where', 'enter', 'exit', 'goal', 'audience', 'if', 'qualify']

const namedIn = (
  key: string,
  text: string,
): readonly { readonly name: string; readonly offset: number }[] => {
  if (conditionKeys.includes(key)) {
    const compiled = compileCondition(text, 'activity')
    return compiled.type === 'condition' ? compiled.condition.mentions.types : []
  }
  if (key !== 'points') return []
  const compiled = compileNumber(text, 'activity')
  return compiled.type === 'number' ? compiled.number.mentions.types : []
}

const mentionsAt = (yaml: YamlFile, path: YamlPath, value: unknown): readonly ActivityMention[] => {
  if (Array.isArray(value))
    return value.flatMap((item: unknown, index) => mentionsAt(yaml, [...path, index], item))
  const key = String(path.at(-1))
  if (isRecord(value))
    return key === 'set'
      ? []
      : Object.entries(value).flatMap(([name, inner]) => mentionsAt(yaml, [...path, name], inner))
  if (typeof value !== 'string') return []
  if (key === 'on' || key === 'activity' || key === 'for') return [{ yaml, path, type: value, acted: true }]
  return namedIn(key, value).map(({ name, offset }) => ({ yaml, path, offset, type: name, acted: false }))
}

/** Every activity type in `scoring.yaml`, `funnel.yaml`, `handoff.yaml` and the sequences, in order. */
const activityMentions = (files: readonly (YamlFile | undefined)[]): readonly ActivityMention[] =>
  files.flatMap((yaml) => (yaml === undefined ? [] : mentionsAt(yaml, [], yaml.root)))

/** Facts about other facts, which come from the system or any program. */
const ofTheSystem = ['activity.voided', 'lead.merged', 'lead.unmerged']

/** A type that is mentioned twice and causes something is no typo. */
const isEstablished = (mentions: readonly ActivityMention[]): boolean =>
  mentions.length > 1 && mentions.some(({ acted }) => acted)

/**
 * Warnings about activity types that nothing in the playbook produces; the user's own programs may. Each once, at its first
 * mention. Names so near to a known one that they are reported as typos are left out.
 * @param known built-in types, and those that forms record.
 */
export const checkActivityTypes = (
  files: readonly (YamlFile | undefined)[],
  known: readonly string[],
): readonly Fault[] =>
  [...Map.groupBy(activityMentions(files), ({ type }) => type)].flatMap(([type, mentions]) => {
    const [first] = mentions
    const isNew = !known.includes(type) && !ofTheSystem.includes(type) && activityTypePattern.test(type)
    if (first === undefined || !isNew || isEstablished(mentions) || nearestName(type, known) !== undefined)
      return []
    const { yaml, path, offset } = first
    const message = `nothing in the playbook produces "${type}": it must come from your own programs`
    return [yaml.fault(path, message, { severity: 'warning', ...(offset === undefined ? {} : { offset }) })]
  })
