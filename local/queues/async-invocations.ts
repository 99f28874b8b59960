import type { Activity } from '../activity.ts'
import { AwsError } from '../aws-error.ts'
import type { VirtualClock } from '../clock.ts'
import { escapeRefused, type FauxQueue, type QueueMessage } from '../engines/fauxqs.ts'
import type { QueueEngine } from '../engines/queue-engine.ts'
import { numberOf, objectOf, parseJson, textOf } from '../json.ts'
import { type Functions, type LocalFunction, mayRecur } from '../lambda/functions.ts'
import {
  DIRECT,
  describeError,
  type FunctionError,
  type InvocationResult,
  isSpent,
  oneRoundOn,
  readLineage,
  tooManyRounds,
} from '../lambda/invocation.ts'
import { arnOf } from '../template/intrinsics.ts'
import type { Resource } from '../template/model.ts'
import { QueuePoller, type Taken } from './queue-poller.ts'

interface AsyncOptions {
  readonly engine: QueueEngine
  readonly functions: Functions
  readonly activity: Activity
  readonly clock: VirtualClock
  /** `AWS::Lambda::EventInvokeConfig` resources. */
  readonly configs: readonly Resource[]
  /** Hands a function's failed event to a destination's ARN. */
  deliver(functionName: string, arn: string, body: string): Promise<void>
  onDropped(functionName: string, reason: string): void
}

const DEFAULT_RETRIES = 2
const PREFIX = 'lambda-async--'

/** Whether a queue is one of Lambda's own, which no account sees. */
export function isAsyncQueue(queue: FauxQueue): boolean {
  return queue.name.startsWith(PREFIX)
}

/** Asynchronous invocations wait in a durable queue of their own, with Lambda's retries. */
export class AsyncInvocations {
  readonly #options: AsyncOptions
  readonly #pollers = new Map<string, QueuePoller>()

  constructor(options: AsyncOptions) {
    this.#options = options
  }

  pollers(): QueuePoller[] {
    return [...this.#pollers.values()]
  }

  /** Takes up queues that hold invocations from before a crash. */
  resume(): void {
    for (const fn of this.#options.functions.all()) {
      if (this.#options.engine.byArn(arnOf('sqs', `${PREFIX}${fn.resource.name}`))) this.#poller(fn)
    }
  }

  /** Resolves when the event is kept. @param event JSON @param trace the trace header it came with */
  async invoke(functionArn: string, event: string, trace?: string): Promise<void> {
    const fn = this.#options.functions.find(functionArn)
    if (!fn) throw new AwsError('ResourceNotFoundException', `there is no function ${functionArn}`, 404)
    const { queue } = this.#poller(fn)
    const message = { QueueUrl: queue.url, MessageBody: escapeRefused(event) }
    await this.#options.engine.call('SendMessage', message, trace)
  }

  #poller(fn: LocalFunction): QueuePoller {
    const existing = this.#pollers.get(fn.resource.arn)
    if (existing) return existing
    const { engine, activity } = this.#options
    const name = `${PREFIX}${fn.resource.name}`
    const queue = engine.ensureQueue(name, `http://localhost/000000000000/${name}`, arnOf('sqs', name), {})
    const poller = new QueuePoller({
      queue,
      engine,
      activity,
      batchSize: 1,
      windowMs: 0,
      concurrency: fn.pool.limit,
      consume: (batch) => this.#consume(fn, batch),
      onFailure: () => undefined,
      redeliver: () => false,
    })
    this.#pollers.set(fn.resource.arn, poller)
    return poller
  }

  async #consume(fn: LocalFunction, batch: readonly Taken[]): Promise<Map<string, string>> {
    const failures = new Map<string, string>()
    for (const { message } of batch) {
      const result = await this.#run(fn, message)
      if (result.status === 'ok') continue
      if (message.approximateReceiveCount <= this.#retries(fn)) {
        failures.set(message.messageId, describeError(result.error))
      } else {
        await this.#giveUp(fn, message.body, result.error, message.approximateReceiveCount)
      }
    }
    return failures
  }

  async #run(fn: LocalFunction, message: QueueMessage): Promise<InvocationResult> {
    const { engine, functions } = this.#options
    const { arn, name } = fn.resource
    const lineage = readLineage(engine.traceOf(message))
    if (mayRecur(fn) || !isSpent(lineage, DIRECT, arn))
      return functions.invoke(fn, message.body, oneRoundOn([lineage], DIRECT, arn))
    const error = { errorType: 'RecursiveInvocationException', errorMessage: tooManyRounds(name) }
    return { status: 'error', error }
  }

  async #giveUp(fn: LocalFunction, body: string, error: FunctionError, count: number): Promise<void> {
    const { deliver, onDropped, clock } = this.#options
    const destination = textOf(objectOf(objectOf(this.#config(fn)?.DestinationConfig).OnFailure).Destination)
    const deadLetterQueue = textOf(objectOf(fn.resource.properties.DeadLetterConfig).TargetArn)
    if (destination !== undefined) {
      const requestContext = {
        functionArn: `${fn.resource.arn}:$LATEST`,
        condition: 'RetriesExhausted',
        approximateInvokeCount: count,
      }
      const timestamp = new Date(clock.now()).toISOString()
      const requestPayload = parseJson(body)
      await deliver(
        fn.resource.name,
        destination,
        JSON.stringify({ version: '1.0', timestamp, requestContext, requestPayload, responsePayload: error }),
      )
    } else if (deadLetterQueue !== undefined) {
      await deliver(fn.resource.name, deadLetterQueue, body)
    } else {
      onDropped(fn.resource.name, describeError(error))
    }
  }

  #retries(fn: LocalFunction): number {
    return numberOf(this.#config(fn)?.MaximumRetryAttempts) ?? DEFAULT_RETRIES
  }

  #config(fn: LocalFunction) {
    const { name, arn } = fn.resource
    return this.#options.configs.find(({ properties }) =>
      [name, arn].includes(textOf(properties.FunctionName) ?? ''),
    )?.properties
  }
}
