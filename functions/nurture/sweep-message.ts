import * as z from 'zod/mini'
import { type LeadId, parseLeadId } from '../../domain/lead/lead-id.ts'

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

export const runWorkSchema = z.object({
  type: z.literal('run'),
  leadId: z.custom<LeadId>((value) => parseLeadId(value) !== undefined),
  sequence: z.string(),
  work,
})

export type Sweep = z.infer<typeof sweepSchema>
export type RunWork = z.infer<typeof runWorkSchema>
