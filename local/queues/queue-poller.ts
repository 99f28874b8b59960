import { availableParallelism } from 'node:os'
import type { Activity } from '../activity.ts'
import type { FauxQueue, QueueMessage } from '../engines/fauxqs.ts'
import type { QueueEngine } from '../engines/queue-engine.ts'
import { isObject, type Json, numberOf, objectsOf, parseJson, parseObject, textOf } from '../json.ts'
import { describeError, type InvocationResult } from '../lambda/invocation.ts'
import { ACCOUNT, REGION } from '../template/intrinsics.ts'
import { loggedReason } from './dead-letters.ts'

/**
 * How a failed message waits. `soon`: its next try counts as work under way, and comes after a few milliseconds;
 * `timeout`: it is due when its queue's visibility timeout has passed by the virtual clock.
 */
type Redelivery =
  | { readonly type: 'soon'; readonly ms: number }
  | { readonly type: 'timeout'; readonly ms: number }

const FIRST_BACKOFF_MS = 200
const MAX_BACKOFF_MS = 5000
/** A queue that tries more often than this does so because time has to pass. */
const IMPATIENT_RECEIVES = 5
const QUICK_RECEIVES = 3

/**
 * AWS would let each try wait for the visibility timeout. Here nobody waits for what need not wait: the tries of an
 * impatient queue, and the first ones of a patient queue, come soon, and sooner still while somebody waits for rest.
 * The later tries of a patient queue come when the clock says so, and so do those of a queue that tries for ever.
 * The try after the last only moves the message to the dead letters: no wait.
 */
function redelivery(message: QueueMessage, queue: FauxQueue, hurry: boolean): Redelivery {
  const { approximateReceiveCount: count } = message
  const limit = maxReceives(queue)
  if (count >= limit) return { type: 'soon', ms: 0 }
  if (limit > IMPATIENT_RECEIVES && count >= QUICK_RECEIVES) {
    return { type: 'timeout', ms: 1000 * Math.max(1, Number(queue.attributes.VisibilityTimeout ?? 30)) }
  }
  const backoff = hurry ? FIRST_BACKOFF_MS : FIRST_BACKOFF_MS * 2 ** (count - 1)
  return { type: 'soon', ms: Math.min(MAX_BACKOFF_MS, backoff) }
}

function maxReceives({ attributes }: FauxQueue): number {
  if (!attributes.RedrivePolicy) return Number.POSITIVE_INFINITY
  return numberOf(parseObject(attributes.RedrivePolicy).maxReceiveCount) ?? Number.POSITIVE_INFINITY
}

/** Timers that end together. */
class Timers {
  readonly #timers = new Set<NodeJS.Timeout>()
  #alarm = Number.POSITIVE_INFINITY
  #closed = false

