import { createHash } from 'node:crypto'
import {
  ConflictException,
  CreateScheduleCommand,
  DeleteScheduleCommand,
  ResourceNotFoundException,
  type SchedulerClient,
} from '@aws-sdk/client-scheduler'
import type { JsonObject } from '../../domain/model/json.ts'
import type { CancelTimer } from '../erasure-ports.ts'
import { type Clock, type LateTimer, type SetLate, type Timers, Transient } from '../ports.ts'

interface ScheduleTarget {
  readonly client: SchedulerClient
  /** Schedule group that holds all timers. */
  readonly group: string
  /** Queue that timers put their message on. */
  readonly queueArn: string
  /** Queue for timers that the first one would not take. */
  readonly deadLettersArn: string
  /** What Scheduler acts as. */
  readonly roleArn: string
}

interface SchedulerTimersOptions extends ScheduleTarget {
  /** Puts a message on that same queue, to be handed out after `delay` seconds (at most 900). */
  readonly later: (message: JsonObject, delay: number) => Promise<void>
  readonly clock: Clock
  /** Writes the line that raises the operator's alarm. */
  readonly warn: (details: RefusedTimer) => void
}

export interface RefusedTimer {
  /** The error's name, and what it says. */
  readonly reason: string
  readonly detail: string
  readonly tries: number
  /** What it was to wake for. */
  readonly at: string
  readonly message: JsonObject
}

export interface SchedulerTimers extends Timers {
  readonly setLate: SetLate
  readonly clock: Clock
}

/** Schedule names allow 64 of `0-9 a-z A-Z - _ .`: a hash fits whatever the timer is called. */
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

/** One one-time schedule for each timer; it goes away once it has fired. @throws what Scheduler refuses it with. */
export const plainSchedulerTimers = (target: ScheduleTarget): Timers => ({
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
 * instead and is tried again: it costs a delay, never what the timer was for.
 */
export const schedulerTimers = (options: SchedulerTimersOptions): SchedulerTimers => {
  const { later, clock, warn } = options
  const scheduler = plainSchedulerTimers(options)

  const putAside = async (timer: LateTimer, error: unknown): Promise<void> => {
    const tries = timer.tries + 1
    const reason = error instanceof Error ? error.name : 'Unknown'
    const detail = error instanceof Error ? error.message : String(error)
    warn({ reason, detail, tries, at: timer.at, message: timer.message })
    if (tries > mostTries)
      throw new Transient(`a wake-up for ${timer.at} was refused ${timer.tries} times: ${reason}`)
    const { name, at, message } = timer
    const delay = Math.min(longestDelay, secondsUntil(at, clock()))
    await later({ type: 'alarm', name, at, message, tries }, delay)
  }

  const setLate = async (timer: LateTimer): Promise<void> => {
    try {
      await scheduler.set(timer.name, timer.at, timer.message)
    } catch (error) {
      await putAside(timer, error)
    }
  }

  return { set: (name, at, message) => setLate({ name, at, message, tries: 0 }), setLate, clock }
}

/** @param group schedule group that holds all timers. */
export const schedulerCancel = (client: SchedulerClient, group: string): CancelTimer => ({
  cancel: async (name) => {
    try {
      await client.send(new DeleteScheduleCommand({ Name: scheduleName(name), GroupName: group }))
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error
    }
  },
})
