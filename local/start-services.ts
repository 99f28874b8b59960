import type { Caller, Guard } from './access/guard.ts'
import type { Activity } from './activity.ts'
import type { VirtualClock } from './clock.ts'
import type { DataFolder } from './data-folder.ts'
import type { DynamoDbEngine } from './engines/dynamodb-engine.ts'
import { type FauxApp, type FauxQueue, loadObjectStore } from './engines/fauxqs.ts'
import type { QueueEngine } from './engines/queue-engine.ts'
import type { EventBuses } from './events/event-bus.ts'
import type { Faults } from './gateway/faults.ts'
import { type CallLog, type Counts, Gateway, type Service } from './gateway/gateway.ts'
import {
  isTrue,
  type Json,
  type JsonObject,
  objectOf,
  objectsOf,
  parseObject,
  textOf,
  textsOf,
} from './json.ts'
import { credentialsOf } from './lambda/execution-environment.ts'
import type { Functions } from './lambda/functions.ts'
import type { DeadLetters } from './queues/dead-letters.ts'
import type { Scheduler } from './scheduler/scheduler.ts'
import { cognitoService } from './services/cognito.ts'
import { dynamoDbService } from './services/dynamodb.ts'
import { eventsService } from './services/events.ts'
import { lambdaService } from './services/lambda.ts'
import { s3Service } from './services/s3.ts'
import { schedulerService } from './services/scheduler.ts'
import { SecretStore, secretsService } from './services/secrets.ts'
import { type SuppressionList, sesService } from './services/ses.ts'
import { sqsService } from './services/sqs.ts'
import { stsService } from './services/sts.ts'
import { countingUnits, type TableUnits } from './services/table-units.ts'
import type { SesEvents } from './ses-events.ts'
import { REGION } from './template/intrinsics.ts'
import type { Resource, StackModel } from './template/model.ts'

/** Callers by access key: every function in its role, and `local`, who may do everything. */
function readCallers(functions: readonly Resource[]): Map<string, Caller> {
  const callers = new Map<string, Caller>([['local', { kind: 'local' }]])
  for (const { arn, name, properties } of functions) {
    const roleArn = textOf(properties.Role) ?? ''
    callers.set(credentialsOf(arn).accessKeyId, { kind: 'function', name, roleArn })
  }
  return callers
}

/** S3 with the template's buckets. */
export async function startObjects(
  buckets: readonly Resource[],
  folder: string | undefined,
  clock: VirtualClock,
): Promise<FauxApp> {
  const { S3Store, FileS3Persistence, buildApp } = await loadObjectStore()
  /** fauxqs dates objects by the machine's clock. Functions that look at their age go by the virtual one. */
  class DatedStore extends S3Store {
    override putObject(bucket: string, key: string, ...rest: readonly unknown[]): unknown {
      const answer = super.putObject(bucket, key, ...rest)
      this.buckets.get(bucket)?.get(key)?.lastModified.setTime(clock.now())
      return answer
    }
  }
  const store = new DatedStore()
  if (folder !== undefined) {
    const files = new FileS3Persistence(folder)
    files.loadS3(store)
    store.persistence = files
  }
  const app = buildApp({ logger: false, defaultRegion: REGION, stores: { s3Store: store } })
  await app.ready()
  for (const { name } of buckets) {
    const headers = { host: '127.0.0.1' }
    const existing = await app.inject({ method: 'HEAD', url: `/${name}`, headers })
    if (existing.statusCode !== 200) await app.inject({ method: 'PUT', url: `/${name}`, headers })
  }
  return app
}

/** Which SES events each configuration set sends to EventBridge, by the set's name. */
export function readConfigurationSets(model: StackModel): Map<string, string[]> {
  const sets = new Map<string, string[]>()
  for (const { name } of model.ofType('AWS::SES::ConfigurationSet')) sets.set(name, [])
  for (const { properties } of model.ofType('AWS::SES::ConfigurationSetEventDestination')) {
    const destination = objectOf(properties.EventDestination)
    const types = sets.get(textOf(properties.ConfigurationSetName) ?? '')
    if (types && isTrue(destination.Enabled) && destination.EventBridgeDestination !== undefined) {
      types.push(...textsOf(destination.MatchingEventTypes))
    }
  }
  return sets
}

export const tablesOf = (model: StackModel): readonly Resource[] =>
  model.ofType('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable')

/** Identities that the template sets up in SES, each with its MAIL FROM domain. */
function readIdentities(model: StackModel): Map<string, string | undefined> {
  const identities = model.ofType('AWS::SES::EmailIdentity').map(({ properties }) => {
    const mailFrom = textOf(objectOf(properties.MailFromAttributes).MailFromDomain)
    return [textOf(properties.EmailIdentity) ?? '', mailFrom] as const
  })
  return new Map(identities)
}

