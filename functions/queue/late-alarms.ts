import type { Logger } from '@aws-lambda-powertools/logger'
import * as z from 'zod/mini'
import type { Json, JsonObject } from '../../domain/json.ts'
import type { Clock, SetLate } from '../ports.ts'
import type { Process } from './handle-batch.ts'
import type { QueueMessage } from './message.ts'
import { noWorkLog, workIdsOf } from './work-log.ts'

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

export interface LateAlarmPorts {
  readonly setLate: SetLate
  readonly clock: Clock
}

/** Writes the line that raises the alarm: what Scheduler answered, and whom and what the wake-up was for. */
export const warnRefused =
  (logger: Pick<Logger, 'warn'>, line: string) =>
  ({ message, ...details }: { readonly message: JsonObject; readonly reason: string }): void =>
    logger.warn(line, { ...details, ...workIdsOf(message) })

/**
 * Lets alarms through that Scheduler would not take: those whose time has come are handed on as what they say, the others
 * are tried again. One message stands for one alarm all the while.
 */
export const withLateAlarms =
  ({ setLate, clock }: LateAlarmPorts, process: Process): Process =>
  async (messages, log = noWorkLog) => {
    const failures = new Map<string, unknown>()
    const due: QueueMessage[] = []
    await Promise.all(
      messages.map(async ({ messageId, body }) => {
        const { data: alarm } = z.safeParse(schema, body)
        if (alarm === undefined) due.push({ messageId, body })
        else if (alarm.at <= clock()) due.push({ messageId, body: alarm.message })
        else
          try {
            await setLate(alarm)
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
