import * as z from 'zod/mini'
import { type LeadId, parseLeadId } from '../../domain/model/activity.ts'
import { stageIds } from '../../domain/model/deal.ts'
import type { Occasion, Reached } from '../../domain/sequence/enter-sequence.ts'
import type { Tick } from '../../domain/sequence/wake-run.ts'
import { type DecisionEvent, decisionEventOf } from '../queue/message.ts'

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
  leadId: z.custom<LeadId>((value) => parseLeadId(value) !== undefined),
  sequence: z.string(),
  work,
})

export type Sweep = z.infer<typeof sweepSchema>
export type RunWork = z.infer<typeof runWorkSchema>

type NurtureMessage =
  /** A stage, an activity, a condition that became true, or the step of another sequence. */
  | { readonly type: 'reached'; readonly reached: Reached }
  | { readonly type: 'tick'; readonly tick: RunTick }
  | { readonly type: 'sweep'; readonly sweep: Sweep }
  | { readonly type: 'run'; readonly run: RunWork }
  /** Sales gave a lead back, won it or closed it: runs that waited for that go on or end. */
  | { readonly type: 'given-back'; readonly leadId: LeadId }
  /** What follows from new rules, not from anything that happened: no sequence begins with it. */
  | { readonly type: 'rescored' }

const tickSchema = z.object({
  type: z.literal('tick'),
  leadId: z.custom<LeadId>((value) => parseLeadId(value) !== undefined),
  sequence: z.string(),
  runId: z.string(),
  step: z.int(),
})

const caused = {
  because: z.union([z.object({ activityId: z.string() }), z.object({ runId: z.string(), step: z.int() })]),
  factOccurredAt: z.iso.datetime(),
}
const stageSchema = z.object({ to: z.enum(stageIds), ...caused })
const activitySchema = z.object({ activity: z.string(), ...caused })
const triggerSchema = z.object({ sequence: z.string(), ...caused })

type Caused = z.infer<typeof stageSchema>['because']

const factIdOf = (because: Caused): string =>
  'activityId' in because ? because.activityId : `${because.runId}:${because.step}`

const occasionOf = ({ type, data }: DecisionEvent) => {
  const read = <Data extends { because: Caused; factOccurredAt: string }>(
    schema: z.ZodMiniType<Data>,
    occasion: (data: Data) => Occasion,
  ) => {
    const parsed = z.safeParse(schema, data)
    if (!parsed.success) throw new Error(`the ${type} event does not say what it is about`)
    const { because, factOccurredAt } = parsed.data
    return { on: occasion(parsed.data), fact: { id: factIdOf(because), occurredAt: factOccurredAt } }
  }
  switch (type) {
    case 'StageAdvanced':
      return read(stageSchema, ({ to }) => ({ type: 'stage', stage: to }))
    case 'ActivityRecorded':
      return read(activitySchema, ({ activity }) => ({ type: 'activity', activity }))
    case 'SequenceTriggered':
      return read(triggerSchema, ({ sequence }) => ({ type: 'sequence', sequence }))
    default:
      throw new Error(`no sequence begins with a ${type} event`)
  }
}

/** Under new rules as well: how the lead stands counts, not what is told of it. */
const givenBackBy: readonly string[] = [
  'LeadRecycled',
  'LeadClosed',
  'QualificationWithdrawn',
  'DealWon',
  'DealLost',
]

/** What stands on the nurture queue. @throws when `body` is nothing of that: the message ends in the dead-letter queue. */
export const parseMessage = (body: unknown): NurtureMessage => {
  const tick = z.safeParse(tickSchema, body)
  if (tick.success) return { type: 'tick', tick: tick.data }
  const sweep = z.safeParse(sweepSchema, body)
  if (sweep.success) return { type: 'sweep', sweep: sweep.data }
  const run = z.safeParse(runWorkSchema, body)
  if (run.success) return { type: 'run', run: run.data }
  const event = decisionEventOf(body)
  const { id: decisionId, leadId, correlationId } = event
  if (givenBackBy.includes(event.type)) return { type: 'given-back', leadId }
  const occasion = occasionOf(event)
  if (event.data.rescored !== undefined) return { type: 'rescored' }
  return { type: 'reached', reached: { leadId, ...occasion, decisionId, correlationId } }
}

export interface RunTick extends Tick {
  readonly leadId: LeadId
  readonly sequence: string
}
