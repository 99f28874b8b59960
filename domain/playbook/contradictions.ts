import { type ASTNode, serialize } from '@marcbachmann/cel-js'
import { environments, flagVariables } from '../condition/environment.ts'
import { literalOf } from '../condition/mentions.ts'
import { type Compared, comparison } from '../condition/missing-parts.ts'
import { stageIds } from '../model/deal.ts'
import type { Json } from '../model/json.ts'
import { rawAt, rawEntries, rawList } from '../model/raw.ts'
import { countingOptions, optionKeys } from '../scoring/counting-options.ts'
import type { Fault } from './fault.ts'
import type { YamlFile, YamlPath } from './yaml-file.ts'

/** The values that remain possible as parts of a condition are added. */
type ValueRange =
  | {
      readonly type: 'number'
      readonly min: number
      readonly max: number
      /** Whether the bound is exclusive. */
      readonly aboveMin: boolean
      readonly belowMax: boolean
    }
  | { readonly type: 'text'; readonly only?: ReadonlySet<string>; readonly not: ReadonlySet<string> }

export const numbers = (min: number, max: number): ValueRange => ({
  type: 'number',
  min,
  max,
  aboveMin: false,
  belowMax: false,
})

export const anyText: ValueRange = { type: 'text', not: new Set() }

export const texts = (only: Iterable<string>): ValueRange => ({
  type: 'text',
  only: new Set(only),
  not: new Set(),
})

const isEmpty = (range: ValueRange): boolean =>
  range.type === 'number'
    ? range.min > range.max || (range.min === range.max && (range.aboveMin || range.belowMax))
    : range.only !== undefined && [...range.only].every((text) => range.not.has(text))

type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!='

const opposite: Readonly<Record<Comparison, Comparison>> = {
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  '==': '!=',
  '!=': '==',
}

/** The part of `range` that satisfies `x <comparison> value`. Values of other types are ignored: types are checked elsewhere. */
const narrowNumber = (range: ValueRange, comparison: Comparison, value: number): ValueRange => {
  if (range.type !== 'number') return range
  const above = (open: boolean): ValueRange =>
    value > range.min || (value === range.min && open) ? { ...range, min: value, aboveMin: open } : range
  const below = (open: boolean): ValueRange =>
    value < range.max || (value === range.max && open) ? { ...range, max: value, belowMax: open } : range
  switch (comparison) {
    case '>':
      return above(true)
    case '>=':
      return above(false)
    case '<':
      return below(true)
    case '<=':
      return below(false)
    case '==':
      return narrowNumber(above(false), '<=', value)
    case '!=':
      return range.min === value && range.max === value ? { ...range, aboveMin: true } : range
    default:
      return comparison satisfies never
  }
}

/** The part of `range` in which the text is one of `values`, or (`among` false) none of them. */
const narrowText = (range: ValueRange, values: readonly string[], among: boolean): ValueRange => {
  if (range.type !== 'text') return range
  if (!among) return { ...range, not: new Set([...range.not, ...values]) }
  const left = values.filter((value) => range.only?.has(value) ?? true)
  return { ...range, only: new Set(left) }
}

/** A part of a condition that constrains one value, such as `score >= 40`. */
interface Part {
  /** The constrained value: `score`, `stage`, `lead.country`, `count("demo.requested")`, … */
  readonly about: string
  readonly kind: 'number' | 'text' | 'flag'
  readonly offset: number
  readonly narrow: (range: ValueRange) => ValueRange
}

const textOf = (node: ASTNode): string | undefined => {
  const literal = literalOf(node)
  return typeof literal === 'string' ? literal : undefined
}

/** An identifier of a value that is constant at one moment. */
const aboutOf = (node: ASTNode): string | undefined => {
  if (node.op === 'id') return node.args
  if (node.op === '.' && node.args[0].op === 'id') return `${node.args[0].args}.${node.args[1]}`
  if (node.op !== 'call') return undefined
  const args = node.args[1].map(textOf)
  return args.every((arg) => arg !== undefined) ? `${node.args[0]}(${args.join(', ')})` : undefined
}

