import type { LeadState } from '../lead/lead-state.ts'
import { leadContext } from '../lead/lead-view.ts'
import { zoneOf } from '../lead/lead-zone.ts'
import type { Activity } from '../model/activity.ts'
import {
  type Decision,
  type DecisionType,
  type EmailRequest,
  emailRequestData,
  type Skip,
} from '../model/decision.ts'
import { hashText } from '../model/hash-text.ts'
import type { Json, JsonObject } from '../model/json.ts'
import { type DateWait, type Sequence, type Step, staleByDefault, type Wait } from '../model/sequence.ts'
import type { Rules } from '../rules/rules.ts'
import { dayOf, momentNear } from '../time/date-value.ts'
import { addMilliseconds, nextLocalTime } from '../time/local-time.ts'
import {
  type Begun,
  type Cause,
  decisionOf,
  end,
  type OpenRun,
  type OpenStatus,
  type Run,
  runCycleBegan,
  type SalesHold,
  sendIdOf,
} from './run.ts'

type Waiting = Extract<OpenStatus, { type: 'waiting' }>

/** What a run that comes to `step` at `now` waits for; of a date `dateStatus` tells. @param timeZone the lead's (IANA). */
const waitStatus = (step: Exclude<Wait, DateWait>, now: string, timeZone: string): Waiting => {
  switch (step.type) {
    case 'wait':
      return { type: 'waiting', until: addMilliseconds(now, step.for) }
    case 'wait-until':
      return { type: 'waiting', until: nextLocalTime(now, step, timeZone) }
    case 'wait-for':
      return { type: 'waiting', until: addMilliseconds(now, step.timeout), for: step.activity, since: now }
    default:
      return step satisfies never
  }
}

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
const dateStatus = ({ attribute }: DateWait, moment: string, now: string): Waiting => {
  const latest = addMilliseconds(now, furthest)
  return { type: 'waiting', until: moment < latest ? moment : latest, date: attribute }
}

/** Nothing is left to wait for. What the run has asked for before goes out all the same. */
const endWithoutDate = (run: OpenRun, now: string, cause: Cause): Run =>
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

/** Which of `ways` a run takes at the split `name`: the same one each time it is asked, evenly spread over runs. */
export const splitWay = (runId: string, name: string, ways: number): number =>
  hashText(`${runId}\u0000${name}`) % ways

/** What a run has to know about its lead to go on. */
export interface Ask {
  /** Judges a condition of the sequence, given as the playbook words it. */
  holds(condition: string): boolean
  /** Judges a goal or an exit: for a run of a later cycle only what happened since that began counts. */
  holdsInCycle(condition: string): boolean
  /** The lead's attribute of that name, as it is now. */
  attribute(name: string): Json | undefined
  /** IANA zone of the lead. */
  readonly timeZone: string
  /** Set while sales has the lead, for sequences that stand back then. */
  readonly hold?: SalesHold
}

/** How a walk treats the emails up to the next wait. */
export interface Pace {
  /** A wait lies behind these steps: their emails are judged again when they are sent. */
  readonly waited: boolean
  /** When they were due; later than that by more than `stale`, they are skipped. */
  readonly due: string
  /** What it began with happened a moment ago: an email that the lead asked for by that need not wait. */
  readonly fresh?: true
  /** What fell due while the sequence was paused is left out. */
  readonly skipped?: 'skipped-paused'
}

/**
 * Walks on from `run.step` until the next wait, an email that is held while sales has the lead, or the end. What the walk decides is added to the run's outbox.
 * @throws a defect where the program jumps backwards or out of itself.
 */
