import { withdrawnOutcomes } from './deal-decisions.ts'
import { type Decided, type Decision, decision } from './decision.ts'
import type { LeadState, StageEntry } from './lead-state.ts'
import { oldestCycle } from './send-back.ts'

/** A recycle's own entry leads down: it is told as `LeadRecycled`. A stage that was skipped is told by the one after it. */
export const isAdvance = ({ from, condition }: StageEntry): boolean =>
  from === undefined || condition !== undefined

/** What others may have acted upon and that no longer stands: its fact was taken back, or proved to be a machine's. */
export const withdrawn = (
  lead: Decided,
  before: LeadState | undefined,
  after: LeadState,
): readonly Decision[] => {
  if (!before) return []
  // What is only too long ago to be kept stands as it was.
  const isStillKept = ({ cycle }: { readonly cycle: number }): boolean => cycle >= oldestCycle(after.cycle)
  const cause = { at: after.last.occurredAt, factId: after.last.id }
  const reached = new Set(after.stages.map(({ stage, cycle }) => `${stage}:${cycle}`))
  const stages = before.stages
    .filter(isStillKept)
    .filter((entry) => isAdvance(entry) && !reached.has(`${entry.stage}:${entry.cycle}`))
    .map((entry) =>
      decision(
        lead,
        'StageWithdrawn',
        `stage-withdrawn:${entry.stage}:${entry.cycle}:${entry.factId}`,
        cause,
        {
          stage: entry.stage,
          cycle: entry.cycle,
          to: after.stage.stage,
          because: { activityId: entry.factId },
        },
      ),
    )
  const qualified = new Set(after.qualifications.map(({ cycle }) => cycle))
  const qualifications = before.qualifications
    .filter((one) => isStillKept(one) && !qualified.has(one.cycle))
    .map(({ cycle, factId }) =>
      decision(lead, 'QualificationWithdrawn', `qualification-withdrawn:${cycle}:${factId}`, cause, {
        cycle,
        because: { activityId: factId },
      }),
    )
  return [...stages, ...qualifications, ...withdrawnOutcomes(lead, before, after)]
}