/** What all parts of the stack are made with. */
export interface SharedParts {
  readonly model: StackModel
  readonly data: DataFolder
  readonly clock: VirtualClock
  readonly activity: Activity
  readonly guard: Guard
  readonly faults: Faults
  readonly counts: Counts
  readonly calls: CallLog
  readonly units: TableUnits
  /** Ids of those in the user pool who may not sign in. */
  readonly disabledUsers: Set<string>
  newId(): string
  log(line: string): void
  onError(error: unknown): void
}

/** The running parts that answer AWS's operations. */
interface GatewayParts extends SharedParts {
  readonly dynamodb: DynamoDbEngine
  /** Partition key by table name. */
  readonly keys: ReadonlyMap<string, string>
  readonly engine: QueueEngine
  readonly objects: FauxApp | undefined
  readonly buses: EventBuses
  readonly scheduler: Scheduler
  readonly functions: Functions
  readonly ses: SesEvents
  readonly suppression: SuppressionList
  readonly configurationSets: ReadonlySet<string>
  readonly invokeLater: (functionArn: string, event: string, trace?: string) => Promise<void>
  readonly schedulesChanged: () => void
}

/** Every service behind one gateway. */
export function startGateway(parts: GatewayParts): Gateway {
  const { model, clock, data, engine, faults, counts, calls, guard, activity, newId, log } = parts
  const secrets = new SecretStore(model.ofType('AWS::SecretsManager::Secret'), clock, data.secrets)
  const ses = sesService({
    configurationSets: parts.configurationSets,
    suppression: parts.suppression,
    identities: readIdentities(model),
    sentSince: (ms) => parts.ses.sentSince(clock.now() - ms),
    now: () => new Date(clock.now()).toISOString(),
    newId,
    accept: (envelope) => parts.ses.accept(envelope),
  })
  const groups = model.ofType('AWS::Cognito::UserPoolGroup').map(({ name }) => name)
  const services = new Map<string, Service>([
    ['dynamodb', dynamoDbService(countingUnits(parts.dynamodb, tablesOf(model), parts.units), parts.keys)],
    ['cognito-idp', cognitoService({ groups, disabled: parts.disabledUsers, now: () => clock.now() })],
    ['events', eventsService(parts.buses)],
    ['lambda', lambdaService(parts.functions, parts.invokeLater)],
    ['scheduler', schedulerService(parts.scheduler, parts.schedulesChanged)],
    ['secretsmanager', secretsService(secrets)],
    ['ses', ses],
    ['sqs', sqsService(engine, faults)],
    ['sts', stsService()],
  ])
  if (parts.objects) services.set('s3', s3Service(parts.objects))
  const callers = readCallers(model.ofType('AWS::Lambda::Function'))
  return new Gateway({ services, callers, guard, faults, counts, calls, activity, onError: log })
}

const MEMBERS = ['AttributeDefinitions', 'KeySchema', 'LocalSecondaryIndexes'] as const

/**
 * Creates the tables that are not there yet; answers the partition key of each by name, and of their indexes by
 * `table/index/name`.
 * @throws Error where a kept table has other keys or indexes than the template's
 */
export async function startTables(
  tables: readonly Resource[],
  engine: DynamoDbEngine,
): Promise<Map<string, string>> {
  const keys = new Map<string, string>()
  for (const table of tables) {
    const wanted = definition(table)
    keys.set(table.name, hashKeyOf(wanted))
    for (const index of [wanted.GlobalSecondaryIndexes, wanted.LocalSecondaryIndexes].flatMap(objectsOf)) {
      keys.set(`${table.name}/index/${textOf(index.IndexName)}`, hashKeyOf(index))
    }
    const existing = await engine.call('DescribeTable', { TableName: table.name })
    if (existing.status === 200) {
      checkSame(table, wanted, objectOf(parseObject(existing.body).Table))
      continue
    }
    const created = await engine.call('CreateTable', wanted)
    if (created.status !== 200) throw new Error(`${table.stack}/${table.logicalId}: ${created.body}`)
    await untilActive(table.name, engine)
  }
  return keys
}

function hashKeyOf({ KeySchema }: JsonObject): string {
  const hash = objectsOf(KeySchema).find(({ KeyType }) => KeyType === 'HASH')
  return textOf(hash?.AttributeName) ?? ''
}

