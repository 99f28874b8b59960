import type { Logger } from '@aws-lambda-powertools/logger'
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware'
import middy from '@middy/core'
import type { Context, SQSBatchResponse } from 'aws-lambda'
import * as z from 'zod/mini'
import type { QueueMessage } from './message.ts'

/** Messages that must come again, each with the reason; every other one is done. */
export type Failures = ReadonlyMap<string, unknown>

const batchSchema = z.object({
  Records: z.array(z.object({ messageId: z.string(), body: z.string() })),
})

const reasonOf = (error: unknown) =>
  error instanceof Error
    ? { name: error.name, reason: error.message }
    : { name: 'Unknown', reason: String(error) }

/**
 * Entry of a queue's function: hands the messages of a batch to `process` and reports those that failed, so that a
 * poison message goes its way to the dead-letter queue alone. Logs ids and reasons, never a body.
 * @throws what `process` throws: then the whole batch comes again.
 */
export const handleBatch = (
  logger: Logger,
  process: (messages: readonly QueueMessage[]) => Promise<Failures>,
): ((event: unknown, context: Context) => Promise<SQSBatchResponse>) => {
  const handler = async (event: unknown): Promise<SQSBatchResponse> => {
    const failures = new Map<string, unknown>()
    const messages: QueueMessage[] = []
    for (const { messageId, body } of z.parse(batchSchema, event).Records) {
      try {
        messages.push({ messageId, body: JSON.parse(body) })
      } catch {
        failures.set(messageId, new Error('the message is not JSON'))
      }
    }
    for (const [messageId, error] of await process(messages)) failures.set(messageId, error)
    for (const [messageId, error] of failures)
      logger.error('message failed', { messageId, error: reasonOf(error) })
    return { batchItemFailures: [...failures.keys()].map((itemIdentifier) => ({ itemIdentifier })) }
  }
  return middy<unknown, SQSBatchResponse>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .handler(handler)
}
