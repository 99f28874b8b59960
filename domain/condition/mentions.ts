import type { ASTNode } from '@marcbachmann/cel-js'
import type { Json } from '../model/json.ts'
import { parseDuration } from '../time/local-time.ts'
import type { Mention, Mentions } from './condition.ts'

type Collected = { -readonly [Name in keyof Mentions]: Mentions[Name][number][] }

/** Child nodes. */
export const childrenOf = (node: ASTNode): readonly ASTNode[] => {
  switch (node.op) {
    case 'value':
    case 'id':
      return []
    case '.':
    case '.?':
      return [node.args[0]]
    case 'call':
      return node.args[1]
    case 'rcall':
      return [node.args[1], ...node.args[2]]
    case 'list':
      return node.args
    case 'map':
      return node.args.flat()
    case '!_':
    case '-_':
      return [node.args]
    default:
      return node.args
  }
}

/** The mirrored comparison: `1 < x` is `x > 1`. */
export const mirrored = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '==': '==',
  '!=': '!=',
  in: 'in',
} as const

/** Value of a literal; undefined for anything else. */
export const literalOf = (node: ASTNode): Json | undefined => {
  if (node.op === 'value') {
    const { args } = node
    if (typeof args === 'bigint') return Number(args)
    return typeof args === 'number' || typeof args === 'string' || typeof args === 'boolean'
      ? args
      : undefined
  }
  if (node.op === '-_') {
    const positive = literalOf(node.args)
    return typeof positive === 'number' ? -positive : undefined
  }
  if (node.op !== 'list') return undefined
  const items = node.args.map(literalOf)
  const known = items.filter((item) => item !== undefined)
  return known.length === items.length ? known : undefined
}

export const macros: readonly string[] = ['all', 'exists', 'exists_one', 'filter', 'map']

/** The variable of a comprehension, and its body. */
export const comprehensionOf = (
  node: ASTNode,
):
  | {
      readonly macro: string
      readonly over: ASTNode
      readonly name: string
      readonly body: readonly ASTNode[]
    }
  | undefined => {
  if (node.op !== 'rcall') return undefined
  const [macro, over, [variable, ...body]] = node.args
  return macros.includes(macro) && variable?.op === 'id' && body.length > 0
    ? { macro, over, name: variable.args, body }
    : undefined
}

const textsIn = (node: ASTNode): readonly Mention[] => {
  if (node.op === 'list') return node.args.flatMap(textsIn)
  return node.op === 'value' && typeof node.args === 'string'
    ? [{ name: node.args, offset: node.start + 1 }]
    : []
}

const comparedLists = { stage: 'stages', phase: 'phases', band: 'bands', grade: 'grades' } as const
const isCompared = (name: string): name is keyof typeof comparedLists => Object.hasOwn(comparedLists, name)

const collectCompared = (a: ASTNode, b: ASTNode, into: Collected): void => {
  for (const [side, other] of [
    [a, b],
    [b, a],
  ] as const) {
    if (side.op === 'id' && isCompared(side.args)) into[comparedLists[side.args]].push(...textsIn(other))
  }
}

const collectCall = (name: string, args: readonly ASTNode[], into: Collected): void => {
  const mention = args[0] && textsIn(args[0])[0]
  if (!mention) return
  if (name === 'did' || name === 'count' || name === 'daysSince') {
    const window = args[1] && textsIn(args[1])[0]
    const within = window && parseDuration(window.name)
    into.types.push(within === undefined ? mention : { ...mention, within })
  } else if (name === 'opened' || name === 'clicked') into.emails.push(mention)
  else if (name === 'stageAtLeast') into.stages.push(mention)
  else if (name === 'phaseAtLeast') into.phases.push(mention)
}

/** `lead.x` and `lead["x"]`, and likewise for other variables. */
export const memberOf = (node: ASTNode): { readonly of: string; readonly mention: Mention } | undefined => {
  if (node.op === '.' && node.args[0].op === 'id') {
    return { of: node.args[0].args, mention: { name: node.args[1], offset: node.pos } }
  }
  if (node.op === '[]' && node.args[0].op === 'id') {
    const [mention] = textsIn(node.args[1])
    return mention && { of: node.args[0].args, mention }
  }
  return undefined
}

/** Attributes that are a certain text wherever the condition holds, as in `lead.company == "Alm" && score > 5`. */
export const equalTextsIn = (node: ASTNode): readonly { readonly name: string; readonly text: string }[] => {
  if (node.op === '&&') return node.args.flatMap(equalTextsIn)
  if (node.op !== '==') return []
  const [one, other] = node.args
  return [[one, other] as const, [other, one] as const].flatMap(([side, value]) => {
    const [member, text] = [memberOf(side), literalOf(value)]
    return member?.of === 'lead' && typeof text === 'string' ? [{ name: member.mention.name, text }] : []
  })
}

const collect = (node: ASTNode, locals: readonly string[], into: Collected): void => {
  if (node.op === 'id') {
    if (!locals.includes(node.args)) into.variables.push({ name: node.args, offset: node.start })
    return
  }
  const comprehension = comprehensionOf(node)
  if (comprehension) {
    collect(comprehension.over, locals, into)
    for (const part of comprehension.body) collect(part, [...locals, comprehension.name], into)
    return
  }
  const member = memberOf(node)
  if (member?.of === 'lead') into.attributes.push(member.mention)
  if (member?.of === 'activity') into.properties.push(member.mention)
  if (node.op === '==' || node.op === '!=' || node.op === 'in')
    collectCompared(node.args[0], node.args[1], into)
  if (node.op === 'call') collectCall(node.args[0], node.args[1], into)
  for (const child of childrenOf(node)) collect(child, locals, into)
}

/** Every name in the condition. Invalid windows are skipped: compiling the call reports them. */
export const mentionsOf = (root: ASTNode): Mentions => {
  const into: Collected = {
    variables: [],
    attributes: [],
    properties: [],
    types: [],
    emails: [],
    stages: [],
    phases: [],
    bands: [],
    grades: [],
  }
  collect(root, [], into)
  return into
}
