import { createHash } from 'node:crypto'
import { isObject, type Json, type JsonObject, listOf, objectOf, textOf, textsOf } from '../json.ts'

/** What a template's functions look things up in. Each throws with a clear message where a name is unknown. */
export interface Scope {
  ref(logicalId: string): Json | undefined
  attribute(logicalId: string, attribute: string): Json
  condition(name: string): boolean
  imported(exportName: string): Json
  mapping(map: string, first: string, second: string): Json
}

/** The value with every intrinsic function replaced; `AWS::NoValue` removes the property or element. */
export function resolveValue(value: Json | undefined, scope: Scope): Json | undefined {
  if (Array.isArray(value)) return value.flatMap((one) => resolveValue(one, scope) ?? [])
  if (!isObject(value)) return value
  const [key, ...others] = Object.keys(value)
  if (key !== undefined && others.length === 0 && (key === 'Ref' || key.startsWith('Fn::'))) {
    return callFunction(key, value[key], scope)
  }
  const result: Record<string, Json> = {}
  for (const [name, part] of Object.entries(value)) {
    const resolved = resolveValue(part, scope)
    if (resolved !== undefined) result[name] = resolved
  }
  return result
}

function callFunction(name: string, argument: Json | undefined, scope: Scope): Json | undefined {
  const resolved = (value: Json | undefined) => resolveValue(value, scope)
  const text = (value: Json | undefined) => {
    const found = textOf(resolved(value))
    if (found === undefined) throw new Error(`${name} needs text, got ${JSON.stringify(value)}`)
    return found
  }
  const args = listOf(argument)
  switch (name) {
    case 'Ref':
      return scope.ref(text(argument))
    case 'Fn::GetAtt': {
      const [id, ...rest] = typeof argument === 'string' ? argument.split('.') : args.map(text)
      return scope.attribute(id ?? '', rest.join('.'))
    }
    case 'Fn::Join':
      return elementsOf(resolved(args[1])).map(text).join(text(args[0]))
    case 'Fn::Sub':
      return substitute(typeof argument === 'string' ? argument : text(args[0]), objectOf(args[1]), scope)
    case 'Fn::Select':
      return elementsOf(resolved(args[1]))[Number(text(args[0]))]
    case 'Fn::Split':
      return text(args[1]).split(text(args[0]))
    case 'Fn::If':
      return resolved(scope.condition(text(args[0])) ? args[1] : args[2])
    case 'Fn::ImportValue':
      return scope.imported(text(argument))
    case 'Fn::FindInMap':
      return scope.mapping(text(args[0]), text(args[1]), text(args[2]))
    case 'Fn::Base64':
      return Buffer.from(text(argument)).toString('base64')
    case 'Fn::ToJsonString':
      return JSON.stringify(resolved(argument))
    case 'Fn::Length':
      return elementsOf(resolved(argument)).length
    case 'Fn::GetAZs':
      return ['a', 'b', 'c'].map((zone) => `${text({ Ref: 'AWS::Region' })}${zone}`)
    default:
      throw new Error(`the intrinsic function ${name} is not supported locally`)
  }
}

function elementsOf(value: Json | undefined): readonly Json[] {
  return listOf(value)
}

function substitute(template: string, variables: JsonObject, scope: Scope): string {
  return template.replace(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, name: string) => {
    if (literal) return `\${${name}}`
    const own = variables[name]
    const found =
      own !== undefined
        ? resolveValue(own, scope)
        : name.includes('.') && !name.startsWith('AWS::')
          ? scope.attribute(name.slice(0, name.indexOf('.')), name.slice(name.indexOf('.') + 1))
          : scope.ref(name)
    return textOf(found) ?? textsOf(found).join(',')
  })
}

