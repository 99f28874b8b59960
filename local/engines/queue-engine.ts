import { mkdirSync } from 'node:fs'
import { AwsError } from '../aws-error.ts'
import type { VirtualClock } from '../clock.ts'
import { type JsonObject, objectOf, objectsOf, textOf } from '../json.ts'
import { REGION } from '../template/intrinsics.ts'
import {
  DurableQueues,
  type FauxQueue,
  type FauxStore,
  isRefused,
  loadManager,
  loadQueueAction,
  loadQueueStore,
  type QueueAction,
  type QueueMessage,
  REFUSED_MESSAGE,
} from './fauxqs.ts'

/** Told about every message that enters a queue, delayed ones included. */
type ArrivalListener = (queue: FauxQueue, message: QueueMessage) => void

type IsHeld = (receiptHandle: string) => boolean

const NOBODY: IsHeld = () => false

const OPERATIONS = new Set([
  'ChangeMessageVisibility',
  'ChangeMessageVisibilityBatch',
  'DeleteMessage',
  'DeleteMessageBatch',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ListQueues',
  'ListQueueTags',
  'PurgeQueue',
  'ReceiveMessage',
  'SendMessage',
  'SendMessageBatch',
  'SetQueueAttributes',
])

/** SQS: fauxqs' queues in this process, written through to SQLite when there is a data folder. */
export class QueueEngine {
  readonly #store: FauxStore
  readonly #durable: DurableQueues | undefined
  readonly #clock: VirtualClock
  readonly #actions = new Map<string, QueueAction>()
  readonly #listeners: ArrivalListener[] = []
  /** Trace headers of messages, for as long as this process runs. */
  readonly #traces = new WeakMap<QueueMessage, string>()
  #sending: string | undefined

  private constructor(store: FauxStore, durable: DurableQueues | undefined, clock: VirtualClock) {
    this.#store = store
    this.#durable = durable
    this.#clock = clock
  }

  /** @param folder where SQLite's file goes; absent: in memory */
  static async start(clock: VirtualClock, folder: string | undefined): Promise<QueueEngine> {
    const Store = await loadQueueStore()
    const store = new Store()
    store.region = REGION
    if (folder === undefined) return new QueueEngine(store, undefined, clock)
    mkdirSync(folder, { recursive: true })
    const Manager = await loadManager()
    const manager = new Manager(folder)
    manager.loadSqsAndSns(store, { topics: new Map(), subscriptions: new Map() })
    const durable = new DurableQueues(manager, clock)
    store.persistence = durable
    const engine = new QueueEngine(store, durable, clock)
    for (const queue of store.allQueues()) {
      queue.persistence = durable
      engine.#observe(queue)
      // Whoever held these messages ended with the last process.
      for (const handle of [...queue.inflightMessages.keys()]) queue.changeVisibility(handle, 0)
    }
    engine.elapse(clock.offsetMs, NOBODY)
    return engine
  }

  onArrival(listener: ArrivalListener): void {
    this.#listeners.push(listener)
  }

  /** Creates the queue, or gives an existing one these attributes. */
  ensureQueue(name: string, url: string, arn: string, attributes: Record<string, string>): FauxQueue {
    const existing = this.#store.getQueueByName(name)
    if (existing) {
      existing.setAttributes(attributes)
      return existing
    }
    const queue = this.#store.createQueue(name, url, arn, attributes)
    this.#observe(queue)
    return queue
  }

  byArn(arn: string): FauxQueue | undefined {
    return this.#store.getQueueByArn(arn)
  }

  byUrl(url: string): FauxQueue | undefined {
    return this.#store.getQueue(url)
  }

