import type { JsonObject } from '../../domain/model/json.ts'
import { makeQueueClient, makeSchedulerClient } from './aws-clients.ts'
import { type RefusedTimer, type SchedulerTimers, schedulerTimers } from './scheduler-timers.ts'
import { queueOf } from './sqs.ts'
import { systemClock } from './system.ts'

type Variable = 'QUEUE_URL' | 'QUEUE_ARN' | 'DEAD_LETTERS_ARN' | 'SCHEDULE_GROUP' | 'SCHEDULE_ROLE_ARN'

interface OwnQueue {
  readonly enqueue: (message: JsonObject, delay?: number) => Promise<void>
  /** What they wake for comes back through the queue. */
  readonly timers: SchedulerTimers
}

/** The queue that a worker works from. @param warn hears of every timer that Scheduler refuses. */
export const ownQueue = (
  environment: Readonly<Record<Variable, string>>,
  warn: (details: RefusedTimer) => void,
): OwnQueue => {
  const enqueue = queueOf(makeQueueClient(), environment.QUEUE_URL)
  const timers = schedulerTimers({
    client: makeSchedulerClient(),
    group: environment.SCHEDULE_GROUP,
    queueArn: environment.QUEUE_ARN,
    deadLettersArn: environment.DEAD_LETTERS_ARN,
    roleArn: environment.SCHEDULE_ROLE_ARN,
    later: enqueue,
    clock: systemClock,
    warn,
  })
  return { enqueue, timers }
}
