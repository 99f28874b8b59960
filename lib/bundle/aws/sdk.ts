import { randomUUID } from 'node:crypto'
import { itemOf, itemText } from './attribute-values.ts'
import { Client, type Command, type Config, exception, type Json, type Service } from './client.ts'
import { escaped } from './signed-request.ts'

/*
 * Stands in for seven of the SDK's packages inside the bundles: the same names, requests, answers and errors of the
 * operations that functions use, at a third of the processor time and a thirtieth of the code. What functions import and are
 * type-checked and tested against is the SDK; `test/lib/bundle/aws-sdk.test.ts` holds the two together.
 */
const service = (name: string, host: string, more: Partial<Service> = {}): Service => ({
  name,
  host,
  signedAs: host,
  ...more,
})

const clientOf = (of: Service) =>
  class extends Client {
    constructor(config: Config = {}) {
      super(of, config)
    }
  }

/** Operations that are named in a header and take and give JSON. */
const rpc = (prefix: string, version: '1.0' | '1.1', operation: string, more: () => Json = () => ({})) =>
  class implements Command {
    readonly input: Json
    constructor(input: Json) {
      this.input = { ...more(), ...input }
    }
    request() {
      const headers = {
        'content-type': `application/x-amz-json-${version}`,
        'x-amz-target': `${prefix}.${operation}`,
      }
      return { method: 'POST', path: '/', headers, body: this.body() }
    }
    body(): string {
      return JSON.stringify(this.input)
    }
    output(answer: Json): Json {
      return answer
    }
  }

/** Operations that are an address. */
const rest = (make: (input: Json) => ReturnType<Command['request']>) =>
  class implements Command {
    readonly #request
    constructor(input: Json) {
      this.#request = make(input)
    }
    request() {
      return this.#request
    }
    output(answer: Json): Json {
      return answer
    }
  }

type Fields = Readonly<Record<string, (value: never) => unknown>>
type Table<Value> = Readonly<Record<string, Value>>

