import { type Condition, type Context, expand, holds } from './condition.ts'
import { matchesArn, matchesWildcard } from './wildcard.ts'

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
  const context = request.context ?? {}
  return (
    actionApplies(statement, request.action) &&
    resourceApplies(statement, request.resource, context) &&
    principalApplies(statement, request.principal) &&
    (statement.Condition === undefined || holds(statement.Condition, context))
  )
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
