import type { ASTNode } from '@marcbachmann/cel-js'
import { environments } from '../condition/environment.ts'
import { type Part, partOf } from './condition-part.ts'
import { anyText, isEmpty, numbers, texts, type ValueRange } from './value-range.ts'

/** What values can have at all, by what they are about; the rest can have any. */
export type World = ReadonlyMap<string, ValueRange>

/** Why a condition can never hold: the part at `offset` leaves nothing of what it is about. */
export interface Contradiction {
  readonly about: string
  readonly offset: number
  /** Whether the world alone rules it out; else other parts of the condition do. */
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

/** The parts that must all hold. */
const conjuncts = ({ node, positive }: Literal): readonly Literal[] => {
  if (node.op === '!_') return conjuncts({ node: node.args, positive: !positive })
  return node.op === (positive ? '&&' : '||')
    ? node.args.flatMap((side) => conjuncts({ node: side, positive }))
    : [{ node, positive }]
}

/** The parts of which one must hold. */
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

/** @returns whether every lead in this world fulfils a condition that compiles: nothing is left of its opposite. */
export const alwaysHolds = (source: string, world: World): boolean =>
  find({ node: environments.activity.parse(source).ast, positive: false }, world, world) !== undefined

/** @returns why no lead in this world can ever fulfil a condition that compiles; undefined when some might. */
export const contradictionIn = (source: string, world: World): Contradiction | undefined =>
  find({ node: environments.activity.parse(source).ast, positive: true }, world, world)
