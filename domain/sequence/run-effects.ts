import type { Activity } from '../activity/activity.ts'
import type { JsonObject } from '../json.ts'
import type { Run } from './run.ts'
import type { Sequence } from './sequence.ts'

export interface Alarm {
  /** The same for the same wait, however often it is set. */
  readonly name: string
  readonly at: string
  readonly message: JsonObject
}

/** The wake-up that a waiting run needs. */
export const alarmOf = (run: Run): Alarm | undefined => {
  if (run.status.type !== 'waiting') return undefined
  const { leadId, sequence, runId, step } = run
  const { until, renewed } = run.status
  return {
    name: renewed ? `${runId}:${step}:${until}` : `${runId}:${step}`,
    at: until,
    message: { type: 'tick', leadId, sequence, runId, step },
  }
}

/** Names kept: who goes through again and again leaves no endless list. */
const mostLeft = 50

/** The run with its present alarm among those that it no longer waits for. */
export const leavingAlarm = (run: Run): Run => {
  const alarm = alarmOf(run)
  return alarm
    ? { ...run, leftAlarms: [...new Set([...(run.leftAlarms ?? []), alarm.name])].slice(-mostLeft) }
    : run
}

/** Every alarm of the run that may still go off. */
export const alarmNamesOf = (run: Run): readonly string[] => {
  const alarm = alarmOf(run)
  return [...(run.leftAlarms ?? []), ...(alarm ? [alarm.name] : [])]
}

/** The profile changes of the `set` steps that the run's outbox tells of. */
export const profileChangesOf = (run: Run, sequence: Sequence): readonly Activity[] =>
  run.outbox.flatMap((decision): Activity[] => {
    const index = decision.type === 'SequenceStepReached' ? decision.data.step : undefined
    const step = typeof index === 'number' ? sequence.program[index] : undefined
    if (step?.type !== 'set') return []
    return [
      {
        id: `${decision.id}:set`,
        type: 'profile.updated',
        subject: { leadId: run.leadId },
        occurredAt: decision.occurredAt,
        properties: { fields: step.attributes },
        timeAssumed: false,
      },
    ]
  })
