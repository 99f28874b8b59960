import { type ASTNode, serialize } from '@marcbachmann/cel-js'
import { environments } from './environment.ts'
import { type KnownKind, type KnownValues, kindOfType, knownKind, knownOf } from './known-kind.ts'
import { childrenOf, comprehensionOf } from './mentions.ts'

/** A part that can never have a value, or never be true: the kinds in it do not go together. */
export interface KindMistake {
  readonly message: string
  readonly offset: number
}

interface Scope {
  readonly names: readonly string[]
  readonly values: KnownValues
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
const pair = (left: ASTNode, right: ASTNode, { names, values }: Scope): readonly KindMistake[] => {
  const [a, b] = [knownKind(left, names, values), knownKind(right, names, values)]
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
  const kind = knownKind(list, scope.names, scope.values)
  return kind === undefined || kind === 'list' || kind === 'object' ? [] : isNot(list, kind, 'a list')
}

const membership = (item: ASTNode, list: ASTNode, scope: Scope): readonly KindMistake[] =>
  list.op === 'list' ? list.args.flatMap((element) => pair(item, element, scope)) : collection(list, scope)

const needed = (parts: readonly ASTNode[], wanted: KnownKind, { names, values }: Scope) =>
  parts.flatMap((part) => {
    const kind = knownKind(part, names, values)
    return kind === undefined || kind === wanted ? [] : isNot(part, kind, words[wanted])
  })

const { functions } = environments.activity.getDefinitions()

/** Kinds that a method or function takes at a place, -1 for what stands before the dot; undefined where it takes others too. */
const taken = (name: string, isMethod: boolean, place: number): ReadonlySet<KnownKind> | undefined => {
  const kinds = functions
    .filter((one) => one.name === name && (one.receiverType !== null) === isMethod)
    .map((one) => (place < 0 ? one.receiverType : one.params[place]?.type))
    .filter((type) => type !== undefined)
    .map((type) => (type === null || /^(dyn|ast|A)$/.test(type) ? 'any' : (kindOfType(type) ?? 'other')))
  return kinds.includes('any') || kinds.length === 0
    ? undefined
    : new Set(kinds.filter((kind) => kind !== 'any' && kind !== 'other'))
}

const given = (node: ASTNode, name: string, isMethod: boolean, place: number, { names, values }: Scope) => {
  const [kind, kinds] = [knownKind(node, names, values), taken(name, isMethod, place)]
  if (kind === undefined || kinds === undefined || kinds.has(kind)) return []
  const wanted = [...kinds].map((one) => words[one]).join(' or ')
  return isNot(node, kind, wanted === '' ? `what ${name}(…) is for` : wanted)
}

const inverse = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==' } as const
type Operator = keyof typeof inverse

/** Numbers that a value never reaches, such as a rating above 5. */
const outOfReach = (
  left: ASTNode,
  operator: Operator,
  right: ASTNode,
  scope: Scope,
): readonly KindMistake[] => {
  if (left.op === 'value')
    return right.op === 'value' ? [] : outOfReach(right, inverse[operator], left, scope)
  const bound = right.op === '-_' ? right.args : right
  if (bound.op !== 'value' || (typeof bound.args !== 'number' && typeof bound.args !== 'bigint')) return []
  const number = Number(bound.args) * (right.op === '-_' ? -1 : 1)
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } =
    knownOf(left, scope.names, scope.values) ?? {}
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
      const kind = knownKind(node.args[0], scope.names, scope.values)
      return kind === undefined || kind === 'object' ? [] : isNot(node.args[0], kind, 'an object')
    }
    case 'call':
      return node.args[1].flatMap((arg, place) => given(arg, node.args[0], false, place, scope))
    case 'rcall':
      return comprehensionOf(node)
        ? collection(node.args[1], scope)
        : [
            ...given(node.args[1], node.args[0], true, -1, scope),
            ...node.args[2].flatMap((arg, place) => given(arg, node.args[0], true, place, scope)),
          ]
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

/** Every part of an expression whose kinds do not go together by what is known of its names. @param source compiles. */
export const kindMistakes = (source: string, values: KnownValues): readonly KindMistake[] =>
  within(environments.activity.parse(source).ast, { names: [], values })
