import * as z from 'zod/mini'
import type { LeadId } from '../../domain/model/activity.ts'
import type { Decision } from '../../domain/model/decision.ts'
import { leadIdSchema } from '../../domain/model/email-request.ts'
import { isDecisionFor } from '../../domain/model/event-table.ts'
import type { TakenBy } from '../../domain/model/events.ts'
import type { Occasion, Reached } from '../../domain/sequence/enter-sequence.ts'
import type { WaitTimer } from '../../domain/sequence/resume-run.ts'
import { decisionIn } from '../queue/message.ts'

const work = z.discriminatedUnion('type', [
  /** What was committed and not told of is told; waits go on. */
  z.object({ type: z.literal('perform') }),
  /** Held runs go on, as the latest resumption says. */
  z.object({ type: z.literal('release') }),
  /** Runs that were held while sales had the lead go on, or end. */
  z.object({ type: z.literal('give-back') }),
  /** Open runs move to the version that the migration names. */
  z.object({ type: z.literal('migrate'), migration: z.string() }),
  /** Runs that have taken no step since move back. */
  z.object({ type: z.literal('undo'), migration: z.string() }),
])

export type SweepWork = z.infer<typeof work>

/** Work on all runs of a sequence that have one status: a page of them, each handed on as a message of its own. */
export const sweepSchema = z.object({
  type: z.literal('sweep'),
  sequence: z.string(),
  status: z.enum(['waiting', 'held']),
  work,
  cursor: z.optional(z.string()),
  /** Names the whole of the work. */
  id: z.string(),
  /** Lists lag behind: gone through a second time, this is. */
  second: z.optional(z.boolean()),
})

const runWorkSchema = z.object({
  type: z.literal('run'),
  leadId: leadIdSchema,
  sequence: z.string(),
  work,
})

export type Sweep = z.infer<typeof sweepSchema>
export type RunWork = z.infer<typeof runWorkSchema>

type NurtureMessage =
  /** A stage, an activity, a condition that became true, or the step of another sequence. */
  | { readonly type: 'reached'; readonly reached: Reached }
  | { readonly type: 'tick'; readonly timer: RunTimer }
  | { readonly type: 'sweep'; readonly sweep: Sweep }
  | { readonly type: 'run'; readonly run: RunWork }
  /** Sales gave a lead back, won it or closed it: runs that waited for that go on or end. */
  | { readonly type: 'given-back'; readonly leadId: LeadId }
  /** What follows from new rules, not from anything that happened: no sequence begins with it. */
  | { readonly type: 'rescored' }

const timerSchema = z.object({
  type: z.literal('tick'),
  leadId: leadIdSchema,
  sequence: z.string(),
  runId: z.string(),
  step: z.int(),
})

type Begins = 'StageAdvanced' | 'ActivityRecorded' | 'SequenceTriggered'

const reached = (
  on: Occasion,
  { id: decisionId, leadId, correlationId, data }: Decision<Begins>,
): NurtureMessage => {
  if (data.rescored !== undefined) return { type: 'rescored' }
  const { because, factOccurredAt: occurredAt } = data
  const id = 'activityId' in because ? because.activityId : `${because.runId}:${because.step}`
  return { type: 'reached', reached: { leadId, on, fact: { id, occurredAt }, decisionId, correlationId } }
}

const messageOf = (decision: Decision<TakenBy<'nurture'>>): NurtureMessage => {
  switch (decision.type) {
    case 'StageAdvanced':
      return reached({ type: 'stage', stage: decision.data.to }, decision)
    case 'ActivityRecorded':
      return reached({ type: 'activity', activity: decision.data.activity }, decision)
    case 'SequenceTriggered':
      return reached({ type: 'sequence', sequence: decision.data.sequence }, decision)
    // Under new rules as well: how the lead stands counts, not what is told of it.
    case 'LeadRecycled':
    case 'LeadClosed':
    case 'QualificationWithdrawn':
    case 'DealWon':
    case 'DealLost':
      return { type: 'given-back', leadId: decision.leadId }
    default:
      return decision satisfies never
  }
}

/** What stands on the nurture queue. @throws when `body` is nothing of that: the message ends in the dead-letter queue. */
export const parseMessage = (body: unknown): NurtureMessage => {
  const timer = z.safeParse(timerSchema, body)
  if (timer.success) return { type: 'tick', timer: timer.data }
  const sweep = z.safeParse(sweepSchema, body)
  if (sweep.success) return { type: 'sweep', sweep: sweep.data }
  const run = z.safeParse(runWorkSchema, body)
  if (run.success) return { type: 'run', run: run.data }
  return messageOf(decisionIn(body, isDecisionFor('nurture')))
}

export interface RunTimer extends WaitTimer {
  readonly leadId: LeadId
  readonly sequence: string
}
