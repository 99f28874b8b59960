import { type ASTNode, serialize } from '@marcbachmann/cel-js'
import { environments } from './environment.ts'

import { childrenOf, comprehensionOf, literalOf, memberOf, mirrored } from './mentions.ts'

const { functions, variables } = environments.activity.getDefinitions()

/** Names of all functions, including the library's. */
export const functionNamesKnown: readonly string[] = [
  ...new Set(functions.flatMap(({ name, receiverType }) => (receiverType === null ? [name] : []))),
]

/** Names of all methods. */
export const methodNames: readonly string[] = [
  ...new Set(functions.flatMap(({ name, receiverType }) => (receiverType === null ? [] : [name]))),
]

/** Types that are known statically. */
export type KnownKind = 'number' | 'text' | 'flag' | 'list' | 'object'

/** Static knowledge of a value: its type, and the range of a number. */
export interface Known {
  readonly kind?: KnownKind
  readonly least?: number
  readonly most?: number
}

/** Known lead attributes and activity properties by name. Other names may hold anything. */
export interface KnownValues {
  readonly lead: ReadonlyMap<string, Known>
  readonly activity: ReadonlyMap<string, Known>
}

/** `other`: another type, such as a time, or several types, none of them Boolean. */
type Kind = KnownKind | 'other'

/** The kind for a type of the library; undefined for types that may hold anything. */
const kindOfType = (type: string): Kind | undefined => {
  if (['int', 'uint', 'double'].includes(type)) return 'number'
  if (type === 'string') return 'text'
  if (type === 'bool') return 'flag'
  if (/^list\b/.test(type)) return 'list'
  if (/^map\b/.test(type)) return 'object'
  return type === '' || type === 'dyn' ? undefined : 'other'
}

const common = (kinds: readonly (Kind | undefined)[]): Kind | undefined => {
  if (new Set(kinds).size === 1) return kinds[0]
  return kinds.length === 0 || kinds.some((kind) => kind === undefined || kind === 'flag')
    ? undefined
    : 'other'
}

const overloads = (name: string, isMethod: boolean) =>
  functions.filter((one) => one.name === name && (one.receiverType !== null) === isMethod)

const kindOfCall = (name: string, isMethod: boolean): Kind | undefined =>
  common(overloads(name, isMethod).map(({ returnType }) => kindOfType(returnType)))

/** @property names that comprehensions around a part have bound. */
interface Scope {
  readonly names: readonly string[]
  readonly values: KnownValues
}

/** What is known of `lead.x` or `activity.x`. */
const knownOf = (node: ASTNode, { names, values }: Scope): Known | undefined => {
  const member = memberOf(node)
  if (member === undefined || names.includes(member.of)) return undefined
  if (member.of === 'lead') return values.lead.get(member.mention.name)
  return member.of === 'activity' ? values.activity.get(member.mention.name) : undefined
}

/** The kind that a part of an expression has whenever it has a value; undefined where that is not known. */
const kindIn = (node: ASTNode, scope: Scope): Kind | undefined => {
  const of = (part: ASTNode): Kind | undefined => kindIn(part, scope)
  switch (node.op) {
    case 'value':
      if (typeof node.args === 'string') return 'text'
      if (typeof node.args === 'boolean') return 'flag'
      return typeof node.args === 'number' || typeof node.args === 'bigint' ? 'number' : 'other'
    case 'id':
      return scope.names.includes(node.args)
        ? undefined
        : kindOfType(variables.find(({ name }) => name === node.args)?.type ?? '')
    case '.':
    case '[]':
      return knownOf(node, scope)?.kind
    case '.?':
    case '[?]':
      return undefined
    case 'call':
      return kindOfCall(node.args[0], false)
    case 'rcall':
      return kindOfCall(node.args[0], true)
    case '?:':
      return common([of(node.args[1]), of(node.args[2])])
    case 'list':
      return 'list'
    case 'map':
      return 'object'
    case '-_':
      return 'number'
    case '+':
      return common(node.args.map(of)) ?? 'other'
    case '-':
    case '*':
    case '/':
    case '%':
      return node.args.some((side) => of(side) === 'number') ? 'number' : 'other'
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
    case 'in':
    case '&&':
    case '||':
    case '!_':
      return 'flag'
    default:
      return node satisfies never
  }
}

