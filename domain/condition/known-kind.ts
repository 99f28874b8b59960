import type { ASTNode } from '@marcbachmann/cel-js'
import { environments } from './environment.ts'
import { memberOf } from './mentions.ts'

/** Kinds of values that are known before there is one. */
export type KnownKind = 'number' | 'text' | 'flag' | 'list' | 'object'

/** What is known of a value: its kind, and what a number is at least and at most. */
export interface Known {
  readonly kind?: KnownKind
  readonly least?: number
  readonly most?: number
}

/** By name: lead attributes, and properties of the activity at hand. A name that is not there may hold anything. */
export interface KnownValues {
  readonly lead: ReadonlyMap<string, Known>
  readonly activity: ReadonlyMap<string, Known>
}

const { functions, variables } = environments.activity.getDefinitions()

/** The library's name of a type as a kind; undefined for those that are neither (`dyn`, times, …). */
export const kindOfType = (type: string): KnownKind | undefined => {
  if (['int', 'uint', 'double'].includes(type)) return 'number'
  if (type === 'string') return 'text'
  if (type === 'bool') return 'flag'
  if (/^list\b/.test(type)) return 'list'
  return /^map\b/.test(type) ? 'object' : undefined
}

const same = (kinds: readonly (KnownKind | undefined)[]): KnownKind | undefined =>
  new Set(kinds).size === 1 ? kinds[0] : undefined

const ofFunction = (name: string, isMethod: boolean): KnownKind | undefined =>
  same(
    functions
      .filter((one) => one.name === name && (one.receiverType !== null) === isMethod)
      .map(({ returnType }) => kindOfType(returnType)),
  )

/** What is known of `lead.x` or `activity.x`. @param names that comprehensions around it have bound. */
export const knownOf = (node: ASTNode, names: readonly string[], values: KnownValues): Known | undefined => {
  const member = memberOf(node)
  if (member === undefined || names.includes(member.of)) return undefined
  if (member.of === 'lead') return values.lead.get(member.mention.name)
  return member.of === 'activity' ? values.activity.get(member.mention.name) : undefined
}

/** The kind that a part of an expression has whenever it has a value; undefined where that is not known. */
export const knownKind = (
  node: ASTNode,
  names: readonly string[],
  values: KnownValues,
): KnownKind | undefined => {
  const of = (part: ASTNode): KnownKind | undefined => knownKind(part, names, values)
  switch (node.op) {
    case 'value':
      if (typeof node.args === 'string') return 'text'
      if (typeof node.args === 'boolean') return 'flag'
      return typeof node.args === 'number' || typeof node.args === 'bigint' ? 'number' : undefined
    case 'id':
      return names.includes(node.args)
        ? undefined
        : kindOfType(variables.find(({ name }) => name === node.args)?.type ?? '')
    case '.':
    case '[]':
      return knownOf(node, names, values)?.kind
    case '.?':
    case '[?]':
      return undefined
    case 'call':
      return ofFunction(node.args[0], false)
    case 'rcall':
      return ofFunction(node.args[0], true)
    case '?:':
      return same([of(node.args[1]), of(node.args[2])])
    case 'list':
      return 'list'
    case 'map':
      return 'object'
    case '-_':
      return 'number'
    case '+':
      return same(node.args.map(of))
    case '-':
    case '*':
    case '/':
    case '%':
      return node.args.some((side) => of(side) === 'number') ? 'number' : undefined
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