export const walk = (
  run: OpenRun,
  sequence: Sequence,
  ask: Ask,
  now: string,
  cause: Cause,
  pace: Pace,
): Run => {
  const { migrated: _, ...going } = run
  const outbox: Decision[] = [...run.outbox]
  const ways: Record<string, string> = { ...run.ways }
  const decide = (type: DecisionType, id: string, data: JsonObject): void => {
    outbox.push(decisionOf(run, type, id, now, cause, data))
  }
  const reached = (step: number, data: JsonObject): void =>
    decide('SequenceStepReached', `${step}:reached`, { step, ...data })
  let skipped: Skip | undefined = pace.skipped ?? (isStale(sequence, pace.due, now) ? 'stale' : undefined)
  const request = (
    step: number,
    what: JsonObject,
    email: Pick<EmailRequest, 'email' | 'recipient'>,
    atOnce = false,
  ): void => {
    const leftOut = skipped === undefined ? {} : { skipped }
    reached(step, { ...what, ...leftOut })
    const asked = emailRequest(run, step, { ...email, ...leftOut }, pace.waited, atOnce)
    decide('EmailRequested', `${step}:email`, emailRequestData(asked))
  }
  const at = (step: number): OpenRun => ({
    ...going,
    step,
    outbox,
    ...(Object.keys(ways).length > 0 ? { ways } : {}),
  })

  let index = run.step
  while (index < sequence.program.length) {
    const step = stepAt(sequence, index)
    switch (step.type) {
      case 'email':
        if (skipped === undefined && ask.hold?.holds(step.email)) {
          const { since } = ask.hold
          decide('SequenceStepReached', `${index}:held:${since}`, { step: index, type: 'hold', since })
          return {
            ...at(Math.max(0, index - 1)),
            status: { type: 'held', due: now, next: index, salesSince: since },
          }
        }
        request(
          index,
          { type: step.type, email: step.email },
          { email: step.email, recipient: 'lead' },
          step.atOnce === true && pace.fresh === true,
        )
        index += 1
        break
      case 'notify':
        request(index, { type: step.type, team: step.team }, { email: 'notify', recipient: 'owner' })
        index += 1
        break
      case 'wait':
      case 'wait-until':
      case 'wait-for': {
        const status = waitStatus(step, now, ask.timeZone)
        reached(index, {
          type: step.type,
          until: status.until,
          ...(status.for === undefined ? {} : { for: status.for }),
        })
        return { ...at(index), status }
      }
      case 'wait-date': {
        const moment = dateMoment(step, ask)
        const status = moment !== undefined && moment > now ? dateStatus(step, moment, now) : undefined
        const until = status?.until ?? moment
        reached(index, {
          type: step.type,
          date: step.attribute,
          ...(until === undefined ? {} : { until }),
        })
        if (status) return { ...at(index), status }
        if (moment === undefined) return endWithoutDate(at(index), now, cause)
        skipped = pace.skipped ?? (isStale(sequence, moment, now) ? 'stale' : undefined)
        index += 1
        break
      }
      case 'branch': {
        const holds = ask.holds(step.if)
        reached(index, { type: step.type, holds })
        index = holds ? index + 1 : ahead(sequence, index, step.otherwise)
        break
      }
      case 'split': {
        const way = step.ways[splitWay(run.runId, step.name, step.ways.length)]
        if (!way) throw new Error(`sequence ${sequence.id}: split ${step.name} has no ways`)
        reached(index, { type: step.type, name: step.name, way: way.id })
        ways[step.name] = way.id
        index = ahead(sequence, index, way.goto)
        break
      }
      case 'set':
        reached(index, { type: step.type })
        index += 1
        break
      case 'enter':
        reached(index, { type: step.type, enters: step.sequence })
        decide('SequenceTriggered', `${index}:enter`, {
          sequence: step.sequence,
          because: { runId: run.runId, step: index },
          factOccurredAt: now,
        })
        index += 1
        break
      case 'exit':
        reached(index, { type: step.type })
        return end(
          at(index),
          { type: 'exited', at: now, because: step.because ?? 'step', byStep: true },
          now,
          cause,
          step.because ?? 'step',
        )
      case 'jump':
        index = ahead(sequence, index, step.goto)
        break
      default:
        return step satisfies never
    }
  }
  return end(at(index), { type: 'completed', at: now }, now, cause)
}

const isStale = ({ stale = staleByDefault }: Sequence, due: string, now: string): boolean =>
  Date.parse(now) - Date.parse(due) > stale

const emailRequest = (
  run: OpenRun,
  step: number,
  email: Pick<EmailRequest, 'email' | 'recipient' | 'skipped'>,
  afterWait: boolean,
  atOnce: boolean,
): EmailRequest => ({
  leadId: run.leadId,
  sendId: sendIdOf(run.runId, step),
  ...email,
  playbookVersion: run.playbookVersion,
  run: { sequence: run.sequence, runId: run.runId, step, afterWait, ...(atOnce && { atOnce }) },
})

const stepAt = (sequence: Sequence, at: number): Step => {
  const step = sequence.program[at]
  if (!step) throw new Error(`sequence ${sequence.id} has no step ${at}`)
  return step
}

/** Programs only lead forward, so every walk comes to a wait or the end. */
const ahead = (sequence: Sequence, from: number, to: number): number => {
  if (to <= from || to > sequence.program.length)
    throw new Error(`sequence ${sequence.id}: step ${from} leads to ${to}`)
  return to
}

interface Alarm {
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

/**
 * What a lead's state answers to a sequence's conditions at `now`.
 * @param live rules that the state was folded under; score and band are those everybody sees.
 * @param begun rules of the playbook version that the run began with; its conditions are among them.
 * @param run what the run began with; undefined where none is known: then all that the lead ever did counts.
 * @param hold what waits while sales has the lead.
 */
export const askLead = (
  lead: { readonly email?: string; readonly state: LeadState },
  live: Rules,
  begun: Rules,
  now: string,
  run: Begun | undefined,
  hold?: SalesHold,
): Ask => {
  const context = leadContext(lead, live, now)
  const since = run && runCycleBegan(run, lead.state)
  const ofCycle = since === undefined ? context : leadContext(lead, live, now, since)
  return {
    holds: (condition) => begun.holds(condition, context),
    holdsInCycle: (condition) => begun.holds(condition, ofCycle),
    attribute: (name) => context.attribute(name),
    timeZone: zoneOf(lead.state, live.playbook.settings),
    ...(hold && { hold }),
  }
}
