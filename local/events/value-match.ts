import { isIP } from 'node:net'
import {
  comparableNumber,
  isList,
  type Json,
  Members,
  NumberText,
  type Parsed,
  type Scalar,
} from './json-text.ts'
import { InvalidPattern, type Wildcards } from './wildcard-complexity.ts'

/** Compiles the operand of `numeric`: `["=", 5]`, `["<", 5]`, or a range such as `[">", 0, "<=", 5]`. */
function numeric(operand: Parsed): (value: number) => boolean {
  if (!isList(operand)) throw new InvalidPattern('Value of numeric must be an array')
  const [operator, value, ...rest] = operand
  const limit = numberOperand(operator, value)
  switch (operator) {
    case '=':
      none(rest)
      return (actual) => actual === limit
    case '<':
      none(rest)
      return (actual) => actual < limit
    case '<=':
      none(rest)
      return (actual) => actual <= limit
    case '>':
      return both((actual) => actual > limit, limit, rest)
    case '>=':
      return both((actual) => actual >= limit, limit, rest)
    default:
      throw new InvalidPattern(`Unrecognized numeric range operator: ${String(operator)}`)
  }
}

function both(
  above: (value: number) => boolean,
  bottom: number,
  upper: readonly Parsed[],
): (value: number) => boolean {
  if (upper.length === 0) return above
  const [operator, value, ...rest] = upper
  if (operator !== '<' && operator !== '<=')
    throw new InvalidPattern(`Bad numeric range operator: ${operator}`)
  const top = numberOperand(operator, value)
  none(rest)
  if (bottom >= top) throw new InvalidPattern('Bottom must be less than top')
  return operator === '<'
    ? (actual) => above(actual) && actual < top
    : (actual) => above(actual) && actual <= top
}

function numberOperand(operator: Parsed | undefined, value: Parsed | undefined): number {
  if (typeof value !== 'number' && !(value instanceof NumberText)) {
    throw new InvalidPattern(`Value of ${operator === '=' ? 'equals' : String(operator)} must be numeric`)
  }
  const comparable = comparableNumber(value)
  if (comparable === undefined) throw new InvalidPattern(`Cannot compare number : ${numberText(value)}`)
  return comparable
}

function numberText(value: number | NumberText): string {
  return typeof value === 'number' ? String(value) : value.text
}

function none(rest: readonly Parsed[]): void {
  if (rest.length > 0) throw new InvalidPattern('Too many elements in numeric expression')
}

type TextTest = (text: string) => boolean

/** The one member of a match expression such as `{ "prefix": … }`. */
function onlyMember(members: Members): readonly [string, Parsed] {
  const [first, ...rest] = members.entries
  if (!first || rest.length > 0) throw new InvalidPattern('Only one key allowed in match expression')
  return first
}

function isText(value: Parsed): value is string {
  return typeof value === 'string'
}

function textOperand(operator: string, operand: Parsed): string {
  if (!isText(operand)) throw new InvalidPattern(`${operator} match pattern must be a string`)
  return operand
}

/** The operand of prefix or suffix: a string, or `{ "equals-ignore-case": string }`. */
function affix(operator: 'prefix' | 'suffix', operand: Parsed): TextTest {
  const fits: (text: string, part: string) => boolean =
    operator === 'prefix' ? (text, part) => text.startsWith(part) : (text, part) => text.endsWith(part)
  if (!(operand instanceof Members)) {
    const part = textOperand(operator, operand)
    return (text) => fits(text, part)
  }
  const [inner, value] = onlyMember(operand)
  if (inner !== 'equals-ignore-case') throw new InvalidPattern(`Unsupported ${operator} pattern: ${inner}`)
  const part = textOperand(inner, value).toLowerCase()
  return (text) => fits(text.toLowerCase(), part)
}

function equalsIgnoreCase(operand: Parsed): TextTest {
  const expected = textOperand('equals-ignore-case', operand).toLowerCase()
  return (text) => text.toLowerCase() === expected
}

/** `*` stands for any text; `\*` and `\\` for themselves. Matches in time linear in the text for each `*`. */
function wildcard(operand: Parsed): TextTest {
  const pieces = splitWildcard(textOperand('wildcard', operand))
  const [first = '', ...rest] = pieces
  const last = rest.pop()
  if (last === undefined) return (text) => text === first
  return (text) => {
    if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last))
      return false
    let position = first.length
    const end = text.length - last.length
    for (const piece of rest) {
      const found = text.indexOf(piece, position)
      if (found < 0 || found + piece.length > end) return false
      position = found + piece.length
    }
    return true
  }
}

function splitWildcard(pattern: string): string[] {
  const pieces = ['']
  for (let index = 0; index < pattern.length; index++) {
    const char = pattern[index]
    if (char === '*') {
      if (pattern[index + 1] === '*')
        throw new InvalidPattern(`Consecutive wildcard characters at pos ${index}`)
      pieces.push('')
      continue
    }
    if (char === '\\') index++
    const literal = pattern[index]
    if (literal === undefined || (char === '\\' && literal !== '*' && literal !== '\\')) {
      throw new InvalidPattern(`Invalid escape character at pos ${index - 1}`)
    }
    pieces.push(`${pieces.pop() ?? ''}${literal}`)
  }
  return pieces
}

