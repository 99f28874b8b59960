import type { Logger } from '@aws-lambda-powertools/logger'
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware'
import middy from '@middy/core'
import type { Context, SQSBatchResponse } from 'aws-lambda'
import * as z from 'zod/mini'
import { decodeSendTags } from '../../domain/email/email-outcome.ts'
import { correlationOf } from '../../domain/model/decision.ts'
import type { Json, JsonObject } from '../../domain/model/json.ts'
import type { Clock, SetLate } from '../ports.ts'
import { parseBusEvent, type QueueMessage } from './message.ts'

/** What a line of the log says a message was about: ids alone. */
interface WorkIds {
  /** Detail type of the event, or what a message of our own asks for. */
  readonly work?: string
  /** The same for everything that follows from one fact. */
  readonly correlationId?: string
  readonly leadId?: string
  readonly runId?: string
  readonly handoffId?: string
  readonly sendId?: string
}

/** What a batch tells of its messages while it works on them. */
export interface WorkLog {
  /** Ids that the message itself does not name. */
  found(messageId: string, ids: WorkIds): void
  /** Done or failed; what is never told of ends with its batch. */
  ended(messageId: string): void
}

export const noWorkLog: WorkLog = { found: () => {}, ended: () => {} }

/** Programs give ids of their own: one that could be an address, or a sentence, stays out of the log. */
const id = z.catch(z.optional(z.string().check(z.regex(/^[^@\s]{1,256}$/))), undefined)

const named = {
  leadId: id,
  runId: id,
  handoffId: id,
  sendId: id,
  run: z.catch(z.optional(z.object({ runId: id })), undefined),
}
const ownSchema = z.object({ type: id, ...named })
const parkedSchema = z.object({ type: z.literal('alarm'), message: z.record(z.string(), z.unknown()) })
const detailSchema = z.object({
  id,
  metadata: z.catch(z.optional(z.object({ correlationId: id })), undefined),
  data: z.catch(z.optional(z.object(named)), undefined),
  subject: z.catch(z.optional(z.object({ leadId: id })), undefined),
  mail: z.catch(z.optional(z.object({ tags: z.unknown() })), undefined),
})

type Named = z.infer<z.ZodMiniObject<typeof named>>

type Maybe = { readonly [Key in keyof WorkIds]: string | undefined }

const idsIn = ({ run, ...ids }: Partial<Named> = {}): Maybe => ({ ...ids, runId: ids.runId ?? run?.runId })

const present = (ids: Maybe): WorkIds =>
  Object.fromEntries(Object.entries(ids).filter(([, value]) => value !== undefined))

/** What can be told of a message from its body, whatever queue it stands on. */
export const workIdsOf = (body: unknown): WorkIds => {
  const parked = z.safeParse(parkedSchema, body)
  if (parked.success) return { ...workIdsOf(parked.data.message), work: 'alarm' }
  const event = parseBusEvent(body)
  if (event === undefined) {
    const { data: own } = z.safeParse(ownSchema, body)
    if (own === undefined) return {}
    const { type, ...ids } = own
    return present({ work: type, ...idsIn(ids) })
  }
  const { data: detail } = z.safeParse(detailSchema, event.detail)
  const tags = decodeSendTags(detail?.mail?.tags)
  return present({
    work: event.type,
    correlationId: detail?.metadata?.correlationId ?? correlationOf(detail?.id ?? event.id),
    ...idsIn(detail?.data),
    ...(detail?.subject?.leadId !== undefined && { leadId: detail.subject.leadId }),
    ...(tags && { leadId: tags.leadId, sendId: tags.sendId }),
  })
}

/** Messages that must come again, each with the reason; every other one is done. */
export type Failures = ReadonlyMap<string, unknown>

type Process = (messages: readonly QueueMessage[], log?: WorkLog) => Promise<Failures>

const batchSchema = z.object({
  Records: z.array(z.object({ messageId: z.string(), body: z.string() })),
})

const reasonOf = (error: unknown) =>
  error instanceof Error
    ? { name: error.name, reason: error.message }
    : { name: 'Unknown', reason: String(error) }

interface Note {
  ids: WorkIds
  endedAt?: number
}

