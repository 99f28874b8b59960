import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import type { FauxQueue, QueueMessage } from '../engines/fauxqs.ts'
import { isObject, type Json, objectOf, parseJson, textOf } from '../json.ts'
import { readErrorLine, reasonIn } from '../log-line.ts'

interface DeadLetter {
  readonly queue: string
  readonly body: string
  readonly error: string
}

/** Those of the messages that failed last; most of them came through in the end. */
const MAX_REASONS = 10_000

/** Which queues hold dead letters, and the error that brought each message there. */
export class DeadLetters {
  readonly #queues = new Map<string, FauxQueue>()
  readonly #reasons = new Map<string, string>()
  readonly #file: string | undefined

  constructor(file: string | undefined) {
    this.#file = file
    if (file === undefined || !existsSync(file)) return
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      if (!line.endsWith('}')) continue
      const { messageId, error } = objectOf(parseJson(line))
      this.#reasons.set(textOf(messageId) ?? '', textOf(error) ?? '')
    }
  }

  /** Makes a queue one of dead letters. */
  watch(queue: FauxQueue): void {
    this.#queues.set(queue.arn, queue)
  }

  failed(messageId: string, reason: string): void {
    this.#reasons.delete(messageId)
    this.#reasons.set(messageId, reason)
    const [oldest] = this.#reasons.keys()
    if (this.#reasons.size > MAX_REASONS && oldest !== undefined) this.#reasons.delete(oldest)
  }

  arrived(queue: FauxQueue, message: QueueMessage): void {
    const error = this.#reasons.get(message.messageId)
    if (error === undefined || !this.#queues.has(queue.arn) || this.#file === undefined) return
    appendFileSync(this.#file, `${JSON.stringify({ messageId: message.messageId, error })}\n`)
  }

  list(): DeadLetter[] {
    return [...this.#queues.values()].flatMap((queue) => {
      const { ready, delayed, inflight } = queue.inspectMessages()
      const messages = [...ready, ...delayed, ...inflight.map(({ message }) => message)]
      return messages.map((message) => ({
        queue: queue.name,
        body: message.body,
        error: this.#reason(message),
      }))
    })
  }

  #reason({ messageId, messageAttributes }: QueueMessage): string {
    const written = messageAttributes.ERROR_MESSAGE?.StringValue
    return this.#reasons.get(messageId) ?? written ?? 'received too often without being deleted'
  }
}

/**
 * Why a function reported a message as failed. Lambda's answer names the message only, so the reason is taken from the
 * newest line of level ERROR that holds the message's id as a value, as structured loggers write it.
 */
export function loggedReason(lines: readonly string[], messageId: string): string | undefined {
  for (const line of lines.toReversed()) {
    const entry = line.includes(messageId) ? readErrorLine(line) : undefined
    if (entry && holds(entry, messageId)) return reasonIn(entry)
  }
  return undefined
}

function holds(value: Json | undefined, text: string): boolean {
  if (Array.isArray(value)) return value.some((one) => holds(one, text))
  return isObject(value) ? Object.values(value).some((one) => holds(one, text)) : value === text
}