/** A template condition (`Fn::Equals`, `Fn::And`, `Fn::Or`, `Fn::Not`, `Condition`). */
export function resolveCondition(value: Json | undefined, scope: Scope): boolean {
  const condition = objectOf(value)
  const [key] = Object.keys(condition)
  const args = listOf(key ? condition[key] : undefined)
  switch (key) {
    case 'Condition':
      return scope.condition(textOf(condition.Condition) ?? '')
    case 'Fn::Equals': {
      const [left, right] = args.map((one) => JSON.stringify(resolveValue(one, scope)))
      return left === right
    }
    case 'Fn::And':
      return args.every((one) => resolveCondition(one, scope))
    case 'Fn::Or':
      return args.some((one) => resolveCondition(one, scope))
    case 'Fn::Not':
      return !resolveCondition(args[0], scope)
    default:
      throw new Error(`the condition function ${key ?? '(none)'} is not supported locally`)
  }
}

/** Where the stack pretends to be deployed. */
export const ACCOUNT = '000000000000'
export const REGION = 'eu-central-1'
export const PARTITION = 'aws'
export const URL_SUFFIX = 'amazonaws.com'

/** The addresses that become part of names: queue URLs begin with `aws`, the HTTP API's address is `app`. */
export interface Endpoints {
  readonly aws: string
  readonly app: string
}

export function arnOf(service: string, resource: string): string {
  return `arn:${PARTITION}:${service}:${REGION}:${ACCOUNT}:${resource}`
}

/** IAM's names have no region. */
function iamArn(resource: string): string {
  return `arn:${PARTITION}:iam::${ACCOUNT}:${resource}`
}

/** What names a resource: `name` is what the API of its service calls it. */
export interface Identity {
  readonly name: string
  readonly arn: string
  readonly ref: string
  readonly attributes: Readonly<Record<string, string>>
}

/** The property that sets a resource's name, by type; the other types get a generated one. */
const NAME_PROPERTY: Readonly<Record<string, string>> = {
  'AWS::ApiGatewayV2::Stage': 'StageName',
  'AWS::Cognito::UserPoolGroup': 'GroupName',
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::Events::EventBus': 'Name',
  'AWS::Events::Rule': 'Name',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SES::ConfigurationSet': 'Name',
  'AWS::SES::EmailIdentity': 'EmailIdentity',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::SSM::Parameter': 'Name',
  'AWS::Scheduler::Schedule': 'Name',
  'AWS::Scheduler::ScheduleGroup': 'Name',
  'AWS::SecretsManager::Secret': 'Name',
}

export function nameProperty(type: string): string | undefined {
  return NAME_PROPERTY[type]
}

export function stableHash(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length)
}

/** A physical name as CloudFormation makes it, `stack-logicalId-hash`, but the same on every start. */
export function generatedName(
  stack: string,
  logicalId: string,
  type: string,
  properties: JsonObject,
): string {
  const hash = stableHash(`${stack}/${logicalId}`, 12)
  if (type === 'AWS::ApiGatewayV2::Api') return stableHash(`${stack}/${logicalId}`, 10)
  if (type === 'AWS::Cognito::UserPool') return `${REGION}_${hash.slice(0, 9)}`
  if (type === 'AWS::Cognito::UserPoolClient') return stableHash(`${stack}/${logicalId}`, 26)
  if (type === 'AWS::KMS::Key') return stableHash(`${stack}/${logicalId}`, 32)
  const suffix = type === 'AWS::SQS::Queue' && textOf(properties.FifoQueue) === 'true' ? '.fifo' : ''
  const limit = 63 - hash.length - 1 - suffix.length
  const name = `${`${stack}-${logicalId}`.slice(0, limit)}-${hash}${suffix}`
  return type === 'AWS::S3::Bucket' ? name.toLowerCase() : name
}

