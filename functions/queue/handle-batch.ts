import type { Logger } from '@aws-lambda-powertools/logger'
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware'
import middy from '@middy/core'
import type { Context, SQSBatchResponse } from 'aws-lambda'
import * as z from 'zod/mini'
import type { QueueMessage } from './message.ts'
import { type WorkIds, type WorkLog, workIdsOf } from './work-log.ts'

/** Messages that must come again, each with the reason; every other one is done. */
export type Failures = ReadonlyMap<string, unknown>

export type Process = (messages: readonly QueueMessage[], log?: WorkLog) => Promise<Failures>

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