/** The operand of `anything-but` as an expression: `{ "prefix" | "suffix" | "equals-ignore-case" | "wildcard": one or many }`. */
function noneOfTexts(expression: Members): TextTest {
  const [operator, operand] = onlyMember(expression)
  const values = isList(operand) ? operand : [operand]
  if (values.length === 0) throw new InvalidPattern(`Empty ${operator} list in anything-but`)
  const tests = values.map((value) => excluded(operator, value))
  return (text) => !tests.some((test) => test(text))
}

function excluded(operator: string, operand: Parsed): TextTest {
  switch (operator) {
    case 'prefix':
    case 'suffix':
      if (!isText(operand)) throw new InvalidPattern('prefix/suffix match pattern must be a string')
      if (operand === '') throw new InvalidPattern('Null prefix/suffix not allowed')
      return affix(operator, operand)
    case 'equals-ignore-case':
      return equalsIgnoreCase(operand)
    case 'wildcard':
      return wildcard(operand)
    default:
      throw new InvalidPattern(`Unsupported anything-but pattern: ${operator}`)
  }
}

/** An address as a number with its width in bits; undefined for text that is no IP address. */
function parseAddress(text: string): { bits: 32 | 128; value: bigint } | undefined {
  switch (isIP(text)) {
    case 4:
      return { bits: 32, value: fromIpv4(text) }
    case 6:
      return { bits: 128, value: fromIpv6(text) }
    default:
      return undefined
  }
}

function fromIpv4(text: string): bigint {
  return text.split('.').reduce((value, part) => (value << 8n) | BigInt(part), 0n)
}

function fromIpv6(text: string): bigint {
  const withoutZone = text.split('%')[0] ?? text
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(withoutZone)
  const full = dotted ? `${dotted[1]}${ipv4AsGroups(dotted[2] ?? '')}` : withoutZone
  const [head = '', tail] = full.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after]
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n)
}

function ipv4AsGroups(text: string): string {
  const value = fromIpv4(text)
  return `${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`
}

/**
 * Compiles an address block such as `10.0.0.0/8` or `2001:db8::/32` into a test of address texts.
 * Bits of the base address below the mask do not matter. Returns undefined where the block is malformed.
 */
function compileCidr(block: string): ((address: string) => boolean) | undefined {
  const [base = '', mask, ...rest] = block.split('/')
  const parsed = parseAddress(base)
  if (!parsed || mask === undefined || rest.length > 0 || !/^\d{1,3}$/.test(mask)) return undefined
  if (Number(mask) > parsed.bits) return undefined
  const shift = BigInt(parsed.bits - Number(mask))
  const network = parsed.value >> shift
  return (address) => {
    const candidate = parseAddress(address)
    return candidate !== undefined && candidate.bits === parsed.bits && candidate.value >> shift === network
  }
}

/** Whether an address lies in a block; a single address is a block of one. */
export function isInCidr(address: string, block: string): boolean {
  const whole = block.includes('/') ? block : `${block}/${isIP(block) === 6 ? 128 : 32}`
  return compileCidr(whole)?.(address) ?? false
}

type ScalarTest = (value: Scalar) => boolean

/** What a pattern asks of one field: some value passes `test`, or the field is absent and `absent` says that is fine. */
export interface FieldTest {
  readonly test: ScalarTest
  readonly absent: boolean
  readonly wildcards: Wildcards
}

/** Compiles the array at a field of a pattern: any one of its alternatives is enough. */
export function fieldTest(alternatives: readonly Parsed[]): FieldTest {
  if (alternatives.length === 0) throw new InvalidPattern('Empty arrays are not allowed')
  const texts = new Set<string>()
  const tests: ScalarTest[] = []
  let absent = false
  for (const alternative of alternatives) {
    if (typeof alternative === 'string') texts.add(alternative)
    else if (isAbsence(alternative)) absent = true
    else tests.push(scalarTest(alternative))
  }
  if (texts.size > 0) tests.unshift(oneOf(texts))
  const [only, ...more] = tests
  const test = only && more.length === 0 ? only : (value: Scalar) => tests.some((one) => one(value))
  return { test, absent, wildcards: alternatives.flatMap(wildcardsOf) }
}

/** The wildcard patterns of an alternative that is known to be valid. */
function wildcardsOf(alternative: Parsed): Wildcards {
  if (!(alternative instanceof Members)) return []
  const [operator, operand] = onlyMember(alternative)
  if (operator === 'wildcard' && typeof operand === 'string') return [[operand]]
  if (operator !== 'anything-but' || !(operand instanceof Members)) return []
  const [excluded, value] = onlyMember(operand)
  if (excluded !== 'wildcard') return []
  const values = isList(value) ? value : [value]
  return [values.filter((one) => typeof one === 'string')]
}

