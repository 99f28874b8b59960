import { isObject, type Json, type JsonObject, objectOf, textOf } from '../json.ts'
import type { Assembly, StackTemplate } from './assembly.ts'
import {
  ACCOUNT,
  arnOf,
  type Endpoints,
  generatedName,
  type Identity,
  identify,
  nameProperty,
  PARTITION,
  REGION,
  resolveCondition,
  resolveValue,
  type Scope,
  stableHash,
  URL_SUFFIX,
} from './intrinsics.ts'

/** Types the runner runs. */
const RUN_TYPES: ReadonlySet<string> = new Set([
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::Cognito::UserPoolGroup',
  'AWS::DynamoDB::GlobalTable',
  'AWS::DynamoDB::Table',
  'AWS::Events::EventBus',
  'AWS::Events::EventBusPolicy',
  'AWS::Events::Rule',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::S3::Bucket',
  'AWS::SES::ConfigurationSet',
  'AWS::SES::ConfigurationSetEventDestination',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
  'AWS::Scheduler::Schedule',
  'AWS::Scheduler::ScheduleGroup',
  'AWS::SecretsManager::Secret',
])

/** Types that change nothing that can be seen on this machine, each with the reason. */
const HARMLESS_TYPES: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::Account': 'logging role of the account',
  'AWS::ApiGatewayV2::ApiMapping': 'custom domains are not served locally',
  'AWS::ApiGatewayV2::DomainName': 'custom domains are not served locally',
  'AWS::Athena::NamedQuery': 'saved text',
  'AWS::Athena::WorkGroup': 'queries are not run through AWS locally',
  'AWS::Budgets::Budget': 'nothing is billed locally',
  'AWS::CDK::Metadata': 'usage statistics of the CDK',
  'AWS::CertificateManager::Certificate': 'no TLS on the loopback interface',
  'AWS::CloudWatch::Alarm': 'logs and dead letters are shown instead',
  'AWS::CloudWatch::CompositeAlarm': 'logs and dead letters are shown instead',
  'AWS::CloudWatch::Dashboard': 'a picture of metrics',
  'AWS::Cognito::UserPool': 'fixed local tokens stand for its users',
  'AWS::Cognito::UserPoolClient': 'fixed local tokens stand for its users',
  'AWS::Cognito::UserPoolDomain': 'no hosted sign-in locally',
  'AWS::Cognito::UserPoolResourceServer': 'no hosted sign-in locally',
  'AWS::Cognito::ManagedLoginBranding': 'no hosted sign-in locally',
  'AWS::Events::Archive': 'replays are not offered; the bus itself is unaffected',
  'AWS::Glue::Database': 'catalogue for Athena',
  'AWS::Glue::Table': 'catalogue for Athena',
  'AWS::KMS::Alias': 'nothing is encrypted at rest locally',
  'AWS::KMS::Key': 'nothing is encrypted at rest locally',
  'AWS::Logs::LogGroup': 'logs go to files in the data folder',
  'AWS::Logs::MetricFilter': 'no metrics locally',
  'AWS::Logs::ResourcePolicy': 'logs go to files in the data folder',
  'AWS::Route53::RecordSet': 'no DNS locally',
  'AWS::S3::BucketPolicy': 'callers are checked against their own roles',
  'AWS::SES::EmailIdentity': 'every sender address counts as verified, and nothing signs mail',
  'AWS::SES::DedicatedIpPool': 'nothing leaves this machine',
  'AWS::SNS::Subscription': 'topics carry alarms only',
  'AWS::SNS::Topic': 'topics carry alarms only',
  'AWS::SNS::TopicPolicy': 'topics carry alarms only',
  'AWS::SSM::Parameter': 'its value is resolved into the template',
  'AWS::SecretsManager::ResourcePolicy': 'callers are checked against their own roles',
  'AWS::SecretsManager::RotationSchedule': 'local secrets are not rotated',
  'AWS::WAFv2::WebACL': 'no hostile traffic on the loopback interface',
  'AWS::WAFv2::WebACLAssociation': 'no hostile traffic on the loopback interface',
  'AWS::XRay::Group': 'no traces locally',
  'Custom::LogRetention': 'logs go to files in the data folder',
  'Custom::S3AutoDeleteObjects': 'buckets are emptied with the data folder',
}