/** Reads the messages and begins a note of each. */
const begin = (event: unknown) => {
  const failures = new Map<string, unknown>()
  const messages: QueueMessage[] = []
  const notes = new Map<string, Note>()
  for (const { messageId, body } of z.parse(batchSchema, event).Records) {
    notes.set(messageId, { ids: {} })
    try {
      messages.push({ messageId, body: JSON.parse(body) })
    } catch {
      failures.set(messageId, new Error('the message is not JSON'))
    }
  }
  for (const { messageId, body } of messages) notes.set(messageId, { ids: workIdsOf(body) })
  const log: WorkLog = {
    found: (messageId, ids) => {
      const note = notes.get(messageId)
      if (note) note.ids = { ...note.ids, ...ids }
    },
    ended: (messageId) => {
      const note = notes.get(messageId)
      if (note) note.endedAt = performance.now()
    },
  }
  return { failures, messages, notes, log }
}

/**
 * Entry of a queue's function: hands the messages of a batch to `process` and reports those that failed, so that a
 * poison message goes its way to the dead-letter queue alone. Logs one line for each message: ids, outcome, reason and
 * duration, never a body.
 * @throws what `process` throws: then the whole batch comes again.
 */
export const handleBatch = (
  logger: Logger,
  process: Process,
): ((event: unknown, context: Context) => Promise<SQSBatchResponse>) => {
  const handler = async (event: unknown): Promise<SQSBatchResponse> => {
    const begunAt = performance.now()
    const { failures, messages, notes, log } = begin(event)
    for (const [messageId, error] of await process(messages, log)) failures.set(messageId, error)
    const now = performance.now()
    for (const [messageId, { ids, endedAt = now }] of notes) {
      const line = { messageId, ...ids, durationMs: Math.round(endedAt - begunAt) }
      if (failures.has(messageId))
        logger.error('message failed', {
          ...line,
          outcome: 'failed',
          error: reasonOf(failures.get(messageId)),
        })
      else logger.info('message done', { ...line, outcome: 'done' })
    }
    return { batchItemFailures: [...failures.keys()].map((itemIdentifier) => ({ itemIdentifier })) }
  }
  return middy<unknown, SQSBatchResponse>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .handler(handler)
}

/** How long (ms) the messages of a batch wait for each other, so that what they ask for shares requests. */
const gathers = 5

/** Tells how long what a message asks for waits for others: not at all where it is alone. */
export const makeCompany = () => {
  let messages = 1
  return {
    gather: (): number => (messages > 1 ? gathers : 0),
    of:
      (process: Process): Process =>
      (batch, log) => {
        messages = batch.length
        return process(batch, log)
      },
  }
}

/** Takes each message by itself, all of a batch at once: returning means done, throwing means again. */
export const eachMessage =
  (handle: (body: unknown) => Promise<void>) =>
  async (messages: readonly QueueMessage[], log: WorkLog = noWorkLog): Promise<Failures> => {
    const failures = new Map<string, unknown>()
    await Promise.all(
      messages.map(async ({ messageId, body }) => {
        try {
          await handle(body)
        } catch (error) {
          failures.set(messageId, error)
        } finally {
          log.ended(messageId)
        }
      }),
    )
    return failures
  }

const schema = z.object({
  type: z.literal('alarm'),
  name: z.string(),
  at: z.string(),
  message: z.record(
    z.string(),
    z.custom<Json>((value) => value !== undefined),
  ),
  tries: z.int(),
})

interface LateTimerPorts {
  readonly setLate: SetLate
  readonly clock: Clock
}

/** Writes the line that raises the alarm: what Scheduler answered, and whom and what the wake-up was for. */
export const warnRefused =
  (logger: Pick<Logger, 'warn'>, line: string) =>
  ({ message, ...details }: { readonly message: JsonObject; readonly reason: string }): void =>
    logger.warn(line, { ...details, ...workIdsOf(message) })

/**
 * Lets timers through that Scheduler would not take: those whose time has come are handed on as what they say, the others
 * are tried again. One message stands for one timer all the while.
 */
export const withLateTimers =
  ({ setLate, clock }: LateTimerPorts, process: Process): Process =>
  async (messages, log = noWorkLog) => {
    const failures = new Map<string, unknown>()
    const due: QueueMessage[] = []
    await Promise.all(
      messages.map(async ({ messageId, body }) => {
        const { data: timer } = z.safeParse(schema, body)
        if (timer === undefined) due.push({ messageId, body })
        else if (timer.at <= clock()) due.push({ messageId, body: timer.message })
        else
          try {
            await setLate(timer)
          } catch (error) {
            failures.set(messageId, error)
          } finally {
            log.ended(messageId)
          }
      }),
    )
    for (const [messageId, error] of due.length > 0 ? await process(due, log) : [])
      failures.set(messageId, error)
    return failures
  }