/** Ref, ARN and attributes of a resource by its type, as CloudFormation's reference lists them. */
export function identify(type: string, name: string, properties: JsonObject, endpoints: Endpoints): Identity {
  const named = (service: string, resource: string, attributes: Record<string, string> = {}) => {
    const arn = arnOf(service, resource)
    return { name, arn, ref: name, attributes: { Arn: arn, ...attributes } }
  }
  switch (type) {
    case 'AWS::ApiGatewayV2::Api':
      return named('execute-api', name, { ApiId: name, ApiEndpoint: endpoints.app })
    case 'AWS::Cognito::UserPool': {
      const provider = `cognito-idp.${REGION}.${URL_SUFFIX}/${name}`
      const urls = { ProviderName: provider, ProviderURL: `https://${provider}`, UserPoolId: name }
      return named('cognito-idp', `userpool/${name}`, urls)
    }
    case 'AWS::DynamoDB::Table':
    case 'AWS::DynamoDB::GlobalTable':
      return named('dynamodb', `table/${name}`, { TableId: name })
    case 'AWS::Events::EventBus':
      return named('events', `event-bus/${name}`, { Name: name })
    case 'AWS::Events::Rule': {
      const bus = busName(textOf(properties.EventBusName))
      return named('events', bus === 'default' ? `rule/${name}` : `rule/${bus}/${name}`)
    }
    case 'AWS::IAM::Role':
      return iamIdentity(name, `role/${name}`, { RoleId: `AROA${stableHash(name, 17).toUpperCase()}` })
    case 'AWS::IAM::ManagedPolicy': {
      const policy = iamIdentity(name, `policy/${name}`, {})
      return { ...policy, ref: policy.arn }
    }
    case 'AWS::KMS::Key':
      return named('kms', `key/${name}`, { KeyId: name })
    case 'AWS::Lambda::Function':
      return named('lambda', `function:${name}`)
    case 'AWS::Logs::LogGroup':
      return named('logs', `log-group:${name}:*`)
    case 'AWS::S3::Bucket': {
      const arn = `arn:aws:s3:::${name}`
      const host = `${name}.s3.${REGION}.${URL_SUFFIX}`
      return { name, arn, ref: name, attributes: { Arn: arn, DomainName: host, RegionalDomainName: host } }
    }
    case 'AWS::SES::EmailIdentity':
      return named('ses', `identity/${name}`)
    case 'AWS::SES::ConfigurationSet':
      return named('ses', `configuration-set/${name}`)
    case 'AWS::SNS::Topic': {
      const topic = named('sns', name, { TopicName: name })
      return { ...topic, ref: topic.arn, attributes: { ...topic.attributes, TopicArn: topic.arn } }
    }
    case 'AWS::SQS::Queue': {
      const url = `${endpoints.aws}/${ACCOUNT}/${name}`
      return { ...named('sqs', name, { QueueName: name, QueueUrl: url }), ref: url }
    }
    case 'AWS::SSM::Parameter':
      return named('ssm', `parameter/${name}`, { Value: textOf(properties.Value) ?? '' })
    case 'AWS::Scheduler::ScheduleGroup':
      return named('scheduler', `schedule-group/${name}`)
    case 'AWS::Scheduler::Schedule':
      return named('scheduler', `schedule/${textOf(properties.GroupName) ?? 'default'}/${name}`)
    case 'AWS::SecretsManager::Secret': {
      const secret = named('secretsmanager', `secret:${name}-${stableHash(name, 6)}`)
      return { ...secret, ref: secret.arn, attributes: { ...secret.attributes, Id: secret.arn } }
    }
    default:
      return named(type.split('::')[1]?.toLowerCase() ?? 'unknown', name)
  }
}

/** A rule's bus is given by name or ARN; absent: `default`. */
export function busName(value: string | undefined): string {
  if (!value) return 'default'
  return value.startsWith('arn:') ? (value.split(':event-bus/')[1] ?? value) : value
}

function iamIdentity(name: string, resource: string, more: Record<string, string>): Identity {
  const arn = iamArn(resource)
  return { name, arn, ref: name, attributes: { Arn: arn, ...more } }
}
