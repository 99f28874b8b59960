import { createHash } from 'node:crypto'
import type { Schedule } from './schedule.ts'

/** One firing of a schedule. */
export interface Firing {
  readonly schedule: Schedule
  readonly arn: string
  /** When it was due, ms. */
  readonly dueAt: number
}

/**
 * What the target receives: its `Input` with the context attributes filled in, else the default notification.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
export function payloadOf(firing: Firing, attempt: number, account: string, region: string): string {
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

export function secondsUtc(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}

/** The same for the same firing, also when a crash makes it happen again. */
function executionId({ arn, dueAt, schedule }: Firing): string {
  const hex = createHash('sha256').update(`${arn}\n${dueAt}\n${schedule.modifiedAt}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}
