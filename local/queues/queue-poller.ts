import { availableParallelism } from 'node:os'
import type { Activity } from '../activity.ts'
import type { FauxQueue, QueueMessage } from '../engines/fauxqs.ts'
import type { QueueEngine } from '../engines/queue-engine.ts'
import type { Failures, Taken } from './batch.ts'
import { redelivery } from './redelivery.ts'
import { Timers } from './timers.ts'

export interface PollerOptions {
  readonly queue: FauxQueue
  readonly engine: QueueEngine
  readonly activity: Activity
  readonly batchSize: number
  /** How long to wait for a full batch, real milliseconds. */
  readonly windowMs: number
  /** Batches at once. */
  readonly concurrency: number
  /** Never rejects. */
  consume(batch: readonly Taken[]): Promise<Failures>
  /** A message that failed; the last reason is what its dead letter shows. */
  onFailure(messageId: string, reason: string): void
  /** Whether a message just done is to come once more, as SQS may do. */
  redeliver(): boolean
}

/** Batches at once that this machine has cores for; more only while one of them takes its time. */
const CALM_CONCURRENCY = Math.max(2, availableParallelism())
const LONG_BATCH_MS = 200
/** With one batch under way a smaller one waits this long for company. */
const GATHER_MS = 20
const SLOW_POLL_MS = 1000

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
    while (!this.#closed && this.#running < concurrency) {
      const ready = this.#ready()
      if (ready > 0 && this.#running >= CALM_CONCURRENCY) {
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
    const { batchSize, windowMs } = this.#options
    const patience = windowMs > 0 ? windowMs : this.#running > 0 ? GATHER_MS : 0
    if (ready >= batchSize || patience === 0 || this.#hurry) return true
    const now = performance.now()
    this.#waitingSince ??= now
    const left = this.#waitingSince + patience - now
    if (left <= 0) return true
    this.#timers.alarm(left, () => this.wake())
    return false
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