const isTexts = (value: Json): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string')

/** How a comparison narrows a range; undefined if it does not. */
const narrowing = (
  { operator, wanted }: Compared,
  positive: boolean,
): Pick<Part, 'kind' | 'narrow'> | undefined => {
  if (operator === 'in')
    return isTexts(wanted)
      ? { kind: 'text', narrow: (range) => narrowText(range, wanted, positive) }
      : undefined
  const sign = positive ? operator : opposite[operator]
  if (typeof wanted === 'number')
    return { kind: 'number', narrow: (range) => narrowNumber(range, sign, wanted) }
  return typeof wanted === 'string' && (sign === '==' || sign === '!=')
    ? { kind: 'text', narrow: (range) => narrowText(range, [wanted], sign === '==') }
    : undefined
}

const stageAtLeast = (node: ASTNode, stage: string | undefined, positive: boolean): Part | undefined => {
  const rank = stageIds.map(String).indexOf(stage ?? '')
  if (rank < 0) return undefined
  const onward = stageIds.slice(rank)
  return {
    about: 'stage',
    kind: 'text',
    offset: node.start,
    narrow: (range) => narrowText(range, onward, positive),
  }
}

const flagFunctions = ['did', 'opened', 'clicked', 'phaseAtLeast']

/** A Boolean part. */
const flag = (node: ASTNode, positive: boolean): Part | undefined => {
  const asksHas = node.op === 'call' && node.args[0] === 'has' && node.args[1][0] !== undefined
  const isFlag =
    asksHas ||
    (node.op === 'id' && flagVariables.some((name) => name === node.args)) ||
    (node.op === 'call' && flagFunctions.includes(node.args[0]))
  const about = !isFlag ? undefined : asksHas ? serialize(node) : aboutOf(node)
  return about === undefined
    ? undefined
    : { about, kind: 'flag', offset: node.start, narrow: (range) => narrowText(range, ['true'], positive) }
}

