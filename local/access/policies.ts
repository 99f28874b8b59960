import { unknownIn } from '../iam/condition.ts'
import type { Statement } from '../iam/evaluate.ts'
import { type Json, objectsOf, textOf, textsOf } from '../json.ts'
import type { Resource, StackModel } from '../template/model.ts'
import { statementsOf } from './statements.ts'

/** What the template allows: by role ARN, and by the ARN of a resource with a policy of its own. */
export interface Policies {
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
