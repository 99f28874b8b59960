import { type ASTNode, serialize } from '@marcbachmann/cel-js'
import { flagVariables } from '../condition/environment.ts'
import { stageIds } from '../funnel/funnel-rules.ts'
import {
  type Comparison,
  mirrored,
  narrowNumber,
  narrowText,
  opposite,
  type ValueRange,
} from './value-range.ts'

/** A part of a condition that says something about one value, such as `score >= 40`. */
export interface Part {
  /** What it is about: `score`, `stage`, `lead.country`, `count("demo.requested")`, … */
  readonly about: string
  readonly kind: 'number' | 'text' | 'flag'
  readonly offset: number
  readonly narrow: (range: ValueRange) => ValueRange
}

const numberOf = (node: ASTNode): number | undefined => {
  if (node.op === '-_') {
    const positive = numberOf(node.args)
    return positive === undefined ? undefined : -positive
  }
  return node.op === 'value' && (typeof node.args === 'number' || typeof node.args === 'bigint')
    ? Number(node.args)
    : undefined
}

const textOf = (node: ASTNode): string | undefined =>
  node.op === 'value' && typeof node.args === 'string' ? node.args : undefined

/** A name for a value that is the same wherever it is asked for at one moment. */
const aboutOf = (node: ASTNode): string | undefined => {
  if (node.op === 'id') return node.args
  if (node.op === '.' && node.args[0].op === 'id') return `${node.args[0].args}.${node.args[1]}`
  if (node.op !== 'call') return undefined
  const args = node.args[1].map(textOf)
  return args.every((arg) => arg !== undefined) ? `${node.args[0]}(${args.join(', ')})` : undefined
}

const compare = (node: ASTNode, left: ASTNode, right: ASTNode, comparison: Comparison): Part | undefined => {
  const about = aboutOf(left)
  if (about === undefined) {
    return aboutOf(right) === undefined ? undefined : compare(node, right, left, mirrored[comparison])
  }
  const number = numberOf(right)
  if (number !== undefined)
    return {
      about,
      kind: 'number',
      offset: node.start,
      narrow: (range) => narrowNumber(range, comparison, number),
    }
  const text = textOf(right)
  if (text === undefined || (comparison !== '==' && comparison !== '!=')) return undefined
  return {
    about,
    kind: 'text',
    offset: node.start,
    narrow: (range) => narrowText(range, [text], comparison === '=='),
  }
}

const among = (node: ASTNode, left: ASTNode, right: ASTNode, positive: boolean): Part | undefined => {
  const about = aboutOf(left)
  const values = right.op === 'list' ? right.args.map(textOf) : []
  const known = values.filter((value) => value !== undefined)
  return about === undefined || known.length === 0 || known.length < values.length
    ? undefined
    : { about, kind: 'text', offset: node.start, narrow: (range) => narrowText(range, known, positive) }
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

/** A part that is true or false by itself. */
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

/** What may be missing: a part about it is false then, so that its negation is not its opposite. */
const mayBeMissing = (about: string): boolean => /^(lead\.|activity\.|daysSince\()/.test(about)

/** @returns undefined for a part that says nothing of the kind. @param positive false under a `!`. */
export const partOf = (node: ASTNode, positive: boolean): Part | undefined => {
  const part = readPart(node, positive)
  return part !== undefined && !positive && mayBeMissing(part.about) ? undefined : part
}

const readPart = (node: ASTNode, positive: boolean): Part | undefined => {
  switch (node.op) {
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '==':
    case '!=':
      return compare(node, node.args[0], node.args[1], positive ? node.op : opposite[node.op])
    case 'in':
      return among(node, node.args[0], node.args[1], positive)
    case 'call':
      return node.args[0] === 'stageAtLeast' && node.args[1][0] !== undefined
        ? stageAtLeast(node, textOf(node.args[1][0]), positive)
        : flag(node, positive)
    case 'id':
      return flag(node, positive)
    default:
      return undefined
  }
}