export interface Resource extends Identity {
  readonly stack: string
  readonly logicalId: string
  readonly type: string
  /** Every intrinsic function replaced. */
  readonly properties: JsonObject
}

/** All resources of all stacks with names, and their properties as CloudFormation would hand them to the services. */
export class StackModel {
  readonly resources: readonly Resource[]
  readonly outputs: Readonly<Record<string, Json>>
  /** Pages that the project wants to be found: `Metadata.LocalLinks` of its templates. */
  readonly links: readonly Link[]
  /** Paths of pictures that emails may show here, since looking at them tells nobody anything: `Metadata.LocalPictures`. */
  readonly pictures: readonly string[]

  constructor(assembly: Assembly, endpoints: Endpoints) {
    const scopes = new Map<string, StackScope>()
    for (const stack of assembly.stacks) {
      scopes.set(stack.stackName, new StackScope(stack, endpoints, () => [...scopes.values()]))
    }
    const all = [...scopes.values()]
    this.resources = all.flatMap((scope) => scope.resources())
    refuseUnknown(this.resources)
    this.outputs = Object.assign({}, ...all.map((scope) => scope.outputs()))
    this.links = assembly.stacks.flatMap(({ template }) => linksOf(objectOf(template.Metadata).LocalLinks))
    this.pictures = assembly.stacks.flatMap(({ template }) =>
      pathsOf(objectOf(template.Metadata).LocalPictures),
    )
  }

  ofType(...types: string[]): Resource[] {
    return this.resources.filter((resource) => types.includes(resource.type))
  }
}

/** A page of the app, or of the API as a signed-in user sees it: `/_local/as/{group}/api/…`. */
interface Link {
  readonly group: string
  readonly text: string
  /** From the root of the app. */
  readonly path: string
  /** Tells links of the same text apart, such as languages. */
  readonly variant: string | undefined
}

function linksOf(metadata: Json | undefined): Link[] {
  if (!Array.isArray(metadata)) return []
  return metadata.flatMap((one) => {
    const link = objectOf(one)
    const [group, text, path] = [textOf(link.group), textOf(link.text), textOf(link.path)]
    return group && text && path?.startsWith('/')
      ? [{ group, text, path, variant: textOf(link.variant) }]
      : []
  })
}

function pathsOf(metadata: Json | undefined): string[] {
  const all = Array.isArray(metadata) ? metadata : []
  return all.flatMap((one) => (typeof one === 'string' && /^\/[\w/-]+\/$/.test(one) ? [one] : []))
}

function refuseUnknown(resources: readonly Resource[]): void {
  const unknown = resources.filter(({ type }) => !RUN_TYPES.has(type) && !(type in HARMLESS_TYPES))
  if (unknown.length === 0) return
  const lines = unknown.map((one) => `  ${one.stack}/${one.logicalId}: ${one.type}`)
  throw new Error(`the template has resources that cannot be run locally:\n${lines.join('\n')}`)
}

class StackScope implements Scope {
  readonly #stack: StackTemplate
  readonly #endpoints: Endpoints
  readonly #others: () => StackScope[]
  readonly #identities = new Map<string, Identity>()
  readonly #naming = new Set<string>()

  constructor(stack: StackTemplate, endpoints: Endpoints, others: () => StackScope[]) {
    this.#stack = stack
    this.#endpoints = endpoints
    this.#others = others
  }

