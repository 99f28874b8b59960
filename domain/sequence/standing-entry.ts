import type { LeadId } from '../lead/lead-id.ts'
import type { LeadState, StageEntry } from '../lead/lead-state.ts'
import type { Run } from './run.ts'

/** What a `StageAdvanced` decision's id says after the lead's: `stage:interest:1`. */
const stageDecision = /^:stage:([a-z_]+):(\d+)$/

/**
 * The entry that a `StageAdvanced` decision told of, as the lead's log has it by now; it may rest on another fact since.
 * @returns undefined where the stage was taken back, `other` for a decision of another kind.
 */
export const standingEntry = (
  leadId: LeadId,
  decisionId: string,
  { stages }: LeadState,
): StageEntry | undefined | 'other' => {
  const match = decisionId.startsWith(leadId) && stageDecision.exec(decisionId.slice(leadId.length))
  if (!match) return 'other'
  const [, stage, cycle] = match
  return stages.find((entry) => entry.stage === stage && entry.cycle === Number(cycle))
}

/** Why a run may not go on whatever its sequence says: what it began with was taken back, or its lead is part of another now. */
export const whyOver = (
  run: Pick<Run, 'leadId' | 'entryId'>,
  lead: { readonly state: LeadState; readonly mergedInto?: LeadId },
): 'merged' | 'withdrawn' | undefined => {
  if (lead.mergedInto !== undefined) return 'merged'
  return standingEntry(run.leadId, run.entryId, lead.state) === undefined ? 'withdrawn' : undefined
}
