import { type EmailRequest, emailRequestData } from '../email/email-request.ts'
import type { JsonObject } from '../json.ts'
import type { Decision, DecisionType } from '../lead/decision.ts'
import type { Run } from './run.ts'
import { type Cause, decisionOf, end, type OpenRun } from './run-decision.ts'
import { sendIdOf } from './run-id.ts'
import { type Sequence, type Step, staleByDefault } from './sequence.ts'
import { splitWay } from './split-way.ts'
import { waitStatus } from './wait-status.ts'

/** What a run has to know about its lead to go on. */
export interface Ask {
  /** Judges a condition of the sequence, given as the playbook words it. */
  holds(condition: string): boolean
  /** IANA zone of the lead. */
  readonly timeZone: string
}

/** How a walk treats the emails up to the next wait. */
export interface Pace {
  /** A wait lies behind these steps: their emails are judged again when they are sent. */
  readonly waited: boolean
  /** When they were due; later than that by more than `stale`, they are skipped. */
  readonly due: string
  /** What fell due while the sequence was paused is left out. */
  readonly skipped?: 'paused'
}

/**
 * Walks on from `run.step` until the next wait or the end. What the walk decides is added to the run's outbox.
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
  const skipped = pace.skipped ?? (isStale(sequence, pace.due, now) ? 'stale' : undefined)
  const request = (
    step: number,
    what: JsonObject,
    email: Pick<EmailRequest, 'email' | 'recipient'>,
  ): void => {
    reached(step, { ...what, ...(skipped === undefined ? {} : { skipped }) })
    if (skipped !== undefined) return
    decide('EmailRequested', `${step}:email`, emailRequestData(emailRequest(run, step, email, pace.waited)))
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
        request(index, { type: step.type, email: step.email }, { email: step.email, recipient: 'lead' })
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
  email: Pick<EmailRequest, 'email' | 'recipient'>,
  afterWait: boolean,
): EmailRequest => ({
  leadId: run.leadId,
  sendId: sendIdOf(run.runId, step),
  ...email,
  playbookVersion: run.playbookVersion,
  run: { sequence: run.sequence, runId: run.runId, step, afterWait },
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
