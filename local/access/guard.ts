import { AwsError } from '../aws-error.ts'
import {
  type AccessRequest,
  type Condition,
  type Context,
  type Decision,
  evaluate,
  isAbout,
  isVariable,
  type Statement,
  unknownIn,
} from '../iam/evaluate.ts'
import { isObject, type Json, type JsonObject, objectOf, objectsOf, textOf, textsOf } from '../json.ts'
import { ACCOUNT } from '../template/intrinsics.ts'
import type { Resource, StackModel } from '../template/model.ts'

/** Who makes a call: whoever holds the local credentials, or a function in its role. */
export type Caller =
  | { readonly kind: 'local' }
  | { readonly kind: 'function'; readonly name: string; readonly roleArn: string }

/** One permission that a call needs. `alternatives`: it is enough to be allowed on any of these resources. */
export interface Need {
  readonly action: string
  readonly resource: string
  readonly alternatives?: readonly string[]
  readonly context?: Context
}

/** Every connection counts as encrypted: nothing leaves this machine. */
const CONNECTION: Context = { 'aws:SecureTransport': 'true', 'aws:PrincipalAccount': ACCOUNT }

/** Schedules and objects have names of their own, and come without end. */
const mostKnown = 10_000

/** Checks calls against the template's policies, and answers as IAM does. */
export class Guard {
  readonly #policies: Policies
  readonly #decided = new Map<string, Decision>()
  readonly #statements = new Map<string, { readonly own: Statement[]; readonly other: Statement[] }>()

  constructor(policies: Policies) {
    this.#policies = policies
  }

  /** @throws AwsError AccessDeniedException naming the function's role, the action and the resource */
  authorize(caller: Caller, needs: readonly Need[]): void {
    if (caller.kind === 'local') return
    for (const need of needs) {
      const decision = this.#decide(caller.roleArn, need)
      if (decision === 'allow') continue
      const role = caller.roleArn.split('/').at(-1)
      throw denied(`arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${caller.name}`, need, decision)
    }
  }

  /** For services that act in a role, such as Scheduler. @throws AwsError AccessDeniedException */
  authorizeRole(roleArn: string, need: Need): void {
    const decision = this.#decide(roleArn, need)
    if (decision !== 'allow') throw denied(roleArn, need, decision)
  }

  /** For services that need no role but the resource's own policy, such as rules that send to a queue. */
  allowsService(service: string, action: string, resource: string, sourceArn: string): boolean {
    const statements = this.#policies.resources.get(resource) ?? []
    const context = { ...CONNECTION, 'aws:SourceArn': sourceArn, 'aws:SourceAccount': ACCOUNT }
    return evaluate(statements, { action, resource, context, principal: service }) === 'allow'
  }

  hasRole(roleArn: string): boolean {
    return this.#policies.roles.has(roleArn)
  }

  #decide(roleArn: string, need: Need): Decision {
    const resources = [need.resource, ...(need.alternatives ?? [])]
    const values = Object.values(need.context ?? {})
    // Keys of items, which are lists, come without end; the sources and types of events are few.
    const isNamed = values.every((value) => typeof value === 'string')
    let worst: Decision = 'implicit-deny'
    for (const resource of resources) {
      const key = isNamed ? [roleArn, need.action, resource, ...values].join('\n') : undefined
      const known = key === undefined ? undefined : this.#decided.get(key)
      const decision = known ?? this.#evaluate(roleArn, need, resource)
      if (this.#decided.size === mostKnown) this.#decided.clear()
      if (key !== undefined) this.#decided.set(key, decision)
      if (decision === 'allow') return decision
      if (decision === 'explicit-deny') worst = decision
    }
    return worst
  }

  /** The statements that speak of an action of a role on a resource: found once, they are a few of many. */
  #about(
    roleArn: string,
    request: AccessRequest,
  ): { readonly own: Statement[]; readonly other: Statement[] } {
    const key = `${roleArn} ${request.action} ${request.resource}`
    const known = this.#statements.get(key)
    if (known) return known
    const { roles, resources } = this.#policies
    const some = (all: readonly Statement[], asked: AccessRequest) =>
      all.filter((statement) => isVariable(statement) || isAbout(statement, asked))
    const own = some(roles.get(roleArn) ?? [], request)
    const other = some(resources.get(request.resource) ?? [], { ...request, principal: roleArn })
    const about = { own, other }
    if (this.#statements.size === mostKnown) this.#statements.clear()
    this.#statements.set(key, about)
    return about
  }

  /** Within one account either the caller's role or the resource's policy may allow; each may deny. */
  #evaluate(roleArn: string, need: Need, resource: string): Decision {
    const context = { ...CONNECTION, 'aws:PrincipalArn': roleArn, ...need.context }
    const request = { action: need.action, resource, context }
    const about = this.#about(roleArn, request)
    const own = evaluate(about.own, request)
    const other = evaluate(about.other, { ...request, principal: roleArn })
    if (own === 'explicit-deny' || other === 'explicit-deny') return 'explicit-deny'
    return own === 'allow' || other === 'allow' ? 'allow' : 'implicit-deny'
  }
}

function denied(user: string, need: Need, decision: Decision): AwsError {
  const reason =
    decision === 'explicit-deny'
      ? `with an explicit deny in an identity-based policy`
      : `because no identity-based policy allows the ${need.action} action`
  return new AwsError(
    'AccessDeniedException',
    `User: ${user} is not authorized to perform: ${need.action} on resource: ${need.resource} ${reason}`,
    need.action.startsWith('s3:') || need.action.startsWith('ses:') || need.action.startsWith('scheduler:')
      ? 403
      : 400,
  )
}

