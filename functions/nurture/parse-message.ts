import * as z from 'zod/mini'
import { stageIds } from '../../domain/funnel/funnel-rules.ts'
import { type LeadId, parseLeadId } from '../../domain/lead/lead-id.ts'
import type { StageReached } from '../../domain/sequence/enter-sequence.ts'
import { decisionEventOf } from '../queue/decision-event.ts'
import type { RunTick } from './continue-run.ts'

export type NurtureMessage =
  | { readonly type: 'stage-reached'; readonly reached: StageReached }
  | { readonly type: 'tick'; readonly tick: RunTick }
  /** A stage that follows from new rules, not from anything that happened: no sequence begins with it. */
  | { readonly type: 'rescored' }

const tickSchema = z.object({
  type: z.literal('tick'),
  leadId: z.custom<LeadId>((value) => parseLeadId(value) !== undefined),
  sequence: z.string(),
  runId: z.string(),
  step: z.int(),
})

const stageSchema = z.object({
  to: z.enum(stageIds),
  because: z.object({ activityId: z.string() }),
  factOccurredAt: z.iso.datetime(),
})

/** What stands on the nurture queue. @throws when `body` is neither: the message ends in the dead-letter queue. */
export const parseMessage = (body: unknown): NurtureMessage => {
  const tick = z.safeParse(tickSchema, body)
  if (tick.success) return { type: 'tick', tick: tick.data }
  const { type, id, leadId, correlationId, data } = decisionEventOf(body)
  const stage = z.safeParse(stageSchema, data)
  if (type !== 'StageAdvanced' || !stage.success) throw new Error(`the ${type} event reaches no stage`)
  if (data.rescored !== undefined) return { type: 'rescored' }
  const { to, because, factOccurredAt } = stage.data
  return {
    type: 'stage-reached',
    reached: {
      leadId,
      stage: to,
      fact: { id: because.activityId, occurredAt: factOccurredAt },
      decisionId: id,
      correlationId,
    },
  }
}
