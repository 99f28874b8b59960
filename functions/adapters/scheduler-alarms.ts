import { createHash } from 'node:crypto'
import {
  ConflictException,
  CreateScheduleCommand,
  DeleteScheduleCommand,
  ResourceNotFoundException,
  type SchedulerClient,
} from '@aws-sdk/client-scheduler'
import type { JsonObject } from '../../domain/model/json.ts'
import type { CancelAlarm } from '../erasure-ports.ts'
import { type Alarms, type Clock, type LateAlarm, type SetLate, Transient } from '../ports.ts'

interface ScheduleTarget {
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

interface SchedulerAlarmsOptions extends ScheduleTarget {
  /** Puts a message on that same queue, to be handed out after `delay` seconds (at most 900). */
  readonly later: (message: JsonObject, delay: number) => Promise<void>
  readonly clock: Clock
  /** Writes the line that raises the alarm of whoever looks after the system. */
  readonly warn: (details: RefusedWake) => void
}

interface RefusedWake {
  /** The error's name, and what it says. */
  readonly reason: string
  readonly detail: string
  readonly tries: number
  /** What it was to wake for. */
  readonly at: string
  readonly message: JsonObject
}

interface SchedulerAlarms extends Alarms {
  readonly setLate: SetLate
}

/** Schedule names allow 64 of `0-9 a-z A-Z - _ .`: a hash fits whatever the alarm is called. */
const scheduleName = (name: string): string => createHash('sha256').update(name).digest('base64url')

/**
 * Scheduler counts whole seconds: the second that `at` lies in. It goes off within the minute that follows, as Scheduler
 * promises no more.
 */
const wholeSecond = (at: string): string => new Date(at).toISOString().slice(0, 19)

/** Seconds that SQS holds a message back at most. */
const longestDelay = 900
/** Tries a quarter of an hour apart: three days. */
const mostTries = 288

const secondsUntil = (at: string, now: string): number =>
  Math.max(0, Math.ceil((Date.parse(at) - Date.parse(now)) / 1000))

/** One one-time schedule for each alarm; it goes away once it has fired. @throws what Scheduler refuses it with. */
export const plainSchedulerAlarms = (target: ScheduleTarget): Alarms => ({
  set: async (name, at, message) => {
    try {
      await target.client.send(
        new CreateScheduleCommand({
          Name: scheduleName(name),
          GroupName: target.group,
          ScheduleExpression: `at(${wholeSecond(at)})`,
          ScheduleExpressionTimezone: 'UTC',
          FlexibleTimeWindow: { Mode: 'OFF' },
          ActionAfterCompletion: 'DELETE',
          Target: {
            Arn: target.queueArn,
            RoleArn: target.roleArn,
            Input: JSON.stringify(message),
            DeadLetterConfig: { Arn: target.deadLettersArn },
          },
        }),
      )
    } catch (error) {
      // Already set: by an earlier try at the same work.
      if (!(error instanceof ConflictException)) throw error
    }
  },
})

/**
 * The same, but what Scheduler refuses for whatever reason (it is full, throttled, or not allowed) waits in the queue
 * instead and is tried again: it costs a delay, never what the alarm was for.
 */
export const schedulerAlarms = (options: SchedulerAlarmsOptions): SchedulerAlarms => {
  const { later, clock, warn } = options
  const scheduler = plainSchedulerAlarms(options)

  const putAside = async (alarm: LateAlarm, error: unknown): Promise<void> => {
    const tries = alarm.tries + 1
    const reason = error instanceof Error ? error.name : 'Unknown'
    const detail = error instanceof Error ? error.message : String(error)
    warn({ reason, detail, tries, at: alarm.at, message: alarm.message })
    if (tries > mostTries)
      throw new Transient(`a wake-up for ${alarm.at} was refused ${alarm.tries} times: ${reason}`)
    const { name, at, message } = alarm
    const delay = Math.min(longestDelay, secondsUntil(at, clock()))
    await later({ type: 'alarm', name, at, message, tries }, delay)
  }

  const setLate = async (alarm: LateAlarm): Promise<void> => {
    try {
      await scheduler.set(alarm.name, alarm.at, alarm.message)
    } catch (error) {
      await putAside(alarm, error)
    }
  }

  return { set: (name, at, message) => setLate({ name, at, message, tries: 0 }), setLate }
}

/** @param group schedule group that holds all alarms. */
export const schedulerCancel = (client: SchedulerClient, group: string): CancelAlarm => ({
  cancel: async (name) => {
    try {
      await client.send(new DeleteScheduleCommand({ Name: scheduleName(name), GroupName: group }))
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error
    }
  },
})
