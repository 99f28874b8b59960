import { type ASTNode, serialize } from '@marcbachmann/cel-js'
import type { UnknownName } from './condition.ts'
import type { ConditionKind } from './environment.ts'
import { environments, functionNames, variableNames } from './environment.ts'
import { answerKind, functionNamesKnown, methodNames, typeWords } from './kinds.ts'
import { childrenOf, comprehensionOf, macros, memberOf, mentionsOf } from './mentions.ts'

/** A part used as a condition although it may hold any type. */
interface BareValue {
  readonly message: string
  readonly offset: number
}

const bareValueAt = (node: ASTNode): BareValue => {
  const text = serialize(node)
  const instead = node.op === '.' ? `, or ask has(${text})` : ''
  return {
    message: `"${text}" may hold any value and is not a condition: compare it, as in ${text} == true${instead}`,
    offset: node.start,
  }
}

const asked = (node: ASTNode): readonly BareValue[] => {
  if (node.op === '?:') {
    const [test, yes, no] = node.args
    return [...asked(test), ...asked(yes), ...asked(no)]
  }
  return [...(answerKind(node) === 'unknown' ? [bareValueAt(node)] : []), ...within(node)]
}

/** Bare values below a node, in Boolean positions. */
const within = (node: ASTNode): readonly BareValue[] => {
  const comprehension = comprehensionOf(node)
  if (comprehension) {
    const { macro, over, body } = comprehension
    const [first, ...rest] = body
    const isTest = macro !== 'map' || rest.length > 0
    return [
      ...within(over),
      ...(first === undefined ? [] : isTest ? asked(first) : within(first)),
      ...rest.flatMap(within),
    ]
  }
  if (node.op === '!_') return asked(node.args)
  if (node.op === '&&' || node.op === '||') return node.args.flatMap(asked)
  if (node.op === '?:') return [...asked(node.args[0]), ...within(node.args[1]), ...within(node.args[2])]
  return childrenOf(node).flatMap(within)
}

/** Attributes and properties used as conditions: a slip such as `where: 'activity.path'`. @param source compiles. */
export const bareValues = (source: string): readonly BareValue[] =>
  asked(environments.activity.parse(source).ast)

/** Syntax of other languages that conditions lack. */
interface TypingSlip {
  readonly message: string
  readonly offset: number
}

const quoted = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g

const slips: readonly (readonly [RegExp, (written: string) => string])[] = [
  [/[„“”‚‘’«»]/, () => 'texts stand in straight quotes: "'],
  [/(?<![\w.])(?:and|und)(?!\w)/i, (word) => `"${word}" is written &&`],
  [/(?<![\w.])(?:or|oder)(?!\w)/i, (word) => `"${word}" is written ||`],
  [/(?<![\w.])(?:not|nicht)(?!\w)/i, (word) => `"${word}" is written !`],
  [/<>/, () => 'not equal is !='],
  [/=>/, () => 'greater or equal is >='],
  [/=</, () => 'less or equal is <='],
  [/[=!]==/, (signs) => `equal is ==, not equal is !=: without the third sign of ${signs}`],
  [/(?<![=!<>])=(?!=)/, () => 'equal is =='],
  [/(?<!&)&(?!&)/, () => 'and is &&'],
  [/(?<!\|)\|(?!\|)/, () => 'or is ||'],
  [/≥/, () => 'greater or equal is >='],
  [/≤/, () => 'less or equal is <='],
  [/≠/, () => 'not equal is !='],
  [/\d,\d+(?![\d,]*\s*[\])])/, () => 'a decimal is written with a point: 2.5'],
  [/(?<![\w.])(?:True|TRUE|wahr|Wahr)(?!\w)/, (word) => `"${word}" is written true`],
  [/(?<![\w.])(?:False|FALSE|falsch|Falsch)(?!\w)/, (word) => `"${word}" is written false`],
]

/** An unmatched bracket. */
const bracket = (bare: string): TypingSlip | undefined => {
  const open: { readonly sign: string; readonly offset: number }[] = []
  const closing: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }
  for (const { 0: sign, index } of bare.matchAll(/[()[\]{}]/g)) {
    const wanted = closing[sign]
    if (wanted === undefined) open.push({ sign, offset: index })
    else if (open.at(-1)?.sign === wanted) open.pop()
    else return { message: `${sign} closes nothing`, offset: index }
  }
  const last = open.at(-1)
  return last && { message: `${last.sign} is not closed`, offset: last.offset }
}

/**
 * The first piece of another language's syntax in a condition that does not parse.
 * @returns undefined for other mistakes.
 */