/** Values that may be missing: a part about a missing value is false, so its negation is not its complement. */
const mayBeMissing = (about: string): boolean => /^(lead\.|activity\.|daysSince\()/.test(about)

/** @returns undefined for other parts. @param positive false under `!`. */
const partOf = (node: ASTNode, positive: boolean): Part | undefined => {
  const part = readPart(node, positive)
  return part !== undefined && !positive && mayBeMissing(part.about) ? undefined : part
}

const readPart = (node: ASTNode, positive: boolean): Part | undefined => {
  if (node.op === 'call' && node.args[0] === 'stageAtLeast' && node.args[1][0] !== undefined)
    return stageAtLeast(node, textOf(node.args[1][0]), positive)
  const compared = comparison(node)
  if (compared === undefined) return flag(node, positive)
  const [about, narrowed] = [aboutOf(compared.left), narrowing(compared, positive)]
  return about === undefined || narrowed === undefined
    ? undefined
    : { about, offset: node.start, ...narrowed }
}

/** Possible ranges of values; values not listed may be anything. */
export type World = ReadonlyMap<string, ValueRange>

/** Why a condition never holds: the part at `offset` leaves no possible value. */
export interface Contradiction {
  readonly about: string
  readonly offset: number
  /** Ruled out by the world alone, rather than by other parts of the condition. */
  readonly byWorld: boolean
}

const initial = (about: string, kind: Part['kind']): ValueRange => {
  if (kind === 'text') return anyText
  if (kind === 'flag') return texts(['true', 'false'])
  const counts = about.startsWith('count(') || about.startsWith('daysSince(')
  return numbers(counts ? 0 : Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
}

interface Literal {
  readonly node: ASTNode
  readonly positive: boolean
}

/** Operands that must all hold. */
const conjuncts = ({ node, positive }: Literal): readonly Literal[] => {
  if (node.op === '!_') return conjuncts({ node: node.args, positive: !positive })
  return node.op === (positive ? '&&' : '||')
    ? node.args.flatMap((side) => conjuncts({ node: side, positive }))
    : [{ node, positive }]
}

/** Operands of which one must hold. */
const disjuncts = ({ node, positive }: Literal): readonly Literal[] =>
  node.op === (positive ? '||' : '&&')
    ? node.args.flatMap((side) => disjuncts({ node: side, positive }))
    : [{ node, positive }]

const find = (
  literal: Literal,
  world: World,
  ranges: ReadonlyMap<string, ValueRange>,
): Contradiction | undefined => {
  const left = new Map(ranges)
  const choices: (readonly Literal[])[] = []
  for (const part of conjuncts(literal)) {
    const ways = disjuncts(part)
    if (ways.length > 1) {
      choices.push(ways)
      continue
    }
    const found = partOf(part.node, part.positive)
    if (found === undefined) continue
    const { about, kind, offset, narrow } = found
    const narrowed = narrow(left.get(about) ?? initial(about, kind))
    if (isEmpty(narrowed))
      return { about, offset, byWorld: isEmpty(narrow(world.get(about) ?? initial(about, kind))) }
    left.set(about, narrowed)
  }
  for (const ways of choices) {
    const reasons = ways.map((way) => find(way, world, left))
    const [first] = reasons
    if (first !== undefined && reasons.every((reason) => reason !== undefined)) return first
  }
  return undefined
}

/** @returns whether a condition that compiles holds for every lead in this world: its negation is impossible. */
export const alwaysHolds = (source: string, world: World): boolean =>
  find({ node: environments.activity.parse(source).ast, positive: false }, world, world) !== undefined

/** @returns why a condition that compiles never holds in this world; undefined if it may. */
export const contradictionIn = (source: string, world: World): Contradiction | undefined =>
  find({ node: environments.activity.parse(source).ast, positive: true }, world, world)

const isSet = (rule: unknown, key: string): boolean => {
  const value = rawAt(rule, key)
  return value !== undefined && value !== false
}

/** Options of a rule that contradict each other or have no effect. */
const contradictions = (yaml: YamlFile): readonly Fault[] =>
  rawList(yaml.root, 'engagement').flatMap((rule, index) =>
    optionKeys
      .filter((key) => isSet(rule, key))
      .flatMap((key) => Object.entries(countingOptions[key].excludes))
      .filter(([other]) => isSet(rule, other))
      .map(([other, message]) => yaml.fault(['engagement', index, other], message, { at: 'key' })),
  )

/** `max` is useless for constant points that never decay. */
const needlessMax = (yaml: YamlFile): readonly Fault[] =>
  rawList(yaml.root, 'engagement').flatMap((rule, index) =>
    rawAt(rule, 'max') === true &&
    typeof rawAt(rule, 'points') === 'number' &&
    rawAt(rule, 'halfLife') === undefined &&
    rawAt(rule, 'expires') === undefined
      ? [
          yaml.fault(
            ['engagement', index, 'max'],
            'every award of this rule is worth the same: "first: true" says so more clearly',
            { at: 'key', severity: 'warning' },
          ),
        ]
      : [],
  )

const capPaths = (yaml: YamlFile): readonly YamlPath[] => [
  ...rawList(yaml.root, 'engagement').map((_, index): YamlPath => ['engagement', index, 'cap']),
  ...rawEntries(yaml.root, 'groups').map(([group]): YamlPath => ['groups', group, 'cap']),
  ['cap'],
]

/** Of several caps over the same period only the lowest counts. */
const repeatedCaps = (yaml: YamlFile): readonly Fault[] =>
  capPaths(yaml).flatMap((path) => {
    const times = rawList(yaml.root, ...path).map((cap) => rawAt(cap, 'per'))
    return times.flatMap((per, index) =>
      typeof per === 'string' && times.indexOf(per) < index
        ? [
            yaml.fault(
              [...path, index, 'per'],
              `there is a cap for ${per} already: only the lower one counts`,
            ),
          ]
        : [],
    )
  })

/** Checks combinations of counting options. */
export const checkCounting = (yaml: YamlFile): readonly Fault[] => [
  ...contradictions(yaml),
  ...needlessMax(yaml),
  ...repeatedCaps(yaml),
]
