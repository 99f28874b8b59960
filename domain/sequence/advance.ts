import { zoneOf } from '../lead/attributes.ts'
import type { LeadState } from '../lead/lead-state.ts'
import { viewAt } from '../lead/lead-view.ts'
import type { Activity } from '../model/activity.ts'
import type { Decision } from '../model/decision.ts'
import type { EmailRequest, Skip } from '../model/email-request.ts'
import type { JsonObject } from '../model/json.ts'
import { type DateWait, type Sequence, type Step, staleByDefault } from '../model/sequence.ts'
import type { Rules } from '../rules/rules.ts'
import type { LeadContext, SalesHold, Taken, Waiting } from '../step/step-kind.ts'
import { kindOf, usesOf } from '../step/step-kinds.ts'
import { dateMoment, dateStatus, noDate } from '../step/wait-date.ts'
import {
  type Begun,
  type Cause,
  decisionOf,
  end,
  namesOf,
  type OpenRun,
  type Run,
  runCycleBegan,
  sendIdOf,
} from './run.ts'

/** A step ends the run. What it has asked for before goes out all the same. */
const endAtStep = (run: OpenRun, because: string, { now, cause }: Moment): Run =>
  end(run, { type: 'exited', at: now, because, byStep: true }, cause, because)

/** The wait for a date that stands at `step`. */
export const dateWaitAt = ({ program }: Sequence, step: number): DateWait | undefined => {
  const wait = program[step]
  return wait?.type === 'wait-date' ? wait : undefined
}

/** What a run continues by. */
export interface Situation {
  /** In the version that the run is in. */
  readonly sequence: Sequence
  readonly lead: LeadContext
  /** RFC 3339 UTC. */
  readonly now: string
  /** The sequence is paused: the run is held where it stands. */
  readonly paused?: boolean
}

/** A situation, and what brought the run into it. */
export interface Moment extends Situation {
  readonly cause: Cause
}

/**
 * A run at the wait `step`, where the date that it waited for is another now: it waits on until then, or ends where
 * there is none any more.
 * @returns undefined where the date has come, or the step waits for none.
 */
export const waitOn = (run: Run, step: number, moment: Moment): Run | undefined => {
  const { sequence, lead, now, cause } = moment
  const wait = dateWaitAt(sequence, step)
  if (!wait) return undefined
  const date = dateMoment(wait, lead)
  if (date === undefined) return endAtStep(run, noDate, moment)
  if (date <= now) return undefined
  const status: Waiting = { ...dateStatus(wait, date, now), renewed: true }
  const data = { ...namesOf(run), step, type: 'date-moved', date: wait.attribute, until: status.until }
  const event = decisionOf(
    run,
    'SequenceStepReached',
    { id: `${step}:moved:${status.until}`, now, cause },
    data,
  )
  return { ...run, step, status, outbox: [...run.outbox, event] }
}

/** How a run treats its emails up to the next wait. */
export interface RunOptions {
  /** A wait lies behind these steps: their emails are judged again when they are sent. */
  readonly waited: boolean
  /** When they were due; later than that by more than `stale`, they are skipped. */
  readonly due: string
  /** What it began with happened a moment ago: an email that the lead asked for by that need not wait. */
  readonly fresh?: true
  /** What fell due while the sequence was paused is left out. */
  readonly skipped?: 'skipped-paused'
}

/** A run between two steps. */
interface Progress {
  readonly run: OpenRun
  readonly moment: Moment
  readonly options: RunOptions
  /** Why emails are left out from here on. */
  readonly skipped: Skip | undefined
}

const skips = ({ skipped }: RunOptions, due: string, situation: Situation): Skip | undefined =>
  skipped ?? (isStale(due, situation) ? 'stale' : undefined)

/** What a step decides, in order. */
const decisionsAt = (
  progress: Progress,
  step: Step,
  { published, email, enters }: Taken,
): readonly Decision[] => {
  const { run, moment, options, skipped } = progress
  const { step: index } = run
  const { now, cause } = moment
  const names = namesOf(run)
  const leftOut = email !== undefined && skipped !== undefined ? { skipped } : {}
  const decisions: Decision[] = []
  if (published) {
    const data = { ...names, step: index, type: step.type, ...published, ...leftOut }
    decisions.push(decisionOf(run, 'SequenceStepReached', { id: `${index}:reached`, now, cause }, data))
  }
  if (email) {
    const { atOnce = false, ...asked } = email
    const request = emailRequest(run, { ...asked, ...leftOut }, options.waited, atOnce)
    decisions.push(
      decisionOf(run, 'EmailRequested', { id: `${index}:email`, now, cause }, { ...names, ...request }),
    )
  }
  if (enters !== undefined) {
    const because = { runId: run.runId, step: index }
    const data = { ...names, sequence: enters, because, factOccurredAt: now }
    decisions.push(decisionOf(run, 'SequenceTriggered', { id: `${index}:enter`, now, cause }, data))
  }
  return decisions
}

/** The run behind what a step did there; `step` is where it stands still. */
const withTaken = (progress: Progress, step: Step, taken: Taken): OpenRun => {
  const { run } = progress
  return {
    ...run,
    outbox: [...run.outbox, ...decisionsAt(progress, step, taken)],
    ...(taken.way && { ways: { ...run.ways, [taken.way.split]: taken.way.id } }),
  }
}

/** Sales has the lead: the run stands still before the email `run.step`. */
const holdBefore = (run: OpenRun, salesSince: string, { now, cause }: Moment): Run => {
  const { step } = run
  const data = { ...namesOf(run), step, type: 'hold', since: salesSince }
  const event = decisionOf(run, 'SequenceStepReached', { id: `${step}:held:${salesSince}`, now, cause }, data)
  return {
    ...run,
    step: Math.max(0, step - 1),
    status: { type: 'held', due: now, next: step, salesSince },
    outbox: [...run.outbox, event],
  }
}