type Principal = NonNullable<Statement['Principal']>

/** The statements of a policy document whose intrinsics are resolved. */
function statementsOf(document: Json | undefined): Statement[] {
  return objectsOf(objectOf(document).Statement).map(statementOf)
}

function statementOf(json: JsonObject): Statement {
  const many = (key: string) => (json[key] === undefined ? {} : { [key]: textsOf(json[key]) })
  return {
    Effect: textOf(json.Effect) ?? 'Deny',
    ...many('Action'),
    ...many('NotAction'),
    ...many('Resource'),
    ...many('NotResource'),
    ...(json.Condition === undefined ? {} : { Condition: conditionOf(objectOf(json.Condition)) }),
    ...(json.Principal === undefined ? {} : { Principal: principalOf(json.Principal) }),
    ...(json.NotPrincipal === undefined ? {} : { NotPrincipal: principalOf(json.NotPrincipal) }),
  }
}

function conditionOf(json: JsonObject): Condition {
  return Object.fromEntries(
    Object.entries(json).map(([operator, keys]) => [
      operator,
      Object.fromEntries(Object.entries(objectOf(keys)).map(([key, value]) => [key, textsOf(value)])),
    ]),
  )
}

function principalOf(json: Json): Principal {
  if (!isObject(json)) return '*'
  return Object.fromEntries(Object.entries(json).map(([kind, value]) => [kind, textsOf(value)]))
}

/** What the template allows: by role ARN, and by the ARN of a resource with a policy of its own. */
interface Policies {
  readonly roles: ReadonlyMap<string, readonly Statement[]>
  readonly resources: ReadonlyMap<string, readonly Statement[]>
}

/** AWS's managed policies that a function's role may name; what they allow goes to no service that runs here. */
const MANAGED_WITHOUT_EFFECT = [
  'AWSLambdaBasicExecutionRole',
  'AWSXRayDaemonWriteAccess',
  'AWSXrayWriteOnlyAccess',
]

export function readPolicies(model: StackModel): Policies {
  const roles = new Map<string, Statement[]>()
  const managed = new Map<string, Statement[]>()
  for (const policy of model.ofType('AWS::IAM::ManagedPolicy')) {
    managed.set(policy.ref, understood(policy, policy.properties.PolicyDocument))
  }
  for (const role of model.ofType('AWS::IAM::Role')) {
    const inline = objectsOf(role.properties.Policies).flatMap((one) => understood(role, one.PolicyDocument))
    roles.set(role.arn, [...inline, ...managedStatements(role, managed)])
  }
  for (const policy of model.ofType('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy')) {
    for (const name of textsOf(policy.properties.Roles)) {
      const role = model.ofType('AWS::IAM::Role').find((one) => one.name === name)
      if (role) roles.get(role.arn)?.push(...understood(policy, policy.properties.PolicyDocument))
    }
  }
  return { roles, resources: resourcePolicies(model) }
}

/** @throws Error naming the resource whose policy has a condition that could not be checked here */
function understood({ stack, logicalId }: Resource, document: Json | undefined): Statement[] {
  const statements = statementsOf(document)
  for (const { Condition = {} } of statements) {
    const unknown = unknownIn(Condition)
    if (unknown !== undefined)
      throw new Error(`${stack}/${logicalId}: ${unknown} of a policy's condition is not checked locally`)
  }
  return statements
}

function managedStatements(role: Resource, managed: ReadonlyMap<string, Statement[]>): Statement[] {
  return textsOf(role.properties.ManagedPolicyArns).flatMap((arn) => {
    const own = managed.get(arn)
    if (own) return own
    if (MANAGED_WITHOUT_EFFECT.some((name) => arn.endsWith(`/${name}`))) return []
    throw new Error(`${role.stack}/${role.logicalId}: the managed policy ${arn} is not known locally`)
  })
}

function resourcePolicies(model: StackModel): Map<string, Statement[]> {
  const policies = new Map<string, Statement[]>()
  const add = (arn: string, statements: Statement[]) =>
    policies.set(arn, [...(policies.get(arn) ?? []), ...statements])
  for (const policy of model.ofType('AWS::SQS::QueuePolicy')) {
    for (const url of textsOf(policy.properties.Queues)) {
      const queue = model.ofType('AWS::SQS::Queue').find((one) => one.ref === url)
      if (queue) add(queue.arn, understood(policy, policy.properties.PolicyDocument))
    }
  }
  for (const policy of model.ofType('AWS::Events::EventBusPolicy')) {
    const named = textOf(policy.properties.EventBusName) ?? 'default'
    const bus = model.ofType('AWS::Events::EventBus').find((one) => one.name === named)
    const Statement = [policy.properties.Statement ?? null]
    if (bus) add(bus.arn, understood(policy, { Statement }))
  }
  for (const permission of model.ofType('AWS::Lambda::Permission')) {
    const { FunctionName, Principal, Action, SourceArn, SourceAccount } = permission.properties
    const named = textOf(FunctionName)
    const fn = model.ofType('AWS::Lambda::Function').find((one) => one.arn === named || one.name === named)
    if (!fn) continue
    const equals = textOf(SourceAccount)
    const like = textOf(SourceArn)
    const condition = {
      ...(like === undefined ? {} : { ArnLike: { 'aws:SourceArn': [like] } }),
      ...(equals === undefined ? {} : { StringEquals: { 'aws:SourceAccount': [equals] } }),
    }
    add(fn.arn, [
      {
        Effect: 'Allow',
        Action: [textOf(Action) ?? ''],
        Resource: [fn.arn],
        Principal: { Service: [textOf(Principal) ?? ''] },
        Condition: condition,
      },
    ])
  }
  return policies
}
