import type { VirtualClock } from '../clock.ts'
import { deliverOrBury, errorCode, sleep } from '../events/deliver.ts'
import { type Firing, payloadOf } from './payload.ts'
import type { ScheduleTarget } from './schedule.ts'

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

export interface FiringOptions {
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
export async function fire(firing: Firing, options: FiringOptions): Promise<void> {
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
