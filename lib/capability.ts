import type { EventPattern } from 'aws-cdk-lib/aws-events'
import type { Code } from 'aws-cdk-lib/aws-lambda'
import type { Stack } from 'aws-cdk-lib/core'
import type { EventWorker } from '../domain/model/event-row.ts'
import { typesTakenBy } from '../domain/model/event-table.ts'
import { source } from '../functions/event-names.ts'
import type { Config } from './config.ts'
import type { ActivityBus } from './constructs/activity-bus.ts'
import type { AlarmTopic } from './constructs/alarm-topic.ts'
import { AppFunction, type FunctionSettings } from './constructs/app-function.ts'
import type { ConsoleUsers } from './constructs/console-users.ts'
import type { Keys } from './constructs/keys.ts'
import type { LeadTable } from './constructs/lead-table.ts'
import type { PublicApi } from './constructs/public-api.ts'
import { QueueWorker, type WorkProps } from './constructs/queue-worker.ts'
import type { RowStore } from './constructs/row-store.ts'
import type { Sending } from './constructs/sending.ts'
import type { Timers } from './constructs/timers.ts'

/** What the functions of the stack share. */
export interface Shared {
  readonly scope: Stack
  readonly config: Config
  readonly leads: LeadTable
  readonly rows: RowStore
  readonly keys: Keys
  readonly bus: ActivityBus
  readonly alarms: AlarmTopic
  readonly timers: Timers
  readonly sending: Sending
  readonly api: PublicApi
  readonly users: ConsoleUsers
}

interface Wiring extends Shared {
  /** The function's own queue: the first that it works from. @throws when it has none. */
  readonly workOf: (capability: Capability) => QueueWorker
  /** Every worker, by its name. */
  readonly works: () => readonly { readonly name: string; readonly work: QueueWorker }[]
}

interface Consumed extends WorkProps {
  /** Id of the construct. @default - named after the function */
  readonly id?: string
}

/** One function of the stack: what it runs on, what it works from, and everything that it may do. */
export interface Capability extends FunctionSettings {
  /** Queues that it works from, its own first. @default - none: it answers requests */
  readonly queues?: (shared: Shared) => readonly Consumed[]
  /** Grants with the variables that they set, routes, and alarms. Every queue is there by then. */
  readonly connect: (fn: AppFunction, wiring: Wiring) => void
}

/** Behind HTTP somebody is waiting; API Gateway itself gives up after 30 s. */
export const answering = { memory: 512, timeoutSeconds: 10 }

/** A batch of ten takes well under a second; the rest is room for retries inside. */
export const working = { memory: 512, timeoutSeconds: 30 }

/** The events that the bus puts on the queue of a worker. */
export const eventsFor = (worker: EventWorker): EventPattern => ({
  source: [source],
  detailType: [...typesTakenBy(worker)],
})

/** Details of events that somebody waits for. */
export const awaited = { metadata: { unawaited: [{ exists: false }] } }

/**
 * Part of the account's concurrency for one queue, two being the least that Lambda takes: a flood of activities leaves
 * room for answering requests.
 */
export const share = ({ concurrency }: Config, part: number): number =>
  Math.min(1_000, Math.max(2, Math.floor(concurrency * part)))

/** `record`: most are called as their functions, some have a second one. */
const nameOf = ({ node: { id } }: QueueWorker): string =>
  `${id.charAt(0).toLowerCase()}${id.slice(1).replace(/Work$/, '')}`

const pascalCase = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1)

/** Adds functions first, then their queues, then what connects them: a capability may name the queue of any other. */
export const addCapabilities = (
  capabilities: readonly Capability[],
  shared: Shared,
  code: Readonly<Record<string, Code>>,
): void => {
  const { scope, alarms, bus, config } = shared
  const functions = capabilities.map((capability) => {
    const { name } = capability
    const bundle = code[name]
    if (!bundle) throw new Error(`function ${name} has no code`)
    const props = { settings: capability, code: bundle, logLevel: config.logLevel }
    return { capability, fn: new AppFunction(scope, pascalCase(name), props) }
  })
  const own = new Map<Capability, QueueWorker>()
  const all: { readonly name: string; readonly work: QueueWorker }[] = []
  for (const { capability, fn } of functions)
    for (const { id = `${pascalCase(fn.name)}Work`, ...props } of capability.queues?.(shared) ?? []) {
      const work = new QueueWorker(scope, id, { bus: bus.bus, alarms, worker: fn, ...props })
      all.push({ name: nameOf(work), work })
      if (!own.has(capability)) own.set(capability, work)
    }
  const workOf = (capability: Capability): QueueWorker => {
    const work = own.get(capability)
    if (!work) throw new Error(`function ${capability.name} works from no queue`)
    return work
  }
  const works = () => all
  for (const { capability, fn } of functions) capability.connect(fn, { ...shared, workOf, works })
}
