import { isInCidr } from '../events/value-match.ts'

const compiled = new Map<string, RegExp>()

/** Tests `value` against an IAM pattern in which `*` stands for any text and `?` for one character. */
function matchesWildcard(pattern: string, value: string): boolean {
  if (pattern === '*') return true
  if (!pattern.includes('*') && !pattern.includes('?')) return pattern === value
  let expression = compiled.get(pattern)
  if (!expression) {
    const source = pattern
      .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')
    expression = new RegExp(`^${source}$`, 's')
    if (compiled.size > 10_000) compiled.clear()
    compiled.set(pattern, expression)
  }
  return expression.test(value)
}

/** As `matchesWildcard`, but each of the six parts of an ARN by itself: a `*` never reaches over a colon into the next. */
function matchesArn(pattern: string, arn: string): boolean {
  if (pattern === '*' || pattern === arn) return true
  const patternParts = arnParts(pattern)
  const parts = arnParts(arn)
  if (patternParts.length !== parts.length) return false
  return patternParts.every((part, index) => matchesWildcard(part, parts[index] ?? ''))
}

function arnParts(arn: string): string[] {
  const parts = arn.split(':')
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')]
}

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
function holds(condition: Condition, context: Context): boolean {
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
function expand(text: string, context: Context): string {
  if (!text.includes('${')) return text
  return text.replace(/\$\{([^}]+)\}/g, (whole, name: string) => {
    if (name === '*' || name === '?' || name === '$') return name
    return valuesOf(name, context)?.[0] ?? whole
  })
}

type OneOrMany = string | readonly string[]
type Principal = '*' | Readonly<Record<string, OneOrMany>>

/** One statement of a policy document, intrinsics already resolved. */
export interface Statement {
  readonly Sid?: string
  readonly Effect: string
  readonly Action?: OneOrMany
  readonly NotAction?: OneOrMany
  readonly Resource?: OneOrMany
  readonly NotResource?: OneOrMany
  readonly Condition?: Condition
  /** Only in resource policies (queues, keys, buckets). */
  readonly Principal?: Principal
  readonly NotPrincipal?: Principal
}

export interface AccessRequest {
  /** `service:Operation`; compared without regard to case. */
  readonly action: string
  readonly resource: string
  readonly context?: Context
  /** A service (`events.amazonaws.com`) or an ARN. A statement with a `Principal` never applies without it. */
  readonly principal?: string
}

export type Decision = 'allow' | 'implicit-deny' | 'explicit-deny'

/** What the statements together say about one request: a matching Deny wins over any Allow. */
export function evaluate(statements: readonly Statement[], request: AccessRequest): Decision {
  let decision: Decision = 'implicit-deny'
  for (const statement of statements) {
    if (!applies(statement, request)) continue
    if (statement.Effect === 'Deny') return 'explicit-deny'
    if (statement.Effect === 'Allow') decision = 'allow'
  }
  return decision
}

function applies(statement: Statement, request: AccessRequest): boolean {
  return (
    isAbout(statement, request) &&
    (statement.Condition === undefined || holds(statement.Condition, request.context ?? {}))
  )
}

/** Whether a statement speaks of a request, on what condition ever. */
export function isAbout(
  statement: Statement,
  { action, resource, principal, context = {} }: AccessRequest,
): boolean {
  return (
    actionApplies(statement, action) &&
    resourceApplies(statement, resource, context) &&
    principalApplies(statement, principal)
  )
}

/** Whether what a statement speaks of depends on who asks, and how: resources may be named by policy variables. */
export function isVariable({ Resource, NotResource }: Statement): boolean {
  return [...many(Resource ?? []), ...many(NotResource ?? [])].some((name) => name.includes('${'))
}

function actionApplies(statement: Statement, action: string): boolean {
  const lower = action.toLowerCase()
  const named = (names: OneOrMany) => many(names).some((name) => matchesWildcard(name.toLowerCase(), lower))
  if (statement.NotAction !== undefined) return !named(statement.NotAction)
  return statement.Action !== undefined && named(statement.Action)
}

function resourceApplies(statement: Statement, resource: string, context: Context): boolean {
  const named = (names: OneOrMany) => many(names).some((name) => matchesArn(expand(name, context), resource))
  if (statement.NotResource !== undefined) return !named(statement.NotResource)
  // Trust policies have no Resource: they speak of the role they hang on.
  return statement.Resource === undefined ? hasPrincipal(statement) : named(statement.Resource)
}

function principalApplies(statement: Statement, principal: string | undefined): boolean {
  if (!hasPrincipal(statement)) return true
  if (principal === undefined) return false
  if (statement.NotPrincipal !== undefined) return !includesPrincipal(statement.NotPrincipal, principal)
  return statement.Principal !== undefined && includesPrincipal(statement.Principal, principal)
}

function includesPrincipal(named: Principal, principal: string): boolean {
  if (named === '*') return true
  return Object.values(named).some((names) => many(names).some((name) => standsFor(name, principal)))
}

/** A whole account (`123456789012` or its root) stands for every role in it. */
function standsFor(name: string, principal: string): boolean {
  if (name === '*' || name === principal) return true
  const account = /^(?:arn:aws:iam::)?(\d{12})(?::root)?$/.exec(name)?.[1]
  return account !== undefined && principal.split(':')[4] === account
}

function hasPrincipal(statement: Statement): boolean {
  return statement.Principal !== undefined || statement.NotPrincipal !== undefined
}

function many(names: OneOrMany): readonly string[] {
  return typeof names === 'string' ? [names] : names
}
