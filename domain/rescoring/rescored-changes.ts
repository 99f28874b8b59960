import type { LeadState } from '../lead/lead-state.ts'

/** Whether people see another lead: band, grade, stage, cycle, or how often it qualified. */
export const changedBetween = (before: LeadState, after: LeadState): boolean =>
  before.band.id !== after.band.id ||
  before.band.grade !== after.band.grade ||
  before.stage.stage !== after.stage.stage ||
  before.cycle !== after.cycle ||
  before.qualifications.length !== after.qualifications.length