function oneOf(texts: ReadonlySet<string>): ScalarTest {
  const [only] = texts
  if (texts.size === 1) return (value) => value === only
  return (value) => typeof value === 'string' && texts.has(value)
}

function isAbsence(alternative: Parsed): boolean {
  if (!(alternative instanceof Members)) return false
  const [operator, operand] = onlyMember(alternative)
  return operator === 'exists' && operand === false
}

function scalarTest(alternative: Parsed): ScalarTest {
  if (alternative instanceof Members) return expression(...onlyMember(alternative))
  if (isList(alternative))
    throw new InvalidPattern('Match value must be String, number, true, false, or null')
  if (typeof alternative === 'number' || alternative instanceof NumberText) return sameNumber(alternative)
  return (value) => value === alternative
}

function expression(operator: string, operand: Parsed): ScalarTest {
  switch (operator) {
    case 'exactly':
      return exactly(textOperand('exact', operand))
    case 'prefix':
    case 'suffix':
      return onText(affix(operator, operand))
    case 'equals-ignore-case':
      return onText(equalsIgnoreCase(operand))
    case 'wildcard':
      return onText(wildcard(operand))
    case 'anything-but':
      return anythingBut(operand)
    case 'numeric':
      return onNumber(numeric(operand))
    case 'cidr':
      return onText(cidr(textOperand(operator, operand)))
    case 'exists':
      if (operand !== true) throw new InvalidPattern('exists match pattern must be either true or false.')
      return () => true
    default:
      throw new InvalidPattern(`Unrecognized match type ${operator}`)
  }
}

function exactly(text: string): ScalarTest {
  return (value) => value === text
}

function onText(test: TextTest): ScalarTest {
  return (value) => typeof value === 'string' && test(value)
}

function onNumber(test: (value: number) => boolean): ScalarTest {
  return (value) => {
    if (typeof value !== 'number' && !(value instanceof NumberText)) return false
    const comparable = comparableNumber(value)
    return comparable !== undefined && test(comparable)
  }
}

/** Equal as numbers where both have an exact double, else equal digit by digit. */
function sameNumber(expected: number | NumberText): ScalarTest {
  const comparable = comparableNumber(expected)
  if (comparable !== undefined) return onNumber((value) => value === comparable)
  const text = numberText(expected)
  return (value) => value instanceof NumberText && value.text === text
}

function cidr(block: string): TextTest {
  if (block.split('/').length !== 2) throw new InvalidPattern("Malformed CIDR, one '/' required")
  const test = compileCidr(block)
  if (!test) throw new InvalidPattern(`Malformed CIDR: ${block}`)
  return test
}

function anythingBut(operand: Parsed): ScalarTest {
  if (operand instanceof Members) {
    const test = noneOfTexts(operand)
    return (value) => typeof value !== 'string' || test(value)
  }
  const values = isList(operand) ? operand : [operand]
  if (values.length === 0) throw new InvalidPattern('Empty arrays are not allowed')
  const allTexts = values.every((value) => typeof value === 'string')
  const allNumbers = values.every((value) => typeof value === 'number' || value instanceof NumberText)
  if (!allTexts && !allNumbers) {
    throw new InvalidPattern('Inside anything but list, either all values are number or string')
  }
  const { test } = fieldTest(values)
  return (value) => !test(value)
}

/** Which element was taken of each array on the way: fields matched together must agree on it. */
export interface Membership {
  readonly array: readonly Json[]
  readonly index: number
  readonly outer: Membership | undefined
}

export function isScalar(value: Json): value is Scalar {
  return typeof value !== 'object' || value === null || value instanceof NumberText
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

/**
 * Visits every scalar at a path that is consistent with the elements taken so far, until `visit` answers true.
 * Scalars in an array stand for the field itself and bind no element; objects and arrays in it do.
 * A key with dots stands for several segments, as in event-ruler.
 */
export function someLeaf(
  node: Json,
  path: readonly string[],
  taken: Membership | undefined,
  visit: (value: Scalar, taken: Membership | undefined) => boolean,
): boolean {
  if (isScalar(node)) return path.length === 0 && visit(node, taken)
  if (isArray(node)) {
    const fixed = indexTaken(taken, node)
    return node.some((element, index) => {
      if (isScalar(element)) return path.length === 0 && visit(element, taken)
      if (fixed !== undefined && fixed !== index) return false
      const now = fixed === undefined ? { array: node, index, outer: taken } : taken
      return someLeaf(element, path, now, visit)
    })
  }
  return path.some((_, last) => {
    const key = path.slice(0, last + 1).join('.')
    const child = Object.hasOwn(node, key) ? node[key] : undefined
    return child !== undefined && someLeaf(child, path.slice(last + 1), taken, visit)
  })
}

function indexTaken(taken: Membership | undefined, array: readonly Json[]): number | undefined {
  for (let one = taken; one; one = one.outer) if (one.array === array) return one.index
  return undefined
}
