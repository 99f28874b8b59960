import type { Guard } from '../access/guard.ts'
import type { Activity } from '../activity.ts'
import type { FauxQueue } from '../engines/fauxqs.ts'
import type { QueueEngine } from '../engines/queue-engine.ts'
import { compilePattern } from '../events/pattern.ts'
import type { Faults } from '../gateway/faults.ts'
import type { Counts } from '../gateway/gateway.ts'
import { isTrue, numberOf, objectOf, objectsOf, parseJson, textOf, textsOf } from '../json.ts'
import {
  type Functions,
  isOver,
  type LocalFunction,
  MOST_REQUEST_BYTES,
  mayRecur,
} from '../lambda/functions.ts'
import { isSpent, oneRoundOn, readLineage, tooManyRounds } from '../lambda/invocation.ts'
import type { Resource } from '../template/model.ts'
import type { DeadLetters } from './dead-letters.ts'
import { type Failures, failuresOf, QueuePoller, sqsEvent, type Taken } from './queue-poller.ts'

interface SourcesOptions {
  readonly engine: QueueEngine
  readonly functions: Functions
  readonly guard: Guard
  readonly faults: Faults
  readonly counts: Counts
  readonly activity: Activity
  readonly deadLetters: DeadLetters
}

const DEFAULT_BATCH = 10
/** Messages in one request, which is what SQS bills. */
const MOST_AT_ONCE = 10
/** What Lambda needs of the function's role to poll for it. */
const POLLING = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes']

/** One poller for each `AWS::Lambda::EventSourceMapping`. @throws Error naming the mapping that cannot be run */
export function startEventSources(mappings: readonly Resource[], options: SourcesOptions): QueuePoller[] {
  const pollers: QueuePoller[] = []
  const othersAreBusy = (): boolean => pollers.some((poller) => poller.isBusy)
  for (const mapping of mappings.filter(isEnabled))
    pollers.push(startEventSource(mapping, options, othersAreBusy))
  return pollers
}

function startEventSource(
  mapping: Resource,
  options: SourcesOptions,
  othersAreBusy: () => boolean,
): QueuePoller {
  const { engine, functions, guard, faults, activity, deadLetters } = options
  const { properties } = mapping
  const where = `${mapping.stack}/${mapping.logicalId}`
  const source = textOf(properties.EventSourceArn) ?? ''
  const queue = engine.byArn(source)
  if (!queue)
    throw new Error(`${where}: the event source ${source || '(none)'} cannot be run locally; only queues can`)
  const fn = functions.find(textOf(properties.FunctionName) ?? '')
  if (!fn) throw new Error(`${where}: there is no function ${textOf(properties.FunctionName)}`)
  const role = textOf(fn.resource.properties.Role) ?? ''
  for (const action of POLLING) guard.authorizeRole(role, { action: `sqs:${action}`, resource: source })
  return new QueuePoller({
    queue,
    engine,
    activity,
    batchSize: numberOf(properties.BatchSize) ?? DEFAULT_BATCH,
    windowMs: (numberOf(properties.MaximumBatchingWindowInSeconds) ?? 0) * 1000,
    othersAreBusy,
    concurrency: concurrencyOf(mapping, fn),
    consume: consumer(mapping, queue, fn, options),
    onFailure: (messageId, reason) => deadLetters.failed(messageId, reason),
    redeliver: () => faults.any && faults.duplicates('sqs', 'ReceiveMessage'),
  })
}

/** Takes batches to the function, but for messages that it is not to see or that go round in a loop. */
function consumer(
  mapping: Resource,
  queue: FauxQueue,
  fn: LocalFunction,
  { engine, functions, counts }: SourcesOptions,
): (batch: readonly Taken[]) => Promise<Failures> {
  const { name, arn } = fn.resource
  const partial = textsOf(mapping.properties.FunctionResponseTypes).includes('ReportBatchItemFailures')
  const wanted = filterOf(mapping)
  const lineageOf = ({ message }: Taken) => readLineage(engine.traceOf(message))
  const isLooping = (taken: Taken) => !mayRecur(fn) && isSpent(lineageOf(taken), queue.arn, arn)
  const invoke = async (batch: readonly Taken[]): Promise<Failures> => {
    const event = sqsEvent(queue, batch)
    if (batch.length > 1 && isOver(event, MOST_REQUEST_BYTES)) {
      // A batch ends where the function's request is full, as on AWS.
      const half = Math.ceil(batch.length / 2)
      return new Map([...(await invoke(batch.slice(0, half))), ...(await invoke(batch.slice(half)))])
    }
    const lineage = oneRoundOn(batch.map(lineageOf), queue.arn, arn)
    return failuresOf(batch, await functions.invoke(fn, event, lineage), partial)
  }
  const count = (operation: string, messages: number) => {
    const requests = Math.ceil(messages / MOST_AT_ONCE)
    if (requests > 0) counts.add('sqs', operation, name, requests)
  }
  return async (batch) => {
    count('ReceiveMessage', batch.length)
    const kept = batch.filter(wanted)
    const looping = kept.filter(isLooping)
    const rest = looping.length === 0 ? kept : kept.filter((taken) => !looping.includes(taken))
    const failures = new Map(rest.length === 0 ? [] : await invoke(rest))
    for (const { message } of looping)
      failures.set(message.messageId, `RecursiveInvocationException: ${tooManyRounds(name)}`)
    count('DeleteMessageBatch', batch.length - failures.size)
    return failures
  }
}

function concurrencyOf({ properties }: Resource, { pool }: LocalFunction): number {
  const maximum = numberOf(objectOf(properties.ScalingConfig).MaximumConcurrency)
  return Math.max(1, Math.min(pool.limit, maximum ?? pool.limit))
}

/** `FilterCriteria`: a message that no pattern matches is deleted unseen. */
function filterOf({ properties }: Resource): (taken: Taken) => boolean {
  const filters = objectsOf(objectOf(properties.FilterCriteria).Filters)
  const patterns = filters
    .flatMap(({ Pattern }) => textOf(Pattern) ?? [])
    .map((pattern) => compilePattern(pattern))
  if (patterns.length === 0) return () => true
  return ({ message }) => {
    const event = { messageId: message.messageId, body: bodyOf(message.body) }
    return patterns.some((matches) => matches(event))
  }
}

function bodyOf(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return text
  }
}

function isEnabled({ properties }: Resource): boolean {
  return properties.Enabled === undefined || isTrue(properties.Enabled)
}
