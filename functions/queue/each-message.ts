import type { Failures } from './handle-batch.ts'
import type { QueueMessage } from './message.ts'
import { noWorkLog, type WorkLog } from './work-log.ts'

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