  resources(): Resource[] {
    const found: Resource[] = []
    for (const [logicalId, value] of Object.entries(objectOf(this.#stack.template.Resources))) {
      const resource = objectOf(value)
      const condition = textOf(resource.Condition)
      if (condition !== undefined && !this.condition(condition)) continue
      const stack = this.#stack.stackName
      const type = textOf(resource.Type) ?? ''
      try {
        const properties = objectOf(this.#resolve(resource.Properties))
        found.push({ ...this.#identity(logicalId), stack, logicalId, type, properties })
      } catch (error) {
        throw new Error(`${stack}/${logicalId} (${type}): ${error instanceof Error ? error.message : error}`)
      }
    }
    return found
  }

  outputs(): Record<string, Json> {
    const outputs: Record<string, Json> = {}
    for (const [name, output] of Object.entries(objectOf(this.#stack.template.Outputs))) {
      const condition = textOf(objectOf(output).Condition)
      if (condition !== undefined && !this.condition(condition)) continue
      outputs[`${this.#stack.stackName}.${name}`] = this.#resolve(objectOf(output).Value) ?? null
    }
    return outputs
  }

  exported(name: string): Json | undefined {
    for (const output of Object.values(objectOf(this.#stack.template.Outputs))) {
      const exportName = objectOf(objectOf(output).Export).Name
      if (exportName !== undefined && this.#resolve(exportName) === name)
        return this.#resolve(objectOf(output).Value)
    }
    return undefined
  }

  ref(name: string): Json | undefined {
    switch (name) {
      case 'AWS::AccountId':
        return ACCOUNT
      case 'AWS::Region':
        return REGION
      case 'AWS::Partition':
        return PARTITION
      case 'AWS::URLSuffix':
        return URL_SUFFIX
      case 'AWS::StackName':
        return this.#stack.stackName
      case 'AWS::StackId':
        return arnOf(
          'cloudformation',
          `stack/${this.#stack.stackName}/${stableHash(this.#stack.stackName, 32)}`,
        )
      case 'AWS::NotificationARNs':
        return []
      case 'AWS::NoValue':
        return undefined
      default: {
        const parameter = objectOf(this.#stack.template.Parameters)[name]
        if (parameter === undefined) return this.#identity(name).ref
        const value = objectOf(parameter).Default
        if (value === undefined) throw new Error(`the parameter ${name} has no default`)
        return value
      }
    }
  }

  attribute(logicalId: string, attribute: string): Json {
    return this.#identity(logicalId).attributes[attribute] ?? `${logicalId}.${attribute}`
  }

  condition(name: string): boolean {
    const condition = objectOf(this.#stack.template.Conditions)[name]
    if (condition === undefined) throw new Error(`there is no condition ${name}`)
    return resolveCondition(condition, this)
  }

  imported(exportName: string): Json {
    for (const scope of this.#others()) {
      const value = scope.exported(exportName)
      if (value !== undefined) return value
    }
    throw new Error(`no stack exports ${exportName}`)
  }

  mapping(map: string, first: string, second: string): Json {
    const value = objectOf(objectOf(objectOf(this.#stack.template.Mappings)[map])[first])[second]
    if (value === undefined) throw new Error(`the mapping ${map}.${first}.${second} is missing`)
    return value
  }

  /** Resolved, with the public address of the HTTP API replaced by the one it has here. */
  #resolve(value: Json | undefined): Json | undefined {
    return atLocalAddress(resolveValue(value, this), this.#endpoints.app)
  }

  #identity(logicalId: string): Identity {
    const known = this.#identities.get(logicalId)
    if (known) return known
    const resource = objectOf(this.#stack.template.Resources)[logicalId]
    if (!isObject(resource)) throw new Error(`${logicalId} is no resource, parameter or pseudo parameter`)
    if (this.#naming.has(logicalId)) throw new Error(`the name of ${logicalId} depends on itself`)
    this.#naming.add(logicalId)
    const type = textOf(resource.Type) ?? ''
    const raw = objectOf(resource.Properties)
    const naming: Record<string, Json> = {}
    for (const key of [nameProperty(type), 'EventBusName', 'GroupName', 'FifoQueue', 'Value']) {
      const value = key === undefined ? undefined : this.#resolve(raw[key])
      if (key !== undefined && value !== undefined) naming[key] = value
    }
    const given = textOf(naming[nameProperty(type) ?? ''])
    const name = given ?? generatedName(this.#stack.stackName, logicalId, type, naming)
    const identity = identify(type, name, naming, this.#endpoints)
    this.#identities.set(logicalId, identity)
    return identity
  }
}

function atLocalAddress(value: Json | undefined, app: string): Json | undefined {
  if (typeof value === 'string') {
    return value.replace(/https:\/\/[0-9a-f]{10}\.execute-api\.[a-z0-9-]+\.amazonaws\.com/g, app)
  }
  if (Array.isArray(value)) return value.map((one) => atLocalAddress(one, app) ?? null)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, atLocalAddress(one, app)]))
}