  after(ms: number, action: () => void): void {
    if (this.#closed) return
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      action()
    }, ms)
    this.#timers.add(timer)
  }

  /** The same, unless an alarm is already set that comes no later. */
  alarm(ms: number, action: () => void): void {
    const at = performance.now() + ms
    if (this.#alarm <= at) return
    this.#alarm = at
    this.after(ms, () => {
      if (this.#alarm === at) this.#alarm = Number.POSITIVE_INFINITY
      action()
    })
  }

  /** No action begins after this. */
  close(): void {
    this.#closed = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
  }
}

interface PollerOptions {
  readonly queue: FauxQueue
  readonly engine: QueueEngine
  readonly activity: Activity
  readonly batchSize: number
  /** How long to wait for a full batch, real milliseconds. */
  readonly windowMs: number
  /** Whether others are busy with what does not wait for full batches. @default never */
  othersAreBusy?(): boolean
  /** Batches at once. */
  readonly concurrency: number
  /** Never rejects. */
  consume(batch: readonly Taken[]): Promise<Failures>
  /** A message that failed; the last reason is what its dead letter shows. */
  onFailure(messageId: string, reason: string): void
  /** Whether a message just done is to come once more, as SQS may do. */
  redeliver(): boolean
}

const CORES = availableParallelism()
/**
 * Batches at once that this machine has cores for, as another thread is busy with what each of them asks for; more only while
 * one of them takes its time. What waits meanwhile makes the next batch larger, and so cheaper.
 */
const CALM_CONCURRENCY = Math.max(1, CORES >> 1)
/** Single messages become no larger batch: one for each core, and one that waits for that thread meanwhile. */
const CALM_SINGLES = CORES + 1
const LONG_BATCH_MS = 1000
/** With one batch under way a smaller one waits this long for company. */
const GATHER_MS = 20
/**
 * On AWS what gathers takes nothing from what is waited for; here both have the same cores. While these are busy it goes on
 * gathering, for so many of its windows at most: each batch is the larger, and cheaper for each message.
 */
const BUSY_WINDOWS = 30
const BUSY_AFTER_MS = 1000
const SLOW_POLL_MS = 1000
/** Longer than one step takes to begin the next. */
const REST_MS = 5

/** Feeds one queue to one consumer: woken by arrivals, with a slow poll for what no arrival announces. */
export class QueuePoller {
  readonly #options: PollerOptions
  readonly #timers = new Timers()
  /** Receipt handles of the messages that the consumer works on. */
  readonly #held = new Set<string>()
  /** Those of failed messages whose next try comes soon, and counts as work under way. */
  readonly #soon = new Set<string>()
  readonly #slowPoll: NodeJS.Timeout
  #running = 0
  #lastStart = 0
  #waitingSince: number | undefined
  /** When something else was last seen under way. */
  #busyAt = 0
  /** Since when there have always been messages to be taken, or being worked on. */
  #workingSince: number | undefined
  #awake = false
  #hurry = false
  #closed = false

  constructor(options: PollerOptions) {
    this.#options = options
    this.#slowPoll = setInterval(() => this.wake(), SLOW_POLL_MS)
    this.#slowPoll.unref()
  }

  get queue(): FauxQueue {
    return this.#options.queue
  }

  /** Messages to be taken now or soon, or being worked on; those that are due later are not counted. */
  get pending(): number {
    const { inflightMessages } = this.queue
    for (const handle of this.#soon) if (!inflightMessages.has(handle)) this.#soon.delete(handle)
    return this.#ready() + this.#held.size + this.#soon.size
  }

  /** Whether it has had work for a while that does not wait for a full batch. */
  get isBusy(): boolean {
    const { windowMs } = this.#options
    const since = this.#workingSince ?? Number.POSITIVE_INFINITY
    return windowMs === 0 && performance.now() - since >= BUSY_AFTER_MS
  }

  /** Whether the consumer works on this message just now. */
  holds(receiptHandle: string): boolean {
    return this.#held.has(receiptHandle)
  }

  /** While set, batches do not wait to fill, and failed messages hardly for their next try. */
  set hurry(value: boolean) {
    if (value && !this.#hurry) for (const handle of this.#soon) this.queue.changeVisibility(handle, 0)
    this.#hurry = value
    if (value) this.wake()
  }

  arrived(message: QueueMessage): void {
    const delay = (message.delayUntil ?? 0) - Date.now()
    if (delay > 0) this.#timers.after(delay + 1, () => this.wake())
    else this.wake()
  }

  wake(): void {
    if (this.#awake || this.#closed) return
    this.#awake = true
    setImmediate(() => {
      this.#awake = false
      this.#pump()
    })
  }

  close(): void {
    this.#closed = true
    clearInterval(this.#slowPoll)
    this.#timers.close()
  }

  #pump(): void {
    const { queue, engine, batchSize, concurrency } = this.#options
    queue.processTimers()
    this.#workingSince = this.pending > 0 ? (this.#workingSince ?? performance.now()) : undefined
    while (!this.#closed && this.#running < concurrency) {
      const ready = this.#ready()
      const calm = batchSize === 1 ? CALM_SINGLES : CALM_CONCURRENCY
      if (ready > 0 && this.#running >= calm) {
        const left = this.#lastStart + LONG_BATCH_MS - performance.now()
        if (left > 0) {
          this.#timers.alarm(left, () => this.wake())
          return
        }
      }
      if (ready === 0) this.#waitingSince = undefined
      if (ready === 0 || !this.#isWorthTaking(ready)) return
      this.#waitingSince = undefined
      const batch = engine.take(queue, batchSize)
      if (batch.length === 0) return
      for (const { receiptHandle } of batch) this.#held.add(receiptHandle)
      void this.#run(batch)
    }
  }

  #isWorthTaking(ready: number): boolean {
    const { batchSize, windowMs, othersAreBusy } = this.#options
    const window = othersAreBusy?.() ? BUSY_WINDOWS * windowMs : windowMs
    const patience = window > 0 ? window : this.#running > 0 ? GATHER_MS : 0
    if (ready >= batchSize || patience === 0 || (this.#hurry && windowMs === 0)) return true
    const now = performance.now()
    this.#waitingSince ??= now
    const left = this.#waitingSince + patience - now
    if (left <= 0 || (this.#hurry && this.#isRest(now))) return true
    this.#timers.alarm(this.#hurry ? REST_MS : left, () => this.wake())
    return false
  }

  /** Whoever waits for rest has no time for a window, but what others are at may bring more for the same batch. */
  #isRest(now: number): boolean {
    if (!this.#options.activity.idle) this.#busyAt = now
    return now - this.#busyAt >= REST_MS
  }

  async #run(batch: readonly Taken[]): Promise<void> {
    const end = this.#options.activity.begin()
    this.#running += 1
    this.#lastStart = performance.now()
    const failures = await this.#options.consume(batch)
    for (const taken of batch) this.#finish(taken, failures.get(taken.message.messageId))
    this.#running -= 1
    end()
    this.wake()
  }

  #finish({ message, receiptHandle }: Taken, failure: string | undefined): void {
    const { queue, redeliver, onFailure } = this.#options
    this.#held.delete(receiptHandle)
    if (failure === undefined) {
      if (message.approximateReceiveCount === 1 && redeliver()) queue.changeVisibility(receiptHandle, 0)
      else queue.deleteMessage(receiptHandle)
      return
    }
    onFailure(message.messageId, failure)
    const { type, ms } = redelivery(message, queue, this.#hurry)
    queue.changeVisibility(receiptHandle, ms / 1000)
    if (type === 'soon') this.#soon.add(receiptHandle)
    this.#timers.after(ms + 1, () => this.wake())
  }

  #ready(): number {
    return Number(this.queue.getAttribute('ApproximateNumberOfMessages'))
  }
}

export interface Taken {
  readonly message: QueueMessage
  readonly receiptHandle: string
}

/** The messages of a batch that failed, by message id, with the reason; all others are done. */
export type Failures = ReadonlyMap<string, string>

const UNEXPLAINED = 'the function reported the item as failed and logged no error with its message id'

/** The event Lambda makes of a batch, as JSON. @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export function sqsEvent(queue: FauxQueue, batch: readonly Taken[]): string {
  return JSON.stringify({ Records: batch.map((taken) => record(queue, taken)) })
}

function record(queue: FauxQueue, { message, receiptHandle }: Taken): object {
  const optional = (name: string, value: string | undefined) => (value === undefined ? {} : { [name]: value })
  return {
    messageId: message.messageId,
    receiptHandle,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.approximateReceiveCount),
      SentTimestamp: String(message.sentTimestamp),
      SenderId: ACCOUNT,
      ApproximateFirstReceiveTimestamp: String(
        message.approximateFirstReceiveTimestamp ?? message.sentTimestamp,
      ),
      ...optional('MessageGroupId', message.messageGroupId),
      ...optional('MessageDeduplicationId', message.messageDeduplicationId),
      ...optional('SequenceNumber', message.sequenceNumber),
    },
    messageAttributes: Object.fromEntries(
      Object.entries(message.messageAttributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
        name,
        {
          ...optional('stringValue', StringValue),
          ...optional('binaryValue', BinaryValue),
          stringListValues: [],
          binaryListValues: [],
          dataType: DataType,
        },
      ]),
    ),
    md5OfBody: message.md5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queue.arn,
    awsRegion: REGION,
  }
}

/**
 * Which messages of the batch failed. An error fails all. With partial responses, one that names an unknown or
 * empty id, or is malformed, fails all as well.
 */
export function failuresOf(batch: readonly Taken[], result: InvocationResult, partial: boolean): Failures {
  const all = (reason: string) => new Map(batch.map(({ message }) => [message.messageId, reason]))
  if (result.status === 'error') return all(describeError(result.error))
  if (!partial) return new Map()
  const answer: Json = parseJson(result.payload)
  if (!isObject(answer) || answer.batchItemFailures === undefined || answer.batchItemFailures === null)
    return new Map()
  const ids = objectsOf(answer.batchItemFailures).map((failure) => textOf(failure.itemIdentifier))
  const known = new Set(batch.map(({ message }) => message.messageId))
  const failures = new Map<string, string>()
  for (const id of ids) {
    if (id === undefined || !known.has(id)) return all('the function named an unknown itemIdentifier')
    failures.set(id, loggedReason(result.errorLines, id) ?? UNEXPLAINED)
  }
  return failures
}
