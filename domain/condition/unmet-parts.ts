import type { ASTNode } from '@marcbachmann/cel-js'
import type { Json } from '../json.ts'
import { compileTest, compileValue } from './compile-expression.ts'
import type { ConditionContext } from './condition.ts'
import { environments } from './environment.ts'

/** A part of a condition between its outermost `&&` that does not hold. What stands beside `||` is one part. */
export interface UnmetPart {
  /** As the playbook words it. */
  readonly source: string
  /** What is compared: `score`, `stage`, `lead.country`, `count("page.viewed")`, … Absent where the part is no comparison. */
  readonly about?: string
  readonly operator?: Operator
  /** A number, a text, or a list of them. */
  readonly wanted?: Json
  /** What it is now; absent: the lead has none. */
  readonly is?: Json
}

export type Operator = '<' | '<=' | '>' | '>=' | '==' | '!=' | 'in'

const mirrored: Readonly<Partial<Record<Operator, Operator>>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' }

const partsOf = (node: ASTNode): readonly ASTNode[] =>
  node.op === '&&' ? [...partsOf(node.args[0]), ...partsOf(node.args[1])] : [node]

/** What a part says outright; undefined for what depends on the lead. */
const constant = (node: ASTNode): Json | undefined => {
  if (node.op === 'value') {
    const { args } = node
    if (typeof args === 'bigint') return Number(args)
    return typeof args === 'number' || typeof args === 'string' || typeof args === 'boolean'
      ? args
      : undefined
  }
  if (node.op === '-_') {
    const positive = constant(node.args)
    return typeof positive === 'number' ? -positive : undefined
  }
  if (node.op !== 'list') return undefined
  const items = node.args.map(constant)
  const known = items.filter((item) => item !== undefined)
  return known.length === items.length ? known : undefined
}

const toJson = (value: unknown): Json | undefined =>
  typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean' ? value : undefined

interface Compared {
  readonly left: ASTNode
  readonly operator: Operator
  readonly wanted: Json
}

const compare = (left: ASTNode, right: ASTNode, operator: Operator): Compared | undefined => {
  const wanted = constant(right)
  if (wanted !== undefined) return { left, operator, wanted }
  const first = operator === 'in' ? undefined : constant(left)
  return first === undefined
    ? undefined
    : { left: right, operator: mirrored[operator] ?? operator, wanted: first }
}

const comparison = (node: ASTNode): Compared | undefined => {
  switch (node.op) {
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '==':
    case '!=':
    case 'in':
      return compare(node.args[0], node.args[1], node.op)
    default:
      return undefined
  }
}

const stageAtLeast = (node: ASTNode): Json | undefined =>
  node.op === 'call' && node.args[0] === 'stageAtLeast' && node.args[1][0]
    ? constant(node.args[1][0])
    : undefined

const describe = (source: string, node: ASTNode, context: ConditionContext): UnmetPart => {
  const text = (part: ASTNode): string => source.slice(part.start, part.end).trim()
  const stage = stageAtLeast(node)
  if (stage !== undefined)
    return { source: text(node), about: 'stage', operator: '>=', wanted: stage, is: context.stage() }
  const compared = comparison(node)
  if (compared === undefined) return { source: text(node) }
  const { left, operator, wanted } = compared
  const is = toJson(compileValue(left, [])(context, []))
  return { source: text(node), about: text(left), operator, wanted, ...(is === undefined ? {} : { is }) }
}

/** What keeps a condition from holding now, in its order. @param source compiles as a condition about a lead. */
export const unmetParts = (source: string, context: ConditionContext): readonly UnmetPart[] =>
  partsOf(environments.lead.parse(source).ast)
    .filter((node) => !compileTest(node, [])(context, []))
    .map((node) => describe(source, node, context))
