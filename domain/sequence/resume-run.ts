import { attributeTypes } from '../lead/attributes.ts'
import type { LeadState } from '../lead/lead-state.ts'
import { dateCorrected } from '../lead/triggers.ts'
import type { Playbook } from '../model/playbook.ts'
import type { Sequence } from '../model/sequence.ts'
import { usesOf } from '../step/step-kinds.ts'
import { dateMoment, isSameDate } from '../step/wait-date.ts'
import { addMilliseconds } from '../time/local-time.ts'
import {
  dateWaitAt,
  leavingTimer,
  type Moment,
  type RunOptions,
  runSteps,
  type Situation,
  waitOn,
} from './advance.ts'
import {
  type Cause,
  decisionOf,
  end,
  type Held,
  isMarketing,
  namesOf,
  type Run,
  type SequenceState,
  type WhyOver,
} from './run.ts'

/** The timer of one wait. */
export interface WaitTimer {
  readonly runId: string
  readonly step: number
}

/** Timers count whole seconds: how much earlier than the wait's end one may go off, in ms. */
const earlyBy = 1000

/** Whether a run still waits where the timer was set, and no longer than until `now`: a wait may have been moved since. */
export const isDue = (run: Run, timer: WaitTimer, now: string): boolean =>
  run.status.type === 'waiting' &&
  run.runId === timer.runId &&
  run.step === timer.step &&
  (run.status.renewed === undefined || Date.parse(run.status.until) - Date.parse(now) < earlyBy)

/** Whether a run waits for this activity: one that came before the wait began is none. */
export const isAwaited = (
  { status }: Run,
  activity: { readonly type: string; readonly occurredAt: string },
): boolean =>
  status.type === 'waiting' &&
  status.for === activity.type &&
  status.since !== undefined &&
  activity.occurredAt > status.since &&
  activity.occurredAt <= status.until

/** Timers count whole seconds and may be early by a part of one: the wait is over when it should be. */
const endOfWait = ({ status }: Run, now: string): string =>
  status.type === 'waiting' && status.until > now ? status.until : now

/** A run that may not go on ends where it waits. */
export const endRun = (run: Run, because: WhyOver, firedAt: string): Run => {
  const now = endOfWait(run, firedAt)
  const isEarly = Date.parse(now) - Date.parse(firedAt) >= earlyBy
  const ending = isEarly ? leavingTimer(run) : run
  const at = isEarly ? firedAt : now
  return end(ending, { type: 'exited', at, because }, causeOf(run), because)
}

const causeOf = (run: Run): Cause => ({
  causationId: `${run.runId}:${run.step}:reached`,
  correlationId: run.entryId,
})

/**
 * A wait is over: goal and exit are looked at again, then the run continues to its next wait or its end. A goal that is
 * reached counts as such even where the exit condition holds too.
 * @param run one that `isDue`, or that waited for what came.
 * @param by the decision that tells of what it waited for: the wait ends before its time. Absent: by its timer.
 */
export const resumeRun = (run: Run, situation: Situation, by?: string): Run => {
  const now = by === undefined ? endOfWait(run, situation.now) : situation.now
  const due = dateOf(run, situation) ?? (by === undefined ? endOfPlan(run, now) : now)
  const cause = by === undefined ? causeOf(run) : { ...causeOf(run), causationId: by }
  const moment = { ...situation, now, cause }
  const next = run.step + 1
  const continuing = by === undefined ? run : leavingTimer(run)
  return (
    endedBy(continuing, moment) ??
    waitOn(continuing, run.step, moment) ??
    (situation.paused
      ? { ...continuing, status: { type: 'held', due, next } }
      : runSteps({ ...continuing, step: next }, moment, { waited: true, due }))
  )
}

const endOfPlan = ({ status }: Run, now: string): string => (status.type === 'waiting' ? status.until : now)

/** The moment that a run waits for which waits for a date. */
const dateOf = ({ status, step }: Run, { sequence, lead }: Situation): string | undefined => {
  const wait = status.type === 'waiting' && status.date !== undefined ? dateWaitAt(sequence, step) : undefined
  return wait && dateMoment(wait, lead)
}

/** Whether an activity of this type may move the date that a run waits for. */
export const mayMoveDate = ({ status }: Run, type: string): boolean =>
  status.type === 'waiting' &&
  status.date !== undefined &&
  (type === dateCorrected || attributeTypes.includes(type))

/**
 * The lead's attributes may have changed: a run that waits for a date which is another now waits until that one, or goes on
 * where it has come. @param by the decision that tells of the change. @returns the run itself where the date is the same.
 */