/** What a mistake can be made of. */
const knownKind = (node: ASTNode, scope: Scope): KnownKind | undefined => {
  const kind = kindIn(node, scope)
  return kind === 'other' ? undefined : kind
}

const nothing: Scope = { names: [], values: { lead: new Map(), activity: new Map() } }

/**
 * Whether a part used as a condition is Boolean, surely not, or known only at run time.
 * @param node of a condition with valid names; variables of comprehensions are unknown.
 */
export const answerKind = (node: ASTNode): 'boolean' | 'other' | 'unknown' => {
  if (node.op === '?:') {
    const kinds = [answerKind(node.args[1]), answerKind(node.args[2])]
    return kinds.find((kind) => kind === 'other') ?? kinds.find((kind) => kind === 'unknown') ?? 'boolean'
  }
  const kind = kindIn(node, nothing)
  return kind === undefined ? 'unknown' : kind === 'flag' ? 'boolean' : 'other'
}

/** A part that never has a value, or is never true, because its types do not match. */
export interface KindMistake {
  readonly message: string
  readonly offset: number
}

const words: Readonly<Record<KnownKind, string>> = {
  number: 'a number',
  text: 'a text',
  flag: 'true or false',
  list: 'a list',
  object: 'an object',
}

const isNot = (node: ASTNode, kind: KnownKind, wanted: string): readonly KindMistake[] => [
  { message: `${serialize(node)} is ${words[kind]}, not ${wanted}`, offset: node.start },
]

/** The side that is written out is the one that is wrong; else the right one. */
const pair = (left: ASTNode, right: ASTNode, scope: Scope): readonly KindMistake[] => {
  const [a, b] = [knownKind(left, scope), knownKind(right, scope)]
  if (a === undefined || b === undefined || a === b) return []
  const [wrong, kind, other, otherKind] =
    left.op === 'value' && right.op !== 'value' ? [left, a, right, b] : [right, b, left, a]
  return [
    {
      message: `${serialize(other)} is ${words[otherKind]}; ${serialize(wrong)} is ${words[kind]}`,
      offset: wrong.start,
    },
  ]
}

const collection = (list: ASTNode, scope: Scope): readonly KindMistake[] => {
  const kind = knownKind(list, scope)
  return kind === undefined || kind === 'list' || kind === 'object' ? [] : isNot(list, kind, 'a list')
}

const membership = (item: ASTNode, list: ASTNode, scope: Scope): readonly KindMistake[] =>
  list.op === 'list' ? list.args.flatMap((element) => pair(item, element, scope)) : collection(list, scope)

const needed = (parts: readonly ASTNode[], wanted: KnownKind, scope: Scope) =>
  parts.flatMap((part) => {
    const kind = knownKind(part, scope)
    return kind === undefined || kind === wanted ? [] : isNot(part, kind, words[wanted])
  })

interface Callee {
  readonly name: string
  readonly isMethod: boolean
}

/** Kinds that a method or function takes at a place, -1 for what stands before the dot; undefined where it takes others too. */
const taken = ({ name, isMethod }: Callee, place: number): ReadonlySet<KnownKind> | undefined => {
  const kinds = overloads(name, isMethod)
    .map((one) => (place < 0 ? one.receiverType : one.params[place]?.type))
    .filter((type) => type !== undefined)
    .map((type) => (type === null || /^(dyn|ast|A)$/.test(type) ? 'any' : (kindOfType(type) ?? 'any')))
  return kinds.includes('any') || kinds.length === 0
    ? undefined
    : new Set(kinds.filter((kind) => kind !== 'any' && kind !== 'other'))
}

