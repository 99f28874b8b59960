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
import { CallLog, Counts, type Gateway } from './gateway/gateway.ts'
import { HttpApi } from './http/http-api.ts'
import { Functions } from './lambda/functions.ts'
import { clearAtRest } from './lean-process.ts'
import { shortLine } from './log-line.ts'
import { type Description, describeStack } from './pages/home-page.ts'
import type { AsyncInvocations } from './queues/async-invocations.ts'
import { DeadLetters } from './queues/dead-letters.ts'
import { startEventSources } from './queues/event-sources.ts'
import type { QueuePoller } from './queues/queue-poller.ts'
import { seededRandom } from './random.ts'
import { Inbox } from './services/inbox.ts'
import { SuppressionList } from './services/ses.ts'
import { TableUnits } from './services/table-units.ts'
import { SesEvents } from './ses-events.ts'
import { type EventParts, startEvents, startScheduler, startTimekeeper } from './start-rules.ts'
import {
  readConfigurationSets,
  type SharedParts,
  startGateway,
  startObjects,
  startQueues,
  startTables,
  tablesOf,
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
  /** For what V8 compiled, a folder for each function. */
  readonly compiled: string
  readonly data: string | undefined
  readonly seed: number
  /** Where the clock begins when nothing is kept of it; absent: now. */
  readonly startAt: string | undefined
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

/** What all parts of the stack are made with. */
const sharedParts = ({ model, data: folder, seed, startAt, log, onError }: StackOptions): SharedParts => {
  const data = dataFolder(folder)
  return {
    model,
    data,
    clock: new VirtualClock(
      startAt === undefined ? readOffset(data.clock) : Date.parse(startAt) - Date.now(),
    ),
    activity: new Activity(),
    guard: new Guard(readPolicies(model)),
    faults: new Faults(seededRandom(seed)),
    counts: new Counts(),
    calls: new CallLog(),
    units: new TableUnits(),
    disabledUsers: new Set<string>(),
    newId: () => randomUUID(),
    log,
    onError,
  }
}

/** What keeps items, messages and objects, with the template's tables, queues and buckets. */
const startEngines = async ({ model, data, clock }: SharedParts) => {
  const buckets = model.ofType('AWS::S3::Bucket')
  const [dynamodb, engine, objects] = await Promise.all([
    startDynamoDb(data.dynamodb),
    QueueEngine.start(clock, data.queues),
    buckets.length > 0 ? startObjects(buckets, data.objects, clock) : undefined,
  ])
  const keys = await startTables(tablesOf(model), dynamodb)
  startQueues(model.ofType('AWS::SQS::Queue'), engine)
  return { dynamodb, engine, objects, keys }
}

/** Brings messages to the functions that take them. Asynchronous invocations get their pollers as they need them. */
const startPollers = (parts: EventParts, later: AsyncInvocations) => {
  const { model, data, engine } = parts
  const deadLetters = new DeadLetters(data.deadLetters)
  watchDeadLetters(model, engine, deadLetters)
  const mappings = model.ofType('AWS::Lambda::EventSourceMapping')
  const sources = startEventSources(mappings, { ...parts, deadLetters })
  const pollers = (): QueuePoller[] => [...sources, ...later.pollers()]
  engine.onArrival((queue, message) => {
    deadLetters.arrived(queue, message)
    for (const poller of pollers()) if (poller.queue === queue) poller.arrived(message)
  })
  return { deadLetters, pollers }
}

const startHttp = (parts: EventParts): HttpApi | undefined => {
  const { model, clock, functions, guard, disabledUsers, newId, log } = parts
  const [api, ...others] = model.ofType('AWS::ApiGatewayV2::Api')
  if (others.length > 0) throw new Error('only one AWS::ApiGatewayV2::Api is served locally')
  const now = () => clock.now()
  return api && new HttpApi(api, model, { functions, guard, disabledUsers, now, newId, onError: log })
}

/** Brings every resource of the template to life and ties them together. */
export async function runStack(options: StackOptions): Promise<Stack> {
  const { assets, endpoints, scratch, compiled } = options
  const shared = sharedParts(options)
  const { model, data, clock, activity, faults, counts, calls, units, log } = shared
  const engines = await startEngines(shared)
  const functions = new Functions(model.ofType('AWS::Lambda::Function'), {
    ...shared,
    assets,
    scratch,
    compiled,
    endpoint: endpoints.aws,
    logs: data.logs,
    crashAt: (name) => (faults.any ? faults.crash(name) : undefined),
    callAws: ({ method, url, headers, body }) =>
      gateway.call(method, url, headers, typeof body === 'string' ? body : Buffer.from(body.buffer)),
    onStderr: (name, line) => log(`${name}: ${shortLine(line)}`),
  })
  const parts = { ...shared, ...engines, functions }
  const { buses, deliveries, later, events, rules } = startEvents(parts)
  const scheduler = startScheduler(shared, deliveries)
  const { deadLetters, pollers } = startPollers(parts, later)
  const inbox = new Inbox(data.inbox)
  const sets = readConfigurationSets(model)
  const ses = new SesEvents({ ...shared, inbox, buses, sets })
  const timekeeper = startTimekeeper({ ...parts, clockFile: data.clock, buses, scheduler, pollers })
  const gateway: Gateway = startGateway({
    ...parts,
    buses,
    scheduler,
    ses,
    suppression: new SuppressionList(data.suppression),
    configurationSets: new Set(sets.keys()),
    invokeLater: (arn, event, trace) => later.invoke(arn, event, trace),
    schedulesChanged: () => timekeeper.arm(),
  })
  const api = startHttp(parts)
  later.resume()
  ses.resume()
  for (const poller of pollers()) poller.wake()
  timekeeper.arm()
  const stopClearing = clearAtRest(activity)
  return {
    gateway,
    api,
    activity,
    control: { clock, inbox, timekeeper, deadLetters, faults, counts, calls, units, events },
    describe: () => describeStack({ ...parts, rules, endpoints }),
    finish: async (timeoutMs, alsoDone) => {
      timekeeper.close()
      for (const poller of pollers()) poller.close()
      const end = performance.now() + timeoutMs
      while (!(activity.idle && alsoDone()) && performance.now() < end) await sleep(5)
    },
    close: async () => {
      stopClearing()
      timekeeper.close()
      for (const poller of pollers()) poller.close()
      await functions.close()
      await engines.engine.close()
      await engines.objects?.close()
      await engines.dynamodb.close()
      scheduler.close()
      inbox.close()
    },
  }
}