/**
 * Runs the steps from `run.step` to the next wait, an email held while sales has the lead, or the end. What they
 * decide is added to the run's outbox.
 * @throws a defect where the program jumps backwards or out of itself.
 */
export const runSteps = (start: OpenRun, moment: Moment, options: RunOptions): Run => {
  const { sequence, lead, now, cause } = moment
  const { migrated: _, ...continuing } = start
  let run: OpenRun = continuing
  let skipped = skips(options, options.due, moment)
  while (run.step < sequence.program.length) {
    const { step: index, runId } = run
    const step = stepAt(sequence, index)
    const arrival = { lead, now, runId, index, skips: skipped !== undefined, fresh: options.fresh === true }
    const taken = kindOf(step).take(step, arrival)
    const { go } = taken
    run = withTaken({ run, moment, options, skipped }, step, taken)
    switch (go.type) {
      case 'wait':
        return { ...run, status: go.status }
      case 'hold':
        return holdBefore(run, go.since, moment)
      case 'end':
        return endAtStep(run, go.because, moment)
      case 'goto':
        run = { ...run, step: ahead(sequence, index, go.step) }
        break
      case 'next':
        if (go.due !== undefined) skipped = skips(options, go.due, moment)
        run = { ...run, step: index + 1 }
        break
      default:
        return go satisfies never
    }
  }
  return end(run, { type: 'completed', at: now }, cause)
}

const isStale = (due: string, { sequence: { stale = staleByDefault }, now }: Situation): boolean =>
  Date.parse(now) - Date.parse(due) > stale

const emailRequest = (
  { leadId, sequence, runId, step, playbookVersion }: OpenRun,
  email: Pick<EmailRequest, 'email' | 'recipient' | 'skipped'>,
  afterWait: boolean,
  atOnce: boolean,
): EmailRequest => ({
  leadId,
  sendId: sendIdOf(runId, step),
  ...email,
  playbookVersion,
  run: { sequence, runId, step, afterWait, ...(atOnce && { atOnce }) },
})

const stepAt = (sequence: Sequence, at: number): Step => {
  const step = sequence.program[at]
  if (!step) throw new Error(`sequence ${sequence.id} has no step ${at}`)
  return step
}

/** Programs only lead forward, so every run reaches a wait or its end. */
const ahead = (sequence: Sequence, from: number, to: number): number => {
  if (to <= from || to > sequence.program.length)
    throw new Error(`sequence ${sequence.id}: step ${from} leads to ${to}`)
  return to
}

interface Timer {
  /** The same for the same wait, however often it is set. */
  readonly name: string
  readonly at: string
  readonly message: JsonObject
}

/** The timer that a waiting run needs. */
export const timerOf = (run: Run): Timer | undefined => {
  if (run.status.type !== 'waiting') return undefined
  const { leadId, sequence, runId, step } = run
  const { until, renewed } = run.status
  return {
    name: renewed ? `${runId}:${step}:${until}` : `${runId}:${step}`,
    at: until,
    message: { type: 'tick', leadId, sequence, runId, step },
  }
}

/** Bounded, so that repeated entries cannot grow the item without limit. */
const mostLeft = 50

/** The run with its present timer among those that it no longer waits for. */
export const leavingTimer = (run: Run): Run => {
  const timer = timerOf(run)
  return timer
    ? { ...run, leftAlarms: [...new Set([...(run.leftAlarms ?? []), timer.name])].slice(-mostLeft) }
    : run
}

/** Every timer of the run that may still go off. */
export const timerNamesOf = (run: Run): readonly string[] => {
  const timer = timerOf(run)
  return [...(run.leftAlarms ?? []), ...(timer ? [timer.name] : [])]
}

/** The profile changes of the steps that the run's outbox tells of. */
export const profileChangesOf = (run: Run, sequence: Sequence): readonly Activity[] =>
  run.outbox.flatMap((decision): Activity[] => {
    const index = decision.type === 'SequenceStepReached' ? decision.data.step : undefined
    const step = typeof index === 'number' ? sequence.program[index] : undefined
    const fields = step && usesOf(step).sets
    if (fields === undefined) return []
    return [
      {
        id: `${decision.id}:set`,
        type: 'profile.updated',
        subject: { leadId: run.leadId },
        occurredAt: decision.occurredAt,
        properties: { fields },
        timeAssumed: false,
      },
    ]
  })

/**
 * The lead at `now`, as a sequence's conditions read it.
 * @param rules `live`: the state was folded under them; score and band are those everybody sees. `begun`: of the playbook
 * version that the run began with, where that is another; its conditions are among them.
 * @param run what the run began with; undefined where none is known: then all that the lead ever did counts.
 * @param at `hold`: what waits while sales has the lead.
 */
export const contextForRun = (
  lead: { readonly email?: string; readonly state: LeadState },
  { live, begun = live }: { readonly live: Rules; readonly begun?: Rules },
  run: Begun | undefined,
  { now, hold }: { readonly now: string; readonly hold?: SalesHold | undefined },
): LeadContext => {
  const context = viewAt(lead, live, now)
  const since = run && runCycleBegan(run, lead.state)
  const ofCycle = since === undefined ? context : viewAt(lead, live, now, since)
  return {
    holds: (condition) => begun.holds(condition, context),
    holdsInCycle: (condition) => begun.holds(condition, ofCycle),
    attribute: (name) => context.attribute(name),
    timeZone: zoneOf(lead.state, live.playbook.settings),
    ...(hold && { hold }),
  }
}