const given = (node: ASTNode, callee: Callee, place: number, scope: Scope) => {
  const [kind, kinds] = [knownKind(node, scope), taken(callee, place)]
  if (kind === undefined || kinds === undefined || kinds.has(kind)) return []
  const wanted = [...kinds].map((one) => words[one]).join(' or ')
  return isNot(node, kind, wanted === '' ? `what ${callee.name}(…) is for` : wanted)
}

type Operator = '<' | '<=' | '>' | '>=' | '=='

/** Comparisons with numbers outside a value's range, such as a rating above 5. */
const outOfReach = (
  left: ASTNode,
  operator: Operator,
  right: ASTNode,
  scope: Scope,
): readonly KindMistake[] => {
  if (left.op === 'value')
    return right.op === 'value' ? [] : outOfReach(right, mirrored[operator], left, scope)
  const number = literalOf(right)
  if (typeof number !== 'number') return []
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = knownOf(left, scope) ?? {}
  const isNever = {
    '<': number <= least,
    '<=': number < least,
    '>': number >= most,
    '>=': number > most,
    '==': number < least || number > most,
  }[operator]
  const range = most === Number.POSITIVE_INFINITY ? `${least} or more` : `a number from ${least} to ${most}`
  return isNever
    ? [{ message: `${serialize(left)} is ${range}: this is never true`, offset: right.start }]
    : []
}

const ofItself = (node: ASTNode, scope: Scope): readonly KindMistake[] => {
  switch (node.op) {
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '==':
      return [...pair(...node.args, scope), ...outOfReach(node.args[0], node.op, node.args[1], scope)]
    case '!=':
    case '+':
      return pair(...node.args, scope)
    case '-':
    case '*':
    case '/':
    case '%':
      return needed(node.args, 'number', scope)
    case '-_':
      return needed([node.args], 'number', scope)
    case 'in':
      return membership(node.args[0], node.args[1], scope)
    case '.': {
      const kind = knownKind(node.args[0], scope)
      return kind === undefined || kind === 'object' ? [] : isNot(node.args[0], kind, 'an object')
    }
    case 'call':
      return node.args[1].flatMap((arg, place) =>
        given(arg, { name: node.args[0], isMethod: false }, place, scope),
      )
    case 'rcall': {
      const callee = { name: node.args[0], isMethod: true }
      return comprehensionOf(node)
        ? collection(node.args[1], scope)
        : [node.args[1], ...node.args[2]].flatMap((arg, index) => given(arg, callee, index - 1, scope))
    }
    default:
      return []
  }
}

const within = (node: ASTNode, scope: Scope): readonly KindMistake[] => {
  const comprehension = comprehensionOf(node)
  const below = comprehension
    ? [
        ...within(comprehension.over, scope),
        ...comprehension.body.flatMap((part) =>
          within(part, { ...scope, names: [...scope.names, comprehension.name] }),
        ),
      ]
    : childrenOf(node).flatMap((child) => within(child, scope))
  return [...ofItself(node, scope), ...below]
}

/** Every part of an expression whose types do not match, as far as its names are known. @param source compiles. */
export const kindMistakes = (source: string, values: KnownValues): readonly KindMistake[] =>
  within(environments.activity.parse(source).ast, { names: [], values })

const wordsForTypes: readonly (readonly [RegExp, string])[] = [
  [/\bgoogle\.protobuf\.Timestamp\b/g, 'time'],
  [/\bgoogle\.protobuf\.Duration\b/g, 'duration'],
  [/\bmap<[^()]*>/g, 'object'],
  [/\blist<[^()]*>/g, 'list'],
  [/\bmap\b/g, 'object'],
  [/\b(?:double|int|uint)\b/g, 'number'],
  [/\bstring\b/g, 'text'],
  [/\bbool\b/g, 'true or false'],
  [/\bdyn\b/g, 'anything'],
]

/** The library's type names (`double`, `map<string, dyn>`) in words for authors of conditions. */
export const typeWords = (types: string): string =>
  wordsForTypes.reduce((text, [pattern, word]) => text.replace(pattern, word), types)
