import { AwsError } from '../aws-error.ts'
import type { Context } from '../iam/condition.ts'
import { type Decision, evaluate } from '../iam/evaluate.ts'
import { ACCOUNT } from '../template/place.ts'
import type { Policies } from './policies.ts'

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

/** Checks calls against the template's policies, and answers as IAM does. */
export class Guard {
  readonly #policies: Policies
  readonly #decided = new Map<string, Decision>()

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
    let worst: Decision = 'implicit-deny'
    for (const resource of resources) {
      const key = `${roleArn} ${need.action} ${resource}`
      const known = need.context === undefined ? this.#decided.get(key) : undefined
      const decision = known ?? this.#evaluate(roleArn, need, resource)
      if (need.context === undefined) this.#decided.set(key, decision)
      if (decision === 'allow') return decision
      if (decision === 'explicit-deny') worst = decision
    }
    return worst
  }

  /** Within one account either the caller's role or the resource's policy may allow; each may deny. */
  #evaluate(roleArn: string, need: Need, resource: string): Decision {
    const context = { ...CONNECTION, 'aws:PrincipalArn': roleArn, ...need.context }
    const request = { action: need.action, resource, context }
    const own = evaluate(this.#policies.roles.get(roleArn) ?? [], request)
    const other = evaluate(this.#policies.resources.get(resource) ?? [], { ...request, principal: roleArn })
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
