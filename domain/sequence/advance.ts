import { type EmailRequest, emailRequestData, type Skip } from '../email/email-request.ts'
import type { Json, JsonObject } from '../json.ts'
import type { Decision, DecisionType } from '../lead/decision.ts'
import { dateMoment, dateStatus, endWithoutDate } from './date-wait.ts'
import type { Run } from './run.ts'
import { type Cause, decisionOf, end, type OpenRun } from './run-decision.ts'
import { sendIdOf } from './run-id.ts'
import type { SalesHold } from './sales-hold.ts'
import { type Sequence, type Step, staleByDefault } from './sequence.ts'
import { splitWay } from './split-way.ts'
import { waitStatus } from './wait-status.ts'

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
