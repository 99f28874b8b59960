import type { VirtualClock } from './clock.ts'
import type { QueueEngine } from './engines/queue-engine.ts'
import { textOf } from './json.ts'
import { variablesOf } from './lambda/environment.ts'
import type { Functions } from './lambda/functions.ts'
import { isAsyncQueue } from './queues/async-invocations.ts'
import type { RunningRule } from './start-rules.ts'
import type { StackModel } from './template/model.ts'
import type { Endpoints } from './template/place.ts'

export interface Described {
  readonly model: StackModel
  readonly engine: QueueEngine
  readonly functions: Functions
  readonly rules: readonly RunningRule[]
  readonly clock: VirtualClock
  readonly endpoints: Endpoints
}

/** What `GET /_local` answers. `table` and `bus` are the first of their kind. */
export function describeStack({ model, engine, functions, rules, clock, endpoints }: Described) {
  const tables = model.ofType('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable').map(({ name }) => name)
  const buses = model.ofType('AWS::Events::EventBus').map(({ name }) => name)
  return {
    now: new Date(clock.now()).toISOString(),
    functions: functions.all().map(({ resource, folder, pool }) => ({
      name: resource.name,
      logicalId: resource.logicalId,
      arn: resource.arn,
      memory: Number(textOf(resource.properties.MemorySize) ?? 128),
      timeout: Number(textOf(resource.properties.Timeout) ?? 3),
      folder,
      environment: variablesOf(resource.properties),
      role: textOf(resource.properties.Role),
      initMs: pool.initTimes(),
    })),
    rules,
    queues: engine
      .all()
      .filter((queue) => !isAsyncQueue(queue))
      .map((queue) => {
        const { ready, delayed, inflight } = queue.inspectMessages()
        const messages = { visible: ready.length, delayed: delayed.length, inFlight: inflight.length }
        return { name: queue.name, arn: queue.arn, url: queue.url, messages }
      }),
    table: tables[0] ?? null,
    tables,
    bus: buses[0] ?? null,
    buses,
    buckets: model.ofType('AWS::S3::Bucket').map(({ name }) => name),
    outputs: model.outputs,
    links: model.links,
    users: model.ofType('AWS::Cognito::UserPoolGroup').map(({ name }) => `local-${name}`),
    urls: endpoints,
  }
}

export type Description = ReturnType<typeof describeStack>
