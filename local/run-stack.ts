import { randomUUID } from 'node:crypto'
import { Guard } from './access/guard.ts'
import { readPolicies } from './access/policies.ts'
import { Activity } from './activity.ts'
import { VirtualClock } from './clock.ts'
import { readOffset, writeOffset } from './clock-file.ts'
import type { ControlOptions } from './control/control-routes.ts'
import { Timekeeper } from './control/timekeeper.ts'
import { dataFolder } from './data-folder.ts'
import { Deliveries } from './deliveries.ts'
import { describeStack } from './describe-stack.ts'
import { startDynamoDb } from './engines/start-dynamodb.ts'
import { QueueEngine } from './engines/queue-engine.ts'
import { type BusEvent, EventBuses } from './events/event-bus.ts'
import { Counts } from './gateway/counts.ts'
import { Faults } from './gateway/faults.ts'
import { Gateway } from './gateway/gateway.ts'
import type { Service } from './gateway/service.ts'
import { HttpApi } from './http/http-api.ts'
import { Functions } from './lambda/functions.ts'
import { AsyncInvocations } from './queues/async-invocations.ts'
import { DeadLetters } from './queues/dead-letters.ts'
import { startEventSources } from './queues/event-sources.ts'
import type { QueuePoller } from './queues/queue-poller.ts'
import { seededRandom } from './random.ts'
import { startScheduler } from './start-scheduler.ts'
import { startQueues, watchDeadLetters } from './start-queues.ts'
import { startRules } from './start-rules.ts'
import { readCallers, readConfigurationSets, startObjects } from './start-services.ts'
import { startTables } from './start-tables.ts'
import { SesEvents } from './ses-events.ts'
import { dynamoDbService } from './services/dynamodb.ts'
import { eventsService } from './services/events.ts'
import { Inbox } from './services/inbox.ts'
import { lambdaService } from './services/lambda.ts'
import { s3Service } from './services/s3.ts'
import { schedulerService } from './services/scheduler.ts'
import { SecretStore } from './services/secret-store.ts'
import { secretsService } from './services/secrets.ts'
import { sesService } from './services/ses.ts'
import { sqsService } from './services/sqs.ts'
import { stsService } from './services/sts.ts'
import { SuppressionList } from './services/suppression-list.ts'
import type { StackModel } from './template/model.ts'
import { ACCOUNT, type Endpoints, REGION } from './template/place.ts'

export interface StackOptions {
  readonly model: StackModel
  readonly assets: ReadonlyMap<string, string>
  readonly endpoints: Endpoints
  /** For files that are gone when the runner stops. */
  readonly scratch: string
  readonly data: string | undefined
  readonly seed: number
  readonly log: (line: string) => void
  readonly onError: (error: unknown) => void
}

export interface Stack {
  readonly gateway: Gateway
  readonly api: HttpApi | undefined
  readonly activity: Activity
  readonly control: Omit<ControlOptions, 'describe'>
  describe(): object
  /** Waits until nothing is in flight, at most so many milliseconds. */
  finish(timeoutMs: number): Promise<void>
  close(): Promise<void>
}

const KEPT_EVENTS = 10_000