const objectText = <Value>(object: Table<Value>, text: (value: Value, name: string) => string): string =>
  `{${Object.entries(object)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${JSON.stringify(name)}:${text(value, name)}`)
    .join(',')}}`

const listText =
  <Value>(text: (value: Value) => string) =>
  (values: readonly Value[]): string =>
    `[${values.map(text).join(',')}]`

/** JSON of a request in which items, and parts of them, stand as DynamoDB has them. */
const documentText = (input: Json): string =>
  objectText(input, (value, name) => writers[name]?.(value as never) ?? JSON.stringify(value))

const writers: Readonly<Record<string, (value: never) => string>> = {
  Item: itemText,
  Key: itemText,
  ExpressionAttributeValues: itemText,
  ExclusiveStartKey: itemText,
  Keys: listText(itemText),
  PutRequest: documentText,
  DeleteRequest: documentText,
  RequestItems: (tables: Table<Json | readonly Json[]>) =>
    objectText(tables, (asked) => (isList(asked) ? listText(documentText)(asked) : documentText(asked))),
}

const isList = (asked: Json | readonly Json[]): asked is readonly Json[] => Array.isArray(asked)

const mapped = <Value, To>(object: Table<Value>, to: (value: Value) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, to(value)]))

const documentOf = (answer: Json): Json =>
  Object.fromEntries(
    Object.entries(answer).map(([name, value]) => [name, readers[name]?.(value as never) ?? value]),
  )

const itemsOf = (items: readonly Parameters<typeof itemOf>[0][]) => items.map(itemOf)

const readers: Fields = {
  Item: itemOf,
  Items: itemsOf,
  Attributes: itemOf,
  LastEvaluatedKey: itemOf,
  Key: itemOf,
  Keys: itemsOf,
  PutRequest: documentOf,
  DeleteRequest: documentOf,
  Responses: (tables: Table<Parameters<typeof itemsOf>[0]>) => mapped(tables, itemsOf),
  UnprocessedKeys: (tables: Table<Json>) => mapped(tables, documentOf),
  UnprocessedItems: (tables: Table<readonly Json[]>) => mapped(tables, (all) => all.map(documentOf)),
}

/** Operations of DynamoDB whose items are objects of JavaScript. */
const documents = (operation: string) =>
  class extends rpc('DynamoDB_20120810', '1.0', operation) {
    override body(): string {
      return documentText(this.input)
    }
    override output(answer: Json): Json {
      return documentOf(answer)
    }
  }

const dynamoDb = service('DYNAMODB', 'dynamodb', { attempts: 4, firstWait: 25 })

export const DynamoDBClient = clientOf(dynamoDb)
export const DynamoDBDocumentClient = { from: (client: Client): Client => client }
export const DescribeTableCommand = rpc('DynamoDB_20120810', '1.0', 'DescribeTable')
export const BatchGetCommand = documents('BatchGetItem')
export const BatchWriteCommand = documents('BatchWriteItem')
export const DeleteCommand = documents('DeleteItem')
export const GetCommand = documents('GetItem')
export const PutCommand = documents('PutItem')
export const QueryCommand = documents('Query')
export const ScanCommand = documents('Scan')
export const UpdateCommand = documents('UpdateItem')

export const EventBridgeClient = clientOf(service('EVENTBRIDGE', 'events'))
export const PutEventsCommand = rpc('AWSEvents', '1.1', 'PutEvents')

export const SQSClient = clientOf(service('SQS', 'sqs'))
export const ChangeMessageVisibilityBatchCommand = rpc('AmazonSQS', '1.0', 'ChangeMessageVisibilityBatch')
export const DeleteMessageBatchCommand = rpc('AmazonSQS', '1.0', 'DeleteMessageBatch')
export const ReceiveMessageCommand = rpc('AmazonSQS', '1.0', 'ReceiveMessage')
export const SendMessageBatchCommand = rpc('AmazonSQS', '1.0', 'SendMessageBatch')
export const SendMessageCommand = rpc('AmazonSQS', '1.0', 'SendMessage')

/** What makes a repeated request the same one. */
const repeatable = (name: string) => (): Json => ({ [name]: randomUUID() })

export const SecretsManagerClient = clientOf(service('SECRETS_MANAGER', 'secretsmanager'))
export const GetSecretValueCommand = rpc('secretsmanager', '1.1', 'GetSecretValue')
export const PutSecretValueCommand = rpc(
  'secretsmanager',
  '1.1',
  'PutSecretValue',
  repeatable('ClientRequestToken'),
)

const json = { 'content-type': 'application/json' }

export const SchedulerClient = clientOf(service('SCHEDULER', 'scheduler'))
export const CreateScheduleCommand = rest(({ Name, ...schedule }) => ({
  method: 'POST',
  path: `/schedules/${escaped(String(Name))}`,
  headers: json,
  body: JSON.stringify({ ...repeatable('ClientToken')(), ...schedule }),
}))
export const DeleteScheduleCommand = rest(({ Name, GroupName }) => ({
  method: 'DELETE',
  path: `/schedules/${escaped(String(Name))}`,
  query: { groupName: String(GroupName), clientToken: randomUUID() },
  body: '',
}))
export const ConflictException = exception('ConflictException')
export const ResourceNotFoundException = exception('ResourceNotFoundException')

export const SESv2Client = clientOf(service('SESV2', 'email', { signedAs: 'ses' }))
export const SendEmailCommand = rest((email) => ({
  method: 'POST',
  path: '/v2/email/outbound-emails',
  headers: json,
  body: JSON.stringify(email),
}))
export const DeleteSuppressedDestinationCommand = rest(({ EmailAddress }) => ({
  method: 'DELETE',
  path: `/v2/email/suppression/addresses/${escaped(String(EmailAddress))}`,
  body: '',
}))
export const NotFoundException = exception('NotFoundException')
