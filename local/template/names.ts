import { createHash } from 'node:crypto'
import { type JsonObject, textOf } from '../json.ts'
import { ACCOUNT, arnOf, type Endpoints, iamArn, REGION, URL_SUFFIX } from './place.ts'

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
