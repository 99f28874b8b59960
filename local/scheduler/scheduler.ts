import { createHash } from 'node:crypto'
import { AwsError } from '../aws-error.ts'
import type { VirtualClock } from '../clock.ts'
import { deliverOrBury, errorCode, sleep } from '../events/deliver.ts'
import { nextTime, parseTiming } from './cron.ts'
import {
  describeSchedule,
  listSchedules,
  readSchedule,
  type Schedule,
  type ScheduleDefinition,
  type ScheduleTarget,
  scheduleArn,
  scheduleKey,
} from './schedule.ts'
import { ScheduleGroups } from './schedule-groups.ts'
import { type ScheduleStore, ScheduleTable } from './schedule-store.ts'

/** A one-time schedule fires at its time, or at once when that is past; a rate without a start date fires at once. */
function firstTime(definition: ScheduleDefinition, now: number): number | null {
  const timing = parseTiming(definition.ScheduleExpression, definition.ScheduleExpressionTimezone)
  if (!timing) return null
  return timing.type === 'at' ? timing.at : timeAfter(definition, now - 1, now)
}

/** When a recurring schedule fires next after `after`; `modifiedAt` is what a rate without a start date counts from. */
function timeAfter(definition: ScheduleDefinition, after: number, modifiedAt: number): number | null {
  const timing = parseTiming(definition.ScheduleExpression, definition.ScheduleExpressionTimezone)
  if (!timing || timing.type === 'at') return null
  return nextTime(timing, after, { from: definition.StartDate ?? modifiedAt, until: definition.EndDate })
}

/** One firing of a schedule. */
interface Firing {
  readonly schedule: Schedule
  readonly arn: string
  /** When it was due, ms. */
  readonly dueAt: number
}

