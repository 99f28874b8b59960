import { dayOf, momentNear } from '../time/date-value.ts'
import { addMilliseconds } from '../time/local-time.ts'
import type { Ask } from './advance.ts'
import type { Run } from './run.ts'
import { type Cause, decisionOf, end, type OpenRun } from './run-decision.ts'
import type { DateWait, Sequence } from './sequence.ts'
import type { Waiting } from './wait-status.ts'

/** Why a run ends whose lead has no such date, or something else in its place. */
const noDate = 'no-date'

/** No alarm is set further ahead; when it goes off, the date is looked at anew. */
const furthest = 10 * 365 * 86_400_000

/** When a wait for a date is over, RFC 3339 UTC, as the lead is now; undefined where it has no such date. */
export const dateMoment = (
  { attribute, days, time }: DateWait,
  ask: Pick<Ask, 'attribute' | 'timeZone'>,
): string | undefined => {
  const day = dayOf(ask.attribute(attribute), ask.timeZone)
  return day === undefined ? undefined : momentNear(day, days, time, ask.timeZone)
}

/** What a run waits for whose date is ahead. @param moment after `now`. */
export const dateStatus = ({ attribute }: DateWait, moment: string, now: string): Waiting => {
  const latest = addMilliseconds(now, furthest)
  return { type: 'waiting', until: moment < latest ? moment : latest, date: attribute }
}

/** Nothing is left to wait for. What the run has asked for before goes out all the same. */
export const endWithoutDate = (run: OpenRun, now: string, cause: Cause): Run =>
  end(run, { type: 'exited', at: now, because: noDate, byStep: true }, now, cause, noDate)

/** The wait for a date that stands at `step`. */
export const dateWaitAt = ({ program }: Sequence, step: number): DateWait | undefined => {
  const wait = program[step]
  return wait?.type === 'wait-date' ? wait : undefined
}

/**
 * A run at the wait `step`, where the date that it waited for is another by now: it waits on until then, or ends where
 * there is none any more.
 * @returns undefined where the date has come, or the step waits for none.
 */
export const waitOn = (
  run: Run,
  step: number,
  sequence: Sequence,
  ask: Ask,
  now: string,
  cause: Cause,
): Run | undefined => {
  const wait = dateWaitAt(sequence, step)
  if (!wait) return undefined
  const moment = dateMoment(wait, ask)
  if (moment === undefined) return endWithoutDate(run, now, cause)
  if (moment <= now) return undefined
  const status: Waiting = { ...dateStatus(wait, moment, now), renewed: true }
  const told = decisionOf(run, 'SequenceStepReached', `${step}:moved:${status.until}`, now, cause, {
    step,
    type: 'date-moved',
    date: wait.attribute,
    until: status.until,
  })
  return { ...run, step, status, outbox: [...run.outbox, told] }
}

/** Whether the date of a waiting run is the one that it waits for already. */
export const isSameDate = ({ status }: Run, moment: string | undefined, now: string): boolean =>
  status.type === 'waiting' &&
  moment !== undefined &&
  (status.until === moment || (status.until < moment && moment > addMilliseconds(now, furthest)))
