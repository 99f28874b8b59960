import { isInCidr } from '../events/cidr.ts'
import { matchesArn, matchesWildcard } from './wildcard.ts'

type Scalar = string | number | boolean
/** Operator → context key → the values that the policy names. */
export type Condition = Readonly<Record<string, Readonly<Record<string, Scalar | readonly Scalar[]>>>>
export type Context = Readonly<Record<string, string | readonly string[]>>

type Test = (actual: string, expected: string) => boolean

const TESTS: Readonly<Record<string, Test>> = {
  StringEquals: (actual, expected) => actual === expected,
  StringEqualsIgnoreCase: (actual, expected) => actual.toLowerCase() === expected.toLowerCase(),
  StringLike: (actual, expected) => matchesWildcard(expected, actual),
  ArnEquals: (actual, expected) => matchesArn(expected, actual),
  ArnLike: (actual, expected) => matchesArn(expected, actual),
  Bool: (actual, expected) => actual.toLowerCase() === expected.toLowerCase(),
  BinaryEquals: (actual, expected) => actual === expected,
  IpAddress: (actual, expected) => isInCidr(actual, expected),
  NumericEquals: (actual, expected) => Number(actual) === Number(expected),
  NumericLessThan: (actual, expected) => Number(actual) < Number(expected),
  NumericLessThanEquals: (actual, expected) => Number(actual) <= Number(expected),
  NumericGreaterThan: (actual, expected) => Number(actual) > Number(expected),
  NumericGreaterThanEquals: (actual, expected) => Number(actual) >= Number(expected),
  DateEquals: (actual, expected) => instant(actual) === instant(expected),
  DateLessThan: (actual, expected) => instant(actual) < instant(expected),
  DateLessThanEquals: (actual, expected) => instant(actual) <= instant(expected),
  DateGreaterThan: (actual, expected) => instant(actual) > instant(expected),
  DateGreaterThanEquals: (actual, expected) => instant(actual) >= instant(expected),
}

const NEGATED: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NotIpAddress: 'IpAddress',
  NumericNotEquals: 'NumericEquals',
  DateNotEquals: 'DateEquals',
}

/** Context keys that somebody here gives a value to. Any other would be absent, and its condition mean something else. */
const KEYS = new Set(
  [
    'aws:PrincipalAccount',
    'aws:PrincipalArn',
    'aws:SecureTransport',
    'aws:SourceAccount',
    'aws:SourceArn',
    'dynamodb:LeadingKeys',
    'events:detail-type',
    'events:source',
    'iam:PassedToService',
  ].map((key) => key.toLowerCase()),
)

/** What of a condition is not understood here; undefined where all is. */
export function unknownIn(condition: Condition): string | undefined {
  for (const [operator, keys] of Object.entries(condition)) {
    const base = OPERATOR.exec(operator)?.[2] ?? ''
    if (base !== 'Null' && !Object.hasOwn(TESTS, NEGATED[base] ?? base)) return `the operator ${operator}`
    const key = Object.keys(keys).find((one) => !KEYS.has(one.toLowerCase()))
    if (key !== undefined) return `the key ${key}`
  }
  return undefined
}

const OPERATOR = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/

/** Dates in policies are ISO 8601 or seconds since the epoch. */
function instant(text: string): number {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text)
}

/**
 * Whether every operator and key of a statement's `Condition` holds.
 * @throws Error for an operator that IAM does not know: a fault in the template, not a refusal.
 */
export function holds(condition: Condition, context: Context): boolean {
  for (const [operator, keys] of Object.entries(condition)) {
    for (const [key, value] of Object.entries(keys)) {
      const expected = (Array.isArray(value) ? value : [value]).map((one) => expand(String(one), context))
      if (!operatorHolds(operator, expected, valuesOf(key, context))) return false
    }
  }
  return true
}

function operatorHolds(operator: string, expected: string[], actual: readonly string[] | undefined): boolean {
  const [, quantifier, base, ifExists] = OPERATOR.exec(operator) ?? []
  if (base === 'Null') return (actual === undefined) === (expected[0]?.toLowerCase() === 'true')
  const negated = NEGATED[base ?? ''] !== undefined
  const test = TESTS[NEGATED[base ?? ''] ?? base ?? '']
  if (!test) throw new Error(`Unknown IAM condition operator ${operator}`)
  if (actual === undefined || actual.length === 0) {
    if (quantifier === 'ForAnyValue') return false
    return ifExists !== undefined || quantifier === 'ForAllValues' || negated
  }
  const meets = (value: string) => expected.some((one) => test(value, one)) !== negated
  return quantifier === 'ForAllValues' || (negated && !quantifier) ? actual.every(meets) : actual.some(meets)
}

function valuesOf(key: string, context: Context): readonly string[] | undefined {
  const direct = context[key] ?? caseInsensitive(key, context)
  return typeof direct === 'string' ? [direct] : direct
}

function caseInsensitive(key: string, context: Context): string | readonly string[] | undefined {
  const lower = key.toLowerCase()
  const name = Object.keys(context).find((candidate) => candidate.toLowerCase() === lower)
  return name === undefined ? undefined : context[name]
}

/** Replaces policy variables: `${aws:PrincipalTag/team}` from the context, `${*}`, `${?}` and `${$}` by themselves. */
export function expand(text: string, context: Context): string {
  if (!text.includes('${')) return text
  return text.replace(/\$\{([^}]+)\}/g, (whole, name: string) => {
    if (name === '*' || name === '?' || name === '$') return name
    return valuesOf(name, context)?.[0] ?? whole
  })
}