/**
 * What the target receives: its `Input` with the context attributes filled in, else the default notification.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
function payloadOf(firing: Firing, attempt: number, account: string, region: string): string {
  const time = secondsUtc(firing.dueAt)
  const id = executionId(firing)
  const input = firing.schedule.definition.Target.Input
  if (input !== undefined) {
    return input
      .replaceAll('<aws.scheduler.schedule-arn>', firing.arn)
      .replaceAll('<aws.scheduler.scheduled-time>', time)
      .replaceAll('<aws.scheduler.execution-id>', id)
      .replaceAll('<aws.scheduler.attempt-number>', String(attempt))
  }
  const notification = {
    version: '0',
    id,
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account,
  }
  return JSON.stringify({ ...notification, time, region, resources: [firing.arn], detail: '{}' })
}

function secondsUtc(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}

/** The same for the same firing, also when a crash makes it happen again. */
function executionId({ arn, dueAt, schedule }: Firing): string {
  const hex = createHash('sha256').update(`${arn}\n${dueAt}\n${schedule.modifiedAt}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

/** What a target's deliverer may want to know beside the payload. */
export interface FiringContext {
  readonly scheduleArn: string
  /** From 1. */
  readonly attempt: number
  /** Set when the payload goes to the dead-letter queue, whose ARN is then the target's. */
  readonly deadLetter?: {
    readonly targetArn: string
    readonly errorCode: string
    readonly errorMessage: string
  }
}

interface FiringOptions {
  readonly clock: Pick<VirtualClock, 'now'>
  /** Resolves when the target has durably accepted; rejects to be tried again. */
  readonly deliver: (target: ScheduleTarget, payload: string, context: FiringContext) => Promise<void>
  readonly account: string
  readonly region: string
  /** A firing given up for a target without a dead-letter queue, or whose queue refused it. */
  readonly onDropped?: (target: ScheduleTarget, payload: string, error: Error) => void
  /** Real milliseconds to wait between attempts. */
  readonly wait?: (ms: number) => Promise<void>
}

/** Delivers one firing; when it resolves, the target or its dead-letter queue has it, or it was dropped with notice. */
async function fire(firing: Firing, options: FiringOptions): Promise<void> {
  const { clock, deliver, account, region, onDropped, wait = sleep } = options
  const scheduleArn = firing.arn
  const target = firing.schedule.definition.Target
  const queueArn = target.DeadLetterConfig?.Arn
  let attempts = 0
  const payload = () => payloadOf(firing, attempts, account, region)
  const bury = (error: Error) => {
    const deadLetter = { targetArn: target.Arn, errorCode: errorCode(error), errorMessage: error.message }
    const queue = { Arn: queueArn ?? '', RoleArn: target.RoleArn }
    return deliver(queue, payload(), { scheduleArn, attempt: attempts, deadLetter })
  }
  await deliverOrBury(
    {
      limits: {
        retries: target.RetryPolicy?.MaximumRetryAttempts,
        ageSeconds: target.RetryPolicy?.MaximumEventAgeInSeconds,
      },
      deliver: (attempt) => {
        attempts = attempt
        return deliver(target, payload(), { scheduleArn, attempt })
      },
      ...(queueArn !== undefined && { bury }),
      drop: (error) => onDropped?.(target, payload(), error),
    },
    { now: () => clock.now(), wait },
  )
}

export type { ScheduleTarget } from './schedule.ts'

type SchedulerOptions = FiringOptions & { readonly store: ScheduleStore }

/** Schedules of the same instant are delivered together, this many at a time. */
const TOGETHER = 16

/** EventBridge Scheduler: keeps schedules, fires them in the order of their times, tells when the next is due. */
export class Scheduler {
  readonly #options: SchedulerOptions
  readonly #table: ScheduleTable
  readonly #groups: ScheduleGroups
  #firing: Promise<unknown> = Promise.resolve()
  #inFlight = 0

  constructor(options: SchedulerOptions) {
    this.#options = options
    this.#groups = new ScheduleGroups(options)
    this.#table = new ScheduleTable(options.store)
    for (const item of options.store.load()) {
      if (item.type === 'group') this.#groups.restore(item.group)
      else this.#table.restore(item.schedule)
    }
  }

  /** Firings that have begun and are not yet settled. */
  get inFlight(): number {
    return this.#inFlight
  }

  addGroup(name: string): void {
    this.#groups.add(name)
  }

  /** When the next schedule is due, ms; undefined: none is. */
  nextDue(): number | undefined {
    return this.#table.nextDue()
  }

  /**
   * An operation of the Scheduler API; `input` has the members of the SDK's command, dates in seconds.
   * @throws AwsError ConflictException, ResourceNotFoundException, ValidationException, UnknownOperationException
   */
  async handle(operation: string, input: object): Promise<object> {
    switch (operation) {
      case 'CreateSchedule':
        return this.#create(input)
      case 'UpdateSchedule':
        return this.#update(input)
      case 'GetSchedule':
        return describeSchedule(this.#find(input), this.#options)
      case 'DeleteSchedule':
        this.#table.remove(scheduleKey(this.#find(input).definition))
        return {}
      case 'ListSchedules':
        return listSchedules(this.#table.all(), input, this.#options)
      default:
        return this.#groups.handle(operation, input, this.#table)
    }
  }

  /**
   * An `AWS::Scheduler::Schedule` with its resolved properties; `Name` is its physical name. Unchanged since the
   * last start, it goes on where it was.
   */
  addTemplateSchedule(properties: object): void {
    const definition = readSchedule(properties)
    this.#groups.require(definition.GroupName)
    const existing = this.#table.get(scheduleKey(definition))
    if (existing?.fromTemplate && JSON.stringify(existing.definition) === JSON.stringify(definition)) return
    this.#table.save(this.#scheduled(definition, null, existing?.createdAt, true))
  }

  /** Drops schedules that came from an earlier template and are not in this list of `group/name`. */
  retainTemplateSchedules(keys: Iterable<string>): void {
    const retained = new Set(keys)
    this.#table.removeWhere(
      (schedule) => schedule.fromTemplate && !retained.has(scheduleKey(schedule.definition)),
    )
  }

  /**
   * Fires everything due by now, in time order, and answers how many. A schedule is settled in the store only after
   * its target has accepted: a crash in between fires it again. Concurrent calls take turns.
   */
  fireDue(): Promise<number> {
    const turn = this.#firing.then(() => this.#fireAll())
    this.#firing = turn.catch(() => undefined)
    return turn
  }

  async #fireAll(): Promise<number> {
    let fired = 0
    for (;;) {
      const due = this.#table.takeEarliest(this.#options.clock.now())
      if (!due) return fired
      this.#inFlight += due.keys.length
      const queue = due.keys.values()
      const worker = async () => {
        for (const key of queue) {
          if (await this.#fire(key, due.at).finally(() => this.#inFlight--)) fired++
        }
      }
      await Promise.all(Array.from({ length: Math.min(TOGETHER, due.keys.length) }, worker))
    }
  }

  /** False where the schedule was deleted just before its turn. */
  async #fire(key: string, dueAt: number): Promise<boolean> {
    const schedule = this.#table.get(key)
    if (!schedule) return false
    try {
      await fire({ schedule, dueAt, arn: scheduleArn(schedule.definition, this.#options) }, this.#options)
      // Changed or deleted while the target was called: the newer state stands.
      if (this.#table.get(key) === schedule) this.#complete(key, schedule, dueAt)
      return true
    } catch (error) {
      if (this.#table.get(key) === schedule) this.#table.restore(schedule)
      throw error
    }
  }

  #complete(key: string, schedule: Schedule, dueAt: number): void {
    const { definition, modifiedAt } = schedule
    // What was missed while nothing ran is fired once, not once for each time.
    const nextAt = timeAfter(definition, Math.max(dueAt, this.#options.clock.now()), modifiedAt)
    if (nextAt === null && definition.ActionAfterCompletion === 'DELETE') this.#table.remove(key)
    else this.#table.save({ ...schedule, nextAt })
  }

  #create(input: object): object {
    const definition = readSchedule(input)
    this.#groups.require(definition.GroupName)
    const clientToken = clientTokenOf(input)
    const existing = this.#table.get(scheduleKey(definition))
    if (existing && (clientToken === null || existing.clientToken !== clientToken)) {
      throw new AwsError('ConflictException', `Schedule ${definition.Name} already exists.`, 409)
    }
    if (!existing) this.#table.save(this.#scheduled(definition, clientToken, undefined, false))
    return { ScheduleArn: scheduleArn(definition, this.#options) }
  }

  #update(input: object): object {
    const definition = readSchedule(input)
    const { createdAt, clientToken, fromTemplate } = this.#find(input)
    this.#table.save(this.#scheduled(definition, clientToken, createdAt, fromTemplate))
    return { ScheduleArn: scheduleArn(definition, this.#options) }
  }

  #scheduled(
    definition: ScheduleDefinition,
    clientToken: string | null,
    createdAt: number | undefined,
    fromTemplate: boolean,
  ): Schedule {
    const now = this.#options.clock.now()
    const nextAt = definition.State === 'ENABLED' ? firstTime(definition, now) : null
    return { definition, createdAt: createdAt ?? now, modifiedAt: now, nextAt, clientToken, fromTemplate }
  }

  #find(input: object): Schedule {
    const { Name, GroupName = 'default' } = { ...input } as { Name?: unknown; GroupName?: unknown }
    const schedule = this.#table.get(`${GroupName}/${Name}`)
    if (!schedule) throw new AwsError('ResourceNotFoundException', `Schedule ${Name} does not exist.`, 404)
    return schedule
  }
}

function clientTokenOf(input: object): string | null {
  return 'ClientToken' in input && typeof input.ClientToken === 'string' ? input.ClientToken : null
}
