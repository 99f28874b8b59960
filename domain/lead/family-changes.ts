import { type Decided, type Decision, decision } from './decision.ts'
import type { LeadId } from './lead-id.ts'
import type { LeadState } from './lead-state.ts'

/** Merged leads, told at the place in the log at which it is known. */
export const familyChanges = (
  lead: Decided,
  before: LeadState | undefined,
  after: LeadState,
): readonly Decision[] => {
  const [had, has] = [before?.family?.members ?? [], after.family?.members ?? []]
  const cause = { at: after.last.occurredAt, factId: after.last.id }
  const told = (type: 'LeadMerged' | 'LeadUnmerged', merged: LeadId): Decision =>
    decision(lead, type, `${type}:${merged}:${after.last.id}`, cause, { merged })
  return [
    ...has.filter((member) => !had.includes(member)).map((member) => told('LeadMerged', member)),
    ...had.filter((member) => !has.includes(member)).map((member) => told('LeadUnmerged', member)),
  ]
}