/** Brings every resource of the template to life and ties them together. */
export async function runStack(options: StackOptions): Promise<Stack> {
  const { model, endpoints, log, onError } = options
  const data = dataFolder(options.data)
  const clock = new VirtualClock(readOffset(data.clock))
  const activity = new Activity()
  const faults = new Faults(seededRandom(options.seed))
  const counts = new Counts()
  const guard = new Guard(readPolicies(model))
  const newId = () => randomUUID()

  const [dynamodb, engine, objects] = await Promise.all([
    startDynamoDb(data.dynamodb),
    QueueEngine.start(clock, data.queues),
    model.ofType('AWS::S3::Bucket').length > 0 ? startObjects(model.ofType('AWS::S3::Bucket'), data.objects) : undefined,
  ])
  const keys = await startTables(model.ofType('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'), dynamodb)
  startQueues(model.ofType('AWS::SQS::Queue'), engine)

  const functions = new Functions(model.ofType('AWS::Lambda::Function'), {
    clock,
    activity,
    assets: options.assets,
    endpoint: endpoints.aws,
    scratch: options.scratch,
    logs: data.logs,
    newId,
    crashAfter: (name) => (faults.any ? faults.crash(name) : undefined),
    onStderr: (name, line) => log(`${name}: ${line.slice(0, 500)}`),
  })

  const rules = new Map(model.ofType('AWS::Events::Rule').map(({ name, arn }) => [name, arn]))
  const events: BusEvent[] = []
  const deliveries = new Deliveries({
    guard,
    faults,
    engine,
    rules,
    buses: () => buses,
    invokeLater: (arn, event) => later.invoke(arn, event),
  })
  const buses: EventBuses = new EventBuses({
    clock,
    newId,
    account: ACCOUNT,
    region: REGION,
    deliver: (delivery) => deliveries.fromRule(delivery),
    onEvent: (event) => {
      events.push(event)
      if (events.length > 1.1 * KEPT_EVENTS) events.splice(0, events.length - KEPT_EVENTS)
    },
    onDropped: ({ rule, target }, error) => log(`rule ${rule}: dropped an event for ${target.arn}: ${error.message}`),
  })
  const later = new AsyncInvocations({
    engine,
    functions,
    activity,
    clock,
    configs: model.ofType('AWS::Lambda::EventInvokeConfig'),
    deliver: (arn, body) => deliveries.toDestination(arn, body),
    onDropped: (name, reason) => log(`${name}: dropped an asynchronous invocation: ${reason}`),
  })
  for (const bus of model.ofType('AWS::Events::EventBus')) buses.addBus(bus.name, bus.arn)
  const running = startRules(model.ofType('AWS::Events::Rule'), buses)
  const scheduler = startScheduler(model, clock, data.schedules, deliveries, log)

  const deadLetters = new DeadLetters(data.deadLetters)
  watchDeadLetters(model, engine, deadLetters)
  const sources = startEventSources(model.ofType('AWS::Lambda::EventSourceMapping'), {
    engine,
    functions,
    guard,
    faults,
    activity,
    deadLetters,
  })
  const pollers = (): QueuePoller[] => [...sources, ...later.pollers()]
  engine.onArrival((queue, message) => {
    deadLetters.arrived(queue, message)
    for (const poller of pollers()) if (poller.queue === queue) poller.arrived(message)
  })

  const inbox = new Inbox(data.inbox)
  const suppression = new SuppressionList(data.suppression)
  const sets = readConfigurationSets(model)
  const ses = new SesEvents({ inbox, buses, faults, activity, sets, newId, onError })
  const isQuiet = () =>
    activity.idle && buses.inFlight === 0 && scheduler.inFlight === 0 && pollers().every(({ pending }) => pending === 0)
  const timekeeper = new Timekeeper({
    clock,
    nextSchedule: () => scheduler.nextDue(),
    nextMessage: () => nextMessage(engine, pollers(), clock),
    fireDue: () => scheduler.fireDue(),
    isQuiet,
    jumped: (ms) => {
      writeOffset(data.clock, clock.offsetMs)
      engine.elapse(ms)
      for (const poller of pollers()) poller.elapse(ms)
    },
    hurry: (on) => {
      for (const poller of pollers()) poller.hurry = on
    },
    onError,
  })

  const services = new Map<string, Service>([
    ['dynamodb', dynamoDbService(dynamodb, keys)],
    ['events', eventsService(buses)],
    ['lambda', lambdaService(functions, (arn, event) => later.invoke(arn, event))],
    ['scheduler', schedulerService(scheduler, () => timekeeper.arm())],
    ['secretsmanager', secretsService(new SecretStore(model.ofType('AWS::SecretsManager::Secret'), clock, data.secrets))],
    [
      'ses',
      sesService({
        configurationSets: new Set(sets.keys()),
        suppression,
        now: () => new Date(clock.now()).toISOString(),
        newId,
        accept: (envelope) => ses.accept(envelope),
      }),
    ],
    ['sqs', sqsService(engine, faults)],
    ['sts', stsService()],
  ])
  if (objects) services.set('s3', s3Service(objects))
  const callers = readCallers(model.ofType('AWS::Lambda::Function'))
  const gateway = new Gateway({ services, callers, guard, faults, counts, activity, onError: log })

  const [api, ...others] = model.ofType('AWS::ApiGatewayV2::Api')
  if (others.length > 0) throw new Error('only one AWS::ApiGatewayV2::Api is served locally')
  const http = api && new HttpApi(api, model, { functions, guard, now: () => clock.now(), newId, onError: log })

  later.resume()
  ses.resume()
  for (const poller of pollers()) poller.wake()
  timekeeper.arm()

  return {
    gateway,
    api: http,
    activity,
    control: { clock, inbox, timekeeper, deadLetters, faults, counts, events },
    describe: () => describeStack({ model, engine, functions, rules: running, clock, endpoints }),
    finish: async (timeoutMs) => {
      const end = performance.now() + timeoutMs
      while (!activity.idle && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 5))
    },
    close: async () => {
      timekeeper.close()
      for (const poller of pollers()) poller.close()
      await functions.close()
      await engine.close()
      await objects?.close()
      await dynamodb.close()
      scheduler.close()
    },
  }
}

function nextMessage(engine: QueueEngine, pollers: readonly QueuePoller[], clock: VirtualClock): number | undefined {
  const retries = pollers.flatMap(({ nextRetry }) => nextRetry ?? []).map((at) => at + clock.offsetMs)
  const delayed = engine.nextDelayed(pollers.map(({ queue }) => queue))
  const times = delayed === undefined ? retries : [...retries, delayed]
  return times.length === 0 ? undefined : Math.min(...times)
}
