import type { LeadId } from '../model/activity.ts'
import type { StageId } from '../model/deal.ts'
import type { Sequence } from '../model/sequence.ts'
import type { LeadContext } from '../step/step-kind.ts'
import { leavingTimer, runSteps, type Situation } from './advance.ts'
import { decisionOf, end, isOpen, namesOf, nextRunId, type Run } from './run.ts'

/** Something that a sequence may begin with, as the decision says that tells of it. */
export interface Reached {
  readonly leadId: LeadId
  readonly on: Occasion
  /** The fact that caused it; where another sequence did, its step. */
  readonly fact: { readonly id: string; readonly occurredAt: string }
  readonly decisionId: string
  readonly correlationId: string
  /** Sales gave the lead back, and this is what it is to get: however often it has been through. */
  readonly again?: true
}

export type Occasion =
  | { readonly type: 'stage'; readonly stage: StageId }
  | { readonly type: 'activity'; readonly activity: string }
  /** The condition of one sequence holds now, or another sequence leads there. */
  | { readonly type: 'sequence'; readonly sequence: string }

type Entry =
  | { readonly type: 'entered'; readonly run: Run }
  | {
      readonly type: 'refused'
      readonly because: 'known' | 'too-late' | 'still-running' | 'not-again' | 'audience' | 'exit'
    }

/** What happened longer ago than this starts nothing: history that is loaded later must not send emails. */
export const entryWindow = 7 * 24 * 3_600_000

/** Who asked for something longer ago than this has gone to bed, or has forgotten it. */
export const freshFor = 3_600_000

/** Whether the sequence begins on this occasion. */
export const beginsOn = ({ id, enter }: Sequence, on: Occasion): boolean => {
  switch (on.type) {
    case 'stage':
      return 'stage' in enter && enter.stage === on.stage
    case 'activity':
      return 'activity' in enter && enter.activity === on.activity
    case 'sequence':
      return id === on.sequence
    default:
      return on satisfies never
  }
}

/** Whom the sequence does not take. @param lead as of the fact that caused the entry. */
export const refusalOf = (
  { audience, exit }: Pick<Sequence, 'audience' | 'exit'>,
  lead: Pick<LeadContext, 'holds' | 'holdsInCycle'>,
): 'audience' | 'exit' | undefined => {
  if (audience !== undefined && !lead.holds(audience)) return 'audience'
  return exit !== undefined && lead.holdsInCycle(exit) ? 'exit' : undefined
}

/**
 * Lets a lead into a sequence, or not; the run comes back at its first wait or its end.
 * @param previous the lead's latest run through this sequence, its outbox empty.
 * @param situation its lead judges as of the fact that caused the entry, so that it does not matter in which order facts
 * arrive.
 */
export const enterSequence = (
  reached: Reached,
  playbookVersion: string,
  previous: Run | undefined,
  situation: Situation,
): Entry => {
  const { sequence, lead, now, paused } = situation
  if (previous?.entryId === reached.decisionId) return { type: 'refused', because: 'known' }
  if (Date.parse(now) - Date.parse(reached.fact.occurredAt) > entryWindow)
    return { type: 'refused', because: 'too-late' }
  if (previous && isOpen(previous.status)) return { type: 'refused', because: 'still-running' }
  if (previous && !mayReenter(sequence, previous, reached, now))
    return { type: 'refused', because: 'not-again' }
  const because = refusalOf(sequence, lead)
  if (because) return { type: 'refused', because }

  const cause = { causationId: reached.decisionId, correlationId: reached.correlationId }
  const run = {
    runId: nextRunId(reached.leadId, sequence.id, previous),
    leadId: reached.leadId,
    sequence: sequence.id,
    playbookVersion,
    entryId: reached.decisionId,
    enteredAt: now,
    step: 0,
    ...(previous?.leftAlarms ? { leftAlarms: previous.leftAlarms } : {}),
    version: previous?.version ?? 0,
    outbox: [],
  }
  const outbox = [decisionOf(run, 'SequenceEntered', { id: 'entered', now, cause }, namesOf(run))]
  if (paused) return { type: 'entered', run: { ...run, outbox, status: { type: 'held', due: now, next: 0 } } }
  const isFresh = Date.parse(now) - Date.parse(reached.fact.occurredAt) <= freshFor
  const options = { waited: false, due: now, ...(isFresh && { fresh: true as const }) }
  return { type: 'entered', run: runSteps({ ...run, outbox }, { ...situation, cause }, options) }
}

/**
 * Whether a lead that has been through may go through again. What happened before the last entry is old news that comes
 * again, never a reason.
 */
export const mayReenter = (
  sequence: Sequence,
  previous: Run,
  reached: Pick<Reached, 'fact' | 'again'>,
  now: string,
): boolean => {
  if (reached.fact.occurredAt <= previous.enteredAt) return false
  if (reached.again) return true
  switch (sequence.reenter) {
    case 'never':
      return false
    case 'always':
      return true
    default:
      return Date.parse(now) - Date.parse(previous.enteredAt) >= sequence.reenter
  }
}

/** A lead reaches its sequence's goal while the run waits or is held: that ends it. @param by the decision that tells of it. */
export const reachGoal = (run: Run, by: string, now: string): Run =>
  isOpen(run.status)
    ? end(leavingTimer(run), { type: 'goal', at: now }, { causationId: by, correlationId: run.entryId })
    : run
