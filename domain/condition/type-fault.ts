import type { ASTNode } from '@marcbachmann/cel-js'
import { answerKind, methodNames } from './answer-kind.ts'
import type { UnknownName } from './condition-fault.ts'
import { type ConditionKind, environments, functionNames, variableNames } from './environment.ts'
import { childrenOf } from './mentions.ts'
import { typeWords } from './type-words.ts'
import { typingSlip } from './typing-slips.ts'
import { callableNames } from './unknown-in.ts'

/** Why `source` is not a condition: `offset` counts UTF-16 units from its start; `unknown` names what nothing has. */
export interface ConditionFaultResult {
  readonly type: 'fault'
  readonly message: string
  readonly offset: number
  readonly unknown?: UnknownName
}

/** What the library says is wrong, and where. */
export interface Complaint {
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

/** The first part that stands where the library saw its mistake. */
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

/** What is asked of leads is not there for what comes from outside. */
const hasFunction = (name: string, kind: ConditionKind): boolean =>
  kind !== 'event' && functionNames.includes(name)

/** Says a mistake of syntax or types at the part that makes it. */
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
