import { stageRank } from '../funnel/funnel-rules.ts'
import { recycleEntered } from '../lead/given-back.ts'
import type { LeadId } from '../lead/lead-id.ts'
import type { LeadState, Recycle, StageEntry } from '../lead/lead-state.ts'
import { isAdvance } from '../lead/withdrawn.ts'
import type { Run } from './run.ts'
import type { WhyOver } from './wake-run.ts'

/** What a `StageAdvanced` decision's id says after the lead's: `stage:interest:1`. */
const stageDecision = /^:stage:([a-z_]+):(\d+)$/
/** `activity:demo.requested:<fact>` or `when@<sequence>:<fact>`. */
const triggerDecision = /^:(activity:[a-z0-9_]+(?:\.[a-z0-9_]+)+|when@[a-z0-9_-]+):(.+)$/s

const afterLead = (leadId: LeadId, decisionId: string): string =>
  decisionId.startsWith(leadId) ? decisionId.slice(leadId.length) : ''

/** The trigger that a decision told of: its key in the lead's state, and the fact. */
export const triggerOf = (
  leadId: LeadId,
  decisionId: string,
): { readonly key: string; readonly factId: string } | undefined => {
  const [, key, factId] = triggerDecision.exec(afterLead(leadId, decisionId)) ?? []
  return key === undefined || factId === undefined ? undefined : { key, factId }
}

/**
 * The entry that a `StageAdvanced` decision told of, as the lead's log has it by now; it may rest on another fact since.
 * @returns undefined where the stage was taken back, `other` for a decision of another kind.
 */
export const standingEntry = (
  leadId: LeadId,
  decisionId: string,
  { stages }: LeadState,
): StageEntry | undefined | 'other' => {
  const match = stageDecision.exec(afterLead(leadId, decisionId))
  if (!match) return 'other'
  const [, stage, cycle] = match
  return stages.find((entry) => entry.stage === stage && entry.cycle === Number(cycle))
}

/** Whether a decision asks for the entry that a recycle leads to. */
export const isRecycle = ({
  leadId,
  decisionId,
}: {
  readonly leadId: LeadId
  readonly decisionId: string
}): boolean => recycleEntered(afterLead(leadId, decisionId).slice(1)) !== undefined

/**
 * The recycle that a decision asked for an entry by, as the lead's log has it by now.
 * @returns `none` where it was taken back, undefined for a decision of another kind.
 */
export const recycleOf = (
  leadId: LeadId,
  decisionId: string,
  { recycles }: Pick<LeadState, 'recycles'>,
): Recycle | 'none' | undefined => {
  const cycle = recycleEntered(afterLead(leadId, decisionId).slice(1))
  if (cycle === undefined) return undefined
  return recycles.find((recycle) => recycle.cycle === cycle) ?? 'none'
}

/** Whether the lead was sent back since to a stage before the one that `entry` is about. */
const isRecycled = (entry: StageEntry, { stages }: LeadState): boolean =>
  stages.some(
    (later) =>
      later.cycle > entry.cycle &&
      !isAdvance(later) &&
      later.implied === undefined &&
      stageRank(later.stage) < stageRank(entry.stage),
  )

/**
 * Why a run may not go on whatever its sequence says: what it began with was taken back, its lead was sent back to an
 * earlier stage, or is part of another now. A trigger that another one followed counts as withdrawn here: only the log
 * can tell.
 */
export const whyOver = (
  run: Pick<Run, 'leadId' | 'entryId'>,
  lead: { readonly state: LeadState; readonly mergedInto?: LeadId },
): Extract<WhyOver, 'merged' | 'withdrawn' | 'recycled'> | undefined => {
  if (lead.mergedInto !== undefined) return 'merged'
  const trigger = triggerOf(run.leadId, run.entryId)
  if (trigger) return lead.state.triggers?.[trigger.key]?.factId === trigger.factId ? undefined : 'withdrawn'
  if (recycleOf(run.leadId, run.entryId, lead.state) === 'none') return 'withdrawn'
  const entry = standingEntry(run.leadId, run.entryId, lead.state)
  if (entry === undefined) return 'withdrawn'
  return entry !== 'other' && isRecycled(entry, lead.state) ? 'recycled' : undefined
}
