import * as z from 'zod/mini'
import type { Json } from '../../domain/json.ts'
import type { Clock, SetLate } from '../ports.ts'
import type { Failures } from './handle-batch.ts'
import type { QueueMessage } from './message.ts'

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

/**
 * Lets alarms through that Scheduler would not take: those whose time has come are handed on as what they say, the others
 * are tried again. One message stands for one alarm all the while.
 */
export const withLateAlarms =
  (
    { setLate, clock }: LateAlarmPorts,
    process: (messages: readonly QueueMessage[]) => Promise<Failures>,
  ): ((messages: readonly QueueMessage[]) => Promise<Failures>) =>
  async (messages) => {
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
          }
      }),
    )
    for (const [messageId, error] of due.length > 0 ? await process(due) : []) failures.set(messageId, error)
    return failures
  }
