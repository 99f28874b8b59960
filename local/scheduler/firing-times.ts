import { nextTime, parseTiming } from './expression.ts'
import type { ScheduleDefinition } from './schedule.ts'

/** A one-time schedule fires at its time, or at once when that is past; a rate without a start date fires at once. */
export function firstTime(definition: ScheduleDefinition, now: number): number | null {
  const timing = parseTiming(definition.ScheduleExpression, definition.ScheduleExpressionTimezone)
  if (!timing) return null
  return timing.type === 'at' ? timing.at : timeAfter(definition, now - 1, now)
}

/** When a recurring schedule fires next after `after`; `modifiedAt` is what a rate without a start date counts from. */
export function timeAfter(definition: ScheduleDefinition, after: number, modifiedAt: number): number | null {
  const timing = parseTiming(definition.ScheduleExpression, definition.ScheduleExpressionTimezone)
  if (!timing || timing.type === 'at') return null
  return nextTime(timing, after, { from: definition.StartDate ?? modifiedAt, until: definition.EndDate })
}