function definition({ name, properties }: Resource): JsonObject {
  const wanted: Record<string, Json> = { TableName: name, BillingMode: 'PAY_PER_REQUEST' }
  for (const member of MEMBERS) {
    const value = properties[member]
    if (value !== undefined) wanted[member] = value
  }
  const indexes = objectsOf(properties.GlobalSecondaryIndexes).map(
    ({ IndexName, KeySchema, Projection }) => ({
      IndexName,
      KeySchema,
      Projection,
    }),
  )
  if (indexes.length > 0) wanted.GlobalSecondaryIndexes = indexes
  return wanted
}

function checkSame(table: Resource, wanted: JsonObject, existing: JsonObject): void {
  if (shape(wanted) === shape(existing)) return
  throw new Error(
    `the kept table ${table.name} has other keys or indexes than ${table.stack}/${table.logicalId} asks for; ` +
      'start with --fresh, or with another --data folder',
  )
}

function shape(table: JsonObject): string {
  const index = ({ IndexName, KeySchema, Projection }: JsonObject) => [
    textOf(IndexName),
    keyOf(KeySchema),
    textOf(objectOf(Projection).ProjectionType),
  ]
  const byName = (indexes: Json | undefined) => objectsOf(indexes).map(index).sort()
  return JSON.stringify([
    keyOf(table.KeySchema),
    byName(table.GlobalSecondaryIndexes),
    byName(table.LocalSecondaryIndexes),
  ])
}

function keyOf(schema: Json | undefined): string[] {
  return objectsOf(schema).map(({ AttributeName, KeyType }) => `${textOf(KeyType)}:${textOf(AttributeName)}`)
}

async function untilActive(name: string, engine: DynamoDbEngine): Promise<void> {
  for (;;) {
    const { body } = await engine.call('DescribeTable', { TableName: name })
    if (objectOf(parseObject(body).Table).TableStatus === 'ACTIVE') return
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

/** Template properties that are queue attributes of another name or of the same. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  ContentBasedDeduplication: 'ContentBasedDeduplication',
  DeduplicationScope: 'DeduplicationScope',
  DelaySeconds: 'DelaySeconds',
  FifoQueue: 'FifoQueue',
  FifoThroughputLimit: 'FifoThroughputLimit',
  MaximumMessageSize: 'MaximumMessageSize',
  MessageRetentionPeriod: 'MessageRetentionPeriod',
  ReceiveMessageWaitTimeSeconds: 'ReceiveMessageWaitTimeSeconds',
  VisibilityTimeout: 'VisibilityTimeout',
}

export function startQueues(queues: readonly Resource[], engine: QueueEngine): void {
  for (const queue of queues)
    engine.ensureQueue(queue.name, queue.ref, queue.arn, attributesOf(queue.properties))
}

function attributesOf(properties: JsonObject): Record<string, string> {
  const attributes: Record<string, string> = { RedrivePolicy: redrivePolicy(properties) }
  for (const [property, attribute] of Object.entries(ATTRIBUTES)) {
    const value = textOf(properties[property])
    if (value !== undefined) attributes[attribute] = value
  }
  return attributes
}

function redrivePolicy(properties: JsonObject): string {
  const policy = objectOf(properties.RedrivePolicy)
  const target = textOf(policy.deadLetterTargetArn)
  if (target === undefined) return ''
  return JSON.stringify({ deadLetterTargetArn: target, maxReceiveCount: Number(policy.maxReceiveCount) })
}

/** The queues that other queues send their dead letters to. */
function redriveTargets(engine: QueueEngine): FauxQueue[] {
  return engine.all().flatMap(({ attributes }) => {
    const arn = attributes.RedrivePolicy
      ? textOf(parseObject(attributes.RedrivePolicy).deadLetterTargetArn)
      : undefined
    return (arn === undefined ? undefined : engine.byArn(arn)) ?? []
  })
}

/** Marks as queues of dead letters those that queues, rules, schedules or functions give up to. */
export function watchDeadLetters(model: StackModel, engine: QueueEngine, deadLetters: DeadLetters): void {
  for (const queue of redriveTargets(engine)) deadLetters.watch(queue)
  const configs = [
    ...model.ofType('AWS::Events::Rule').flatMap(({ properties }) => objectsOf(properties.Targets)),
    ...model.ofType('AWS::Scheduler::Schedule').map(({ properties }) => objectOf(properties.Target)),
    ...model.ofType('AWS::Lambda::Function').map(({ properties }) => properties),
  ]
  for (const config of configs) {
    const { Arn, TargetArn } = objectOf(config.DeadLetterConfig)
    const queue = engine.byArn(textOf(Arn) ?? textOf(TargetArn) ?? '')
    if (queue) deadLetters.watch(queue)
  }
}
