import { type EmailRequest, emailRequestData } from '../email/email-request.ts'
import type { JsonObject } from '../json.ts'
import type { Decision, DecisionType } from '../lead/decision.ts'
import { addMilliseconds, nextLocalTime } from '../time/local-time.ts'
import type { Run, RunStatus } from './run.ts'
import { sendIdOf } from './run-id.ts'
import type { Sequence, Step } from './sequence.ts'
import { splitWay } from './split-way.ts'

/** What a run has to know about its lead to go on. */
export interface Ask {
  /** Judges a condition of the sequence, given as the playbook words it. */
  holds(condition: string): boolean
  /** IANA zone of the lead. */
  readonly timeZone: string
}

/** A run between two states. */
export type OpenRun = Omit<Run, 'status'>

export interface Cause {
  readonly causationId: string
  readonly correlationId: string
}

/**
 * Walks on from `run.step` until the next wait or the end. What the walk decides is added to the run's outbox.
 * @param waited whether a wait lies behind these steps: their emails are judged again when they are sent.
 * @throws a defect where the program jumps backwards or out of itself.
 */
export const walk = (
  run: OpenRun,
  sequence: Sequence,
  ask: Ask,
  now: string,
  cause: Cause,
  waited: boolean,
): Run => {
  const outbox: Decision[] = [...run.outbox]
  const decide = (type: DecisionType, id: string, data: JsonObject): void => {
    outbox.push(decisionOf(run, type, id, now, cause, data))
  }
  const reached = (step: number, data: JsonObject): void =>
    decide('SequenceStepReached', `${step}:reached`, { step, ...data })

  let at = run.step
  while (at < sequence.program.length) {
    const step = stepAt(sequence, at)
    switch (step.type) {
      case 'email': {
        const request = emailRequest(run, at, step.email, waited)
        reached(at, { type: step.type, email: step.email })
        decide('EmailRequested', `${at}:email`, emailRequestData(request))
        at += 1
        break
      }
      case 'wait':
      case 'wait-until': {
        const until = waitEnd(step, now, ask.timeZone)
        reached(at, { type: step.type, until })
        return { ...run, step: at, status: { type: 'waiting', until }, outbox }
      }
      case 'branch': {
        const holds = ask.holds(step.if)
        reached(at, { type: step.type, holds })
        at = holds ? at + 1 : ahead(sequence, at, step.otherwise)
        break
      }
      case 'split': {
        const way = step.ways[splitWay(run.runId, step.name, step.ways.length)]
        if (!way) throw new Error(`sequence ${sequence.id}: split ${step.name} has no ways`)
        reached(at, { type: step.type, name: step.name, way: way.id })
        at = ahead(sequence, at, way.goto)
        break
      }
      case 'set':
        reached(at, { type: step.type })
        at += 1
        break
      case 'jump':
        at = ahead(sequence, at, step.goto)
        break
      default:
        return step satisfies never
    }
  }
  return end({ ...run, step: at, outbox }, { type: 'completed', at: now }, now, cause)
}

/** Ends a run; the decision says how it ended. */
export const end = (
  run: OpenRun,
  status: Exclude<RunStatus, { type: 'waiting' }>,
  now: string,
  cause: Cause,
): Run => ({
  ...run,
  status,
  outbox: [
    ...run.outbox,
    decisionOf(run, 'SequenceExited', 'ended', now, cause, { outcome: outcomeOf(status) }),
  ],
})

/** A decision about a run; its id tells what it is, whoever takes it and however often. */
export const decisionOf = (
  run: OpenRun,
  type: DecisionType,
  id: string,
  now: string,
  cause: Cause,
  data: JsonObject,
): Decision => ({
  id: `${run.runId}:${id}`,
  type,
  occurredAt: now,
  ...cause,
  leadId: run.leadId,
  data: {
    leadId: run.leadId,
    sequence: run.sequence,
    version: run.playbookVersion,
    runId: run.runId,
    ...data,
  },
})

const outcomeOf = (status: Exclude<RunStatus, { type: 'waiting' }>): 'completed' | 'goal' | 'exit' => {
  switch (status.type) {
    case 'completed':
    case 'goal':
      return status.type
    case 'exited':
      return 'exit'
    default:
      return status satisfies never
  }
}

const emailRequest = (run: OpenRun, step: number, email: string, afterWait: boolean): EmailRequest => ({
  leadId: run.leadId,
  sendId: sendIdOf(run.runId, step),
  email,
  recipient: 'lead',
  playbookVersion: run.playbookVersion,
  run: { sequence: run.sequence, runId: run.runId, step, afterWait },
})

const waitEnd = (
  step: Extract<Step, { type: 'wait' | 'wait-until' }>,
  now: string,
  timeZone: string,
): string => (step.type === 'wait' ? addMilliseconds(now, step.for) : nextLocalTime(now, step, timeZone))

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
