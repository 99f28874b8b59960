import { createHash } from 'node:crypto'
import { ConflictException, CreateScheduleCommand, type SchedulerClient } from '@aws-sdk/client-scheduler'
import type { Alarms } from '../ports.ts'

export interface SchedulerAlarmsOptions {
  readonly client: SchedulerClient
  /** Schedule group that holds all alarms. */
  readonly group: string
  /** Queue that alarms put their message on. */
  readonly queueArn: string
  /** Queue for alarms that the first one would not take. */
  readonly deadLettersArn: string
  /** What Scheduler acts as. */
  readonly roleArn: string
}

/** Schedule names allow 64 of `0-9 a-z A-Z - _ .`: a hash fits whatever the alarm is called. */
export const scheduleName = (name: string): string => createHash('sha256').update(name).digest('base64url')

/** Scheduler counts whole seconds: the second that `at` lies in, so that three days are never more than three days. */
const wholeSecond = (at: string): string => new Date(at).toISOString().slice(0, 19)

/** One one-time schedule for each alarm; it goes away once it has fired. */
export const schedulerAlarms = (options: SchedulerAlarmsOptions): Alarms => ({
  set: async (name, at, message) => {
    try {
      await options.client.send(
        new CreateScheduleCommand({
          Name: scheduleName(name),
          GroupName: options.group,
          ScheduleExpression: `at(${wholeSecond(at)})`,
          ScheduleExpressionTimezone: 'UTC',
          FlexibleTimeWindow: { Mode: 'OFF' },
          ActionAfterCompletion: 'DELETE',
          Target: {
            Arn: options.queueArn,
            RoleArn: options.roleArn,
            Input: JSON.stringify(message),
            DeadLetterConfig: { Arn: options.deadLettersArn },
          },
        }),
      )
    } catch (error) {
      // Already set: by an earlier try at the same work.
      if (!(error instanceof ConflictException)) throw error
    }
  },
})