  all(): FauxQueue[] {
    return [...this.#store.allQueues()]
  }

  /**
   * Carries out one SQS operation; resolves when what it changed is on disk.
   * @param trace the request's trace header, which goes with what it sends
   */
  async call(operation: string, input: JsonObject, trace?: string): Promise<object> {
    if (!OPERATIONS.has(operation)) {
      throw new AwsError('InvalidAction', `The action ${operation} is not valid for this endpoint.`)
    }
    let action = this.#actions.get(operation)
    if (!action) {
      action = await loadQueueAction(operation)
      this.#actions.set(operation, action)
    }
    try {
      if (operation === 'SendMessage') checkAttributes(input)
      if (operation === 'SendMessageBatch')
        for (const entry of objectsOf(input.Entries)) checkAttributes(entry)
      this.#sending = trace
      const acting = action(input, this.#store, { headers: {} })
      this.#sending = undefined
      const result = await acting
      await this.committed()
      return result
    } catch (error) {
      throw asAwsError(error)
    }
  }

  /** The trace header that a message was sent with. */
  traceOf(message: QueueMessage): string | undefined {
    return this.#traces.get(message)
  }

  /** Resolves when every change made so far is on disk. */
  committed(): Promise<void> {
    return this.#durable?.committed() ?? Promise.resolve()
  }

  /** Moves up to `max` messages into flight; those received too often go to the dead-letter queue. */
  take(queue: FauxQueue, max: number): { message: QueueMessage; receiptHandle: string }[] {
    const taken: { message: QueueMessage; receiptHandle: string }[] = []
    while (taken.length < max) {
      const batch = queue.dequeue(Math.min(10, max - taken.length), undefined, (arn) => this.byArn(arn))
      for (const { ReceiptHandle } of batch) {
        const entry = queue.inflightMessages.get(ReceiptHandle)
        if (entry) taken.push({ message: entry.message, receiptHandle: ReceiptHandle })
      }
      if (batch.length === 0) break
    }
    return taken
  }

  /**
   * Moves the waiting time of delayed and of invisible messages along with a jump of the clock.
   * @param isHeld whether a function works on the message just now: the jump takes none of its time away
   */
  elapse(ms: number, isHeld: IsHeld): void {
    for (const queue of this.all()) {
      const { delayed, inflight } = queue.inspectMessages()
      for (const message of delayed) if (message.delayUntil !== undefined) message.delayUntil -= ms
      for (const { receiptHandle } of inflight) {
        const entry = queue.inflightMessages.get(receiptHandle)
        if (entry && !isHeld(receiptHandle)) entry.visibilityDeadline -= ms
      }
      queue.processTimers()
    }
  }

  /** When the next delayed or invisible message of these queues is due, in milliseconds of the virtual clock. */
  nextDue(queues: Iterable<FauxQueue>, isHeld: IsHeld): number | undefined {
    let next = Number.POSITIVE_INFINITY
    for (const queue of queues) {
      const { delayed, inflight } = queue.inspectMessages()
      for (const { delayUntil = next } of delayed) next = Math.min(next, delayUntil)
      for (const { receiptHandle, visibilityDeadline } of inflight) {
        if (!isHeld(receiptHandle)) next = Math.min(next, visibilityDeadline)
      }
    }
    return next === Number.POSITIVE_INFINITY ? undefined : next + this.#clock.offsetMs
  }

  async close(): Promise<void> {
    this.#store.shutdown()
    await this.#durable?.close()
  }

  #observe(queue: FauxQueue): void {
    const enqueue = queue.enqueue.bind(queue)
    queue.enqueue = (message) => {
      message.sentTimestamp = this.#clock.now()
      if (this.#sending !== undefined) this.#traces.set(message, this.#sending)
      enqueue(message)
      for (const listener of this.#listeners) listener(queue, message)
    }
  }
}

/** @throws AwsError where an attribute's text holds what SQS does not take; fauxqs looks at bodies alone */
function checkAttributes({ MessageAttributes }: JsonObject): void {
  for (const [name, attribute] of Object.entries(objectOf(MessageAttributes))) {
    if (isRefused(textOf(objectOf(attribute).StringValue) ?? '')) {
      throw new AwsError('InvalidParameterValue', `The attribute ${name} is invalid: ${REFUSED_MESSAGE}`)
    }
  }
}

function asAwsError(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 400
  const message = error.code === 'InvalidMessageContents' ? REFUSED_MESSAGE : error.message
  return new AwsError(error.code, message, status)
}
