import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Guard, readPolicies } from './access/guard.ts'
import { Activity } from './activity.ts'
import { readOffset, VirtualClock } from './clock.ts'
import type { ControlOptions } from './control/control-routes.ts'
import { dataFolder } from './data-folder.ts'
import { startDynamoDb } from './engines/dynamodb-engine.ts'
import { QueueEngine } from './engines/queue-engine.ts'
import { Faults } from './gateway/faults.ts'
import { Counts, type Gateway } from './gateway/gateway.ts'
import { HttpApi } from './http/http-api.ts'
import { Functions } from './lambda/functions.ts'
import { shortLine } from './log-line.ts'
import { type Description, describeStack } from './pages/home-page.ts'
import { DeadLetters } from './queues/dead-letters.ts'
import { startEventSources } from './queues/event-sources.ts'
import type { QueuePoller } from './queues/queue-poller.ts'
import { seededRandom } from './random.ts'
import { Inbox } from './services/inbox.ts'
import { SuppressionList } from './services/ses.ts'
import { SesEvents } from './ses-events.ts'
import { startEvents, startScheduler, startTimekeeper } from './start-rules.ts'
import {
  readConfigurationSets,
  startGateway,
  startObjects,
  startQueues,
  startTables,
  watchDeadLetters,
} from './start-services.ts'
import type { Endpoints } from './template/intrinsics.ts'
import type { StackModel } from './template/model.ts'

interface StackOptions {
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
  describe(): Description
  /** Takes up nothing new and waits until what is in flight has ended, at most so many milliseconds. */
  finish(timeoutMs: number, alsoDone: () => boolean): Promise<void>
  close(): Promise<void>
}

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
    model.ofType('AWS::S3::Bucket').length > 0
      ? startObjects(model.ofType('AWS::S3::Bucket'), data.objects)
      : undefined,
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
    crashAt: (name) => (faults.any ? faults.crash(name) : undefined),
    callAws: ({ method, url, headers, body }) =>
      gateway.call(method, url, headers, typeof body === 'string' ? body : Buffer.from(body)),
    onStderr: (name, line) => log(`${name}: ${shortLine(line)}`),
  })

  const { buses, deliveries, later, events, rules } = startEvents({
    model,
    clock,
    activity,
    guard,
    faults,
    counts,
    engine,
    functions,
    newId,
    log,
  })
  const scheduler = startScheduler(model, clock, data.schedules, deliveries, log)

  const deadLetters = new DeadLetters(data.deadLetters)
  watchDeadLetters(model, engine, deadLetters)
  const sources = startEventSources(model.ofType('AWS::Lambda::EventSourceMapping'), {
    engine,
    functions,
    guard,
    faults,
    counts,
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
  const timekeeper = startTimekeeper({
    clock,
    clockFile: data.clock,
    activity,
    buses,
    scheduler,
    engine,
    pollers,
    onError,
  })

  const gateway: Gateway = startGateway({
    model,
    clock,
    data,
    activity,
    guard,
    faults,
    counts,
    dynamodb,
    keys,
    engine,
    objects,
    buses,
    scheduler,
    functions,
    ses,
    suppression,
    configurationSets: new Set(sets.keys()),
    newId,
    log,
    invokeLater: (arn, event, trace) => later.invoke(arn, event, trace),
    schedulesChanged: () => timekeeper.arm(),
  })
  const [api, ...others] = model.ofType('AWS::ApiGatewayV2::Api')
  if (others.length > 0) throw new Error('only one AWS::ApiGatewayV2::Api is served locally')
  const http =
    api && new HttpApi(api, model, { functions, guard, now: () => clock.now(), newId, onError: log })

  later.resume()
  ses.resume()
  for (const poller of pollers()) poller.wake()
  timekeeper.arm()

  return {
    gateway,
    api: http,
    activity,
    control: { clock, inbox, timekeeper, deadLetters, faults, counts, events },
    describe: () => describeStack({ model, engine, functions, rules, clock, endpoints }),
    finish: async (timeoutMs, alsoDone) => {
      timekeeper.close()
      for (const poller of pollers()) poller.close()
      const end = performance.now() + timeoutMs
      while (!(activity.idle && alsoDone()) && performance.now() < end) await sleep(5)
    },
    close: async () => {
      timekeeper.close()
      for (const poller of pollers()) poller.close()
      await functions.close()
      await engine.close()
      await objects?.close()
      await dynamodb.close()
      scheduler.close()
      inbox.close()
    },
  }
}