const typingSlip = (source: string): TypingSlip | undefined => {
  const bare = source.replaceAll(quoted, (text) => `"${' '.repeat(text.length - 2)}"`)
  const found = slips.flatMap(([pattern, message]) => {
    const match = pattern.exec(bare)
    return match === null ? [] : [{ message: message(match[0]), offset: match.index }]
  })
  const [first] = found.toSorted((a, b) => a.offset - b.offset)
  if (first !== undefined) return first
  const open = bare.search(/["'](?! *["'])/)
  const quotes = bare.match(/["']/g)?.length ?? 0
  if (quotes % 2 === 1 && open >= 0)
    return { message: `the text that begins here has no end: ${bare.charAt(open)} is missing`, offset: open }
  return bracket(bare)
}

/** An unknown name with its position. */
interface UnknownPlace extends UnknownName {
  readonly what: 'name' | 'function'
  readonly offset: number
}

/** Callable functions. */
const callableNames: readonly string[] = [...functionNames, 'has', 'size']

const unknownCalls = (node: ASTNode, source: string): readonly UnknownPlace[] => {
  const below = childrenOf(node).flatMap((child) => unknownCalls(child, source))
  if (node.op === 'call' && !functionNamesKnown.includes(node.args[0]))
    return [{ what: 'function', name: node.args[0], known: callableNames, offset: node.start }, ...below]
  if (node.op !== 'rcall' || comprehensionOf(node)) return below
  const [name, receiver] = node.args
  return methodNames.includes(name) || macros.includes(name)
    ? below
    : [{ what: 'function', name, known: methodNames, offset: source.indexOf(name, receiver.end) }, ...below]
}

/** Every unknown variable and function in an expression. @param root of `source`, parsed but possibly ill-typed. */
export const unknownIn = (root: ASTNode, source: string, kind: ConditionKind): readonly UnknownPlace[] => [
  ...mentionsOf(root)
    .variables.filter(({ name }) => environments[kind].check(name).error?.code === 'unknown_variable')
    .map(({ name, offset }) => ({ what: 'name' as const, name, known: variableNames(kind), offset })),
  ...unknownCalls(root, source),
]

/** Parses a source that does not compile. @returns undefined if it does not parse either. */
export const parsedAnyway = (source: string, kind: ConditionKind): ASTNode | undefined => {
  try {
    return environments[kind].parse(source).ast
  } catch {
    return undefined
  }
}

/** A part that excludes leads without an attribute. */
interface UnequalAttribute {
  readonly message: string
  readonly offset: number
  readonly severity: 'warning'
}

const attributeOf = (node: ASTNode): string | undefined => {
  const member = memberOf(node)
  return member?.of === 'lead' && member.mention.name !== 'email' ? member.mention.name : undefined
}

const mentionsIn = (node: ASTNode): readonly string[] => {
  const attribute = attributeOf(node)
  return attribute === undefined ? childrenOf(node).flatMap(mentionsIn) : [attribute]
}

/** A test for presence: `!= ""`, `!= null`. */
const isNothing = (node: ASTNode): boolean => node.op === 'value' && (node.args === '' || node.args === null)

/** Inequalities in positive positions; under `!` a missing operand makes the result true. */
const unequalIn = (node: ASTNode): readonly ASTNode[] => {
  if (node.op === '!_') return []
  return node.op === '!=' ? [node] : childrenOf(node).flatMap(unequalIn)
}

const unequalHint = (node: ASTNode, attribute: string): UnequalAttribute => ({
  message: `this is false for a lead without "${attribute}"; to mean those as well: !has(lead.${attribute}) || ${serialize(node)}`,
  offset: node.start,
  severity: 'warning',
})

/**
 * `lead.skip != true` excludes all leads without the attribute, which is rarely intended, as a part with a missing operand is
 * false. Not reported if the condition also tests the attribute, as with `has(lead.skip)`. @param source compiles.
 */
export const unequalAttributes = (source: string): readonly UnequalAttribute[] => {
  const { ast } = environments.lead.parse(source)
  const mentioned = mentionsIn(ast)
  return unequalIn(ast).flatMap((node) => {
    if (node.op !== '!=' || node.args.some(isNothing)) return []
    const attribute = node.args.map(attributeOf).find((name) => name !== undefined)
    const isAskedElsewhere = mentioned.filter((name) => name === attribute).length > 1
    return attribute === undefined || isAskedElsewhere ? [] : [unequalHint(node, attribute)]
  })
}

/** Why `source` is invalid: `offset` counts UTF-16 units from its start; `unknown` is the unknown name. */
export interface ConditionFaultResult {
  readonly type: 'fault'
  readonly message: string
  readonly offset: number
  readonly unknown?: UnknownName
}

/** The library's error and its position. */
interface Complaint {
  readonly code?: string
  readonly summary?: string
  readonly range?: { readonly start: number; readonly end: number } | undefined
}

type Node<Op extends ASTNode['op']> = Extract<ASTNode, { readonly op: Op }>

const limits: Readonly<Record<string, string>> = {
  maxAstNodes: 'the condition has more than %s parts',
  maxDepth: 'nested more than %s deep',
  maxListElements: 'a list of more than %s elements',
  maxMapEntries: 'a map of more than %s entries',
  maxCallArguments: 'more than %s arguments',
}

const wording = (message: string): string => {
  if (/^Unexpected token: EOF/.test(message)) return 'something is missing here: the condition ends too early'
  const [, sign] = /^Unexpected (?:character|token): (.+)$/.exec(message) ?? []
  if (sign !== undefined) return `this cannot stand here: ${sign}`
  const [, limit = '', most = ''] = /^Exceeded (\w+) \((\d+)\)$/.exec(message) ?? []
  const limited = limits[limit]?.replace('%s', most)
  if (limited !== undefined) return limited
  const [, sides] = /^no such overload: (.+)$/.exec(message) ?? []
  if (sides !== undefined) return `these do not go together: ${typeWords(sides)}`
  const [, receiver = '', name, args = ''] =
    /^found no matching overload for '(?:(.+)\.)?(\w+)\((.*)\)'$/.exec(message) ?? []
  if (name === undefined) return message
  const on = receiver === '' ? '' : ` of ${typeWords(receiver)}`
  return `${name}(…)${on} is not for (${typeWords(args)})`
}

/** The first part at the position of the library's error. */
const find = <Op extends ASTNode['op']>(
  node: ASTNode,
  { start, end }: { readonly start: number; readonly end: number },
  isOne: (node: ASTNode) => node is Node<Op>,
): Node<Op> | undefined => {
  if (node.start === start && node.end === end && isOne(node)) return node
  for (const child of childrenOf(node)) {
    const found = find(child, { start, end }, isOne)
    if (found !== undefined) return found
  }
  return undefined
}

const isLogical = (node: ASTNode): node is Node<'&&' | '||'> => node.op === '&&' || node.op === '||'
const isMethod = (node: ASTNode): node is Node<'rcall'> => node.op === 'rcall'

const unknownFunction = (name: string, offset: number, known: readonly string[]): ConditionFaultResult => ({
  type: 'fault',
  message: `unknown function "${name}"`,
  offset,
  unknown: { name, known },
})

/** Functions about leads are unavailable for external events. */
const hasFunction = (name: string, kind: ConditionKind): boolean =>
  kind !== 'event' && functionNames.includes(name)

/** Describes an error of syntax or types at the part that causes it. */
export const typeFault = (
  { code, summary = 'not a condition', range = { start: 0, end: 0 } }: Complaint,
  source: string,
  kind: ConditionKind,
): ConditionFaultResult => {
  const slip =
    code === undefined || /^Unexpected|^Unterminated|^Expected/.test(summary) ? typingSlip(source) : undefined
  if (slip !== undefined) return { type: 'fault', ...slip }
  const offset = range.start
  const name = /^[A-Za-z_]\w*/.exec(source.slice(offset))?.[0]
  if (code === 'unknown_variable' && name) {
    const known = variableNames(kind)
    return { type: 'fault', message: `unknown name "${name}"`, offset, unknown: { name, known } }
  }
  if (code === 'invalid_logical_operand') {
    const logical = find(environments[kind].parse(source).ast, range, isLogical)
    const operand = logical?.args.find((side) => answerKind(side) === 'other')
    const [, found = ''] = /'(.+)'$/.exec(summary) ?? []
    const message = `true or false is needed here; this is ${typeWords(found)}`
    return { type: 'fault', message, offset: operand?.start ?? offset }
  }
  const [, receiver, called] = /^found no matching overload for '(?:(.+)\.)?(\w+)\(/.exec(summary) ?? []
  if (called && receiver === undefined && called === name && !hasFunction(called, kind))
    return unknownFunction(called, offset, callableNames)
  if (called && receiver !== undefined && !methodNames.includes(called)) {
    const on = find(environments[kind].parse(source).ast, range, isMethod)?.args[1]
    return unknownFunction(called, source.indexOf(called, on?.end ?? offset), methodNames)
  }
  return { type: 'fault', message: wording(summary), offset }
}