export const lookAtDate = (run: Run, situation: Situation, by: string): Run => {
  const date = dateOf(run, situation)
  const { status } = run
  if (status.type === 'waiting' && date !== undefined && isSameDate(status.until, date, situation.now))
    return run
  const cause = { ...causeOf(run), causationId: by }
  return waitOn(leavingTimer(run), run.step, { ...situation, cause }) ?? resumeRun(run, situation, by)
}

/** The run at its end, where goal or exit hold now. */
const endedBy = (run: Run, { sequence, lead, now, cause }: Moment): Run | undefined => {
  if (sequence.goal !== undefined && lead.holdsInCycle(sequence.goal))
    return end(run, { type: 'goal', at: now }, cause)
  if (sequence.exit !== undefined && lead.holdsInCycle(sequence.exit))
    return end(run, { type: 'exited', at: now, because: sequence.exit }, cause)
  return undefined
}

/** Where sales had the lead, the step before the email is not always one that the run has waited at. */
const heldBySales = ({ status }: Run): boolean => status.type === 'held' && status.salesSince !== undefined

/** A held run continues; goal and exit are looked at first, as after any wait. */
const releaseRun = (run: HeldRun, situation: Situation, options: Omit<RunOptions, 'waited'>): Run => {
  const { next } = run.status
  const moment = { ...situation, cause: causeOf(run) }
  return (
    endedBy(run, moment) ??
    (heldBySales(run) ? undefined : waitOn(run, next - 1, moment)) ??
    runSteps({ ...run, step: next }, moment, { waited: true, ...options })
  )
}

export type HeldRun = Run & { readonly status: Held }

/** Held because its sequence is paused. */
export const isHeld = (run: Run): run is HeldRun =>
  run.status.type === 'held' && run.status.salesSince === undefined

/** Held because sales has its lead. */
export const isHeldBySales = (run: Run): run is Run & { readonly status: Required<Held> } =>
  run.status.type === 'held' && run.status.salesSince !== undefined

/**
 * The lead was given back: what the run would have sent falls due later by as long as sales had the lead.
 * @param backAt RFC 3339 UTC.
 */
export const releaseFromSales = (
  run: Run & { readonly status: Required<Held> },
  situation: Situation,
  backAt: string,
): Run => {
  const { due, next, salesSince } = run.status
  if (!situation.paused)
    return releaseHeld(run, situation, { pausedAt: salesSince, at: backAt, due: 'shift' })
  const later = addMilliseconds(due, Date.parse(backAt) - Date.parse(salesSince))
  return { ...run, status: { type: 'held', due: later, next } }
}

/**
 * A held run continues once its sequence does. `send`: what fell due goes out now, unless it is stale; `skip`: its emails are
 * left out up to the next wait; `shift`: it falls due later by as long as the pause was.
 */
export const releaseHeld = (
  run: HeldRun,
  situation: Situation,
  { pausedAt, at, due: mode }: NonNullable<SequenceState['resumed']>,
): Run => {
  const { due, next } = run.status
  const { now } = situation
  switch (mode) {
    case 'send':
      return releaseRun(run, situation, { due })
    case 'skip':
      return releaseRun(run, situation, { due: now, skipped: 'skipped-paused' })
    case 'shift': {
      const until = addMilliseconds(due, Date.parse(at) - Date.parse(pausedAt))
      return until <= now ? releaseRun(run, situation, { due: now }) : shifted(run, next - 1, until, now)
    }
    default:
      return mode satisfies never
  }
}

/** @param step where it waits: the next one follows it. -1: before the first. */
const shifted = (run: Run, step: number, until: string, now: string): Run => {
  const cause = { causationId: run.entryId, correlationId: run.entryId }
  const data = { ...namesOf(run), step, type: 'shift', until }
  const event = decisionOf(run, 'SequenceStepReached', { id: `${step}:shifted:${until}`, now, cause }, data)
  return {
    ...run,
    step,
    status: { type: 'waiting', until, renewed: true },
    outbox: [...run.outbox, event],
  }
}

/** Whether a lead that has withdrawn every consent it gave leaves this sequence: one that sends marketing mail. */
export const endsWithoutConsent = (
  playbook: Pick<Playbook, 'emails'>,
  { program }: Sequence,
  { consent }: Pick<LeadState, 'consent'>,
): boolean => {
  const current = new Set(Object.values(consent).map(({ status }) => status))
  if (!current.has('withdrawn') || current.has('granted') || current.has('pending')) return false
  return program.some((step) => usesOf(step).emails?.some((email) => isMarketing(playbook, email)))
}
