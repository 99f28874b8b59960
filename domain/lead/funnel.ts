import type { Fact } from '../model/activity.ts'
import { type StageId, stageIds, stageRank } from '../model/deal.ts'
import { type Cause, type Decided, type Decision, decision } from '../model/decision.ts'
import { stateLimits } from '../model/state-limits.ts'
import type { Rules } from '../rules/rules.ts'
import { isBlank } from './attributes.ts'
import type { LogState } from './log.ts'
import {
  type DraftOf,
  kept,
  list,
  type Moment,
  type MovingView,
  optional,
  type StateOf,
  type Step,
  transient,
} from './slice.ts'

export interface StageEntry extends Cause {
  readonly stage: StageId
  readonly from?: StageId
  /** The condition that held, as the playbook words it; absent for the first stage. */
  readonly condition?: string
  readonly cycle: number
  /** Skipped on the way to a later stage: it counts as passed through, and nothing follows from it. */
  readonly implied?: true
}

export interface Qualification extends Cause {
  readonly cycle: number
  readonly score: number
  /** The end of a pause qualified the lead; `factId` is the fact that began the pause. */
  readonly pauseOver?: true
}

/** `until` absent: closed for good. */
interface Pause extends Cause {
  readonly until?: string
  /** Its end was applied: a fact from before it that arrives later requires a new fold. */
  readonly over?: true
  readonly reason: string
}

const fields = {
  /** The last of `stages`. */
  stage: {
    open: (): undefined => undefined,
    close: (
      _open: undefined,
      _rules: unknown,
      { stages }: { readonly stages: readonly StageEntry[] },
    ): StageEntry => {
      const last = stages.at(-1)
      if (!last) throw new Error('a lead begins with a fact')
      return last
    },
  },
  /** Every stage entered in the latest cycles, and the very first, oldest first, the current one last. */
  stages: list<StageEntry>(),
  /** Begins at 1; a recycle adds one. */
  cycle: kept(1),
  /** Moments in each cycle at which the lead qualified, oldest first. */
  qualifications: list<Qualification>(),
  /** Set when sales sent the lead back: it cannot qualify before the end. */
  paused: optional<Pause>(),
  /** The fact at hand recycled the lead, and so advances no stage. */
  isRecycled: transient(false),
}

export type FunnelState = StateOf<typeof fields>
export type FunnelDraft = DraftOf<typeof fields>

/** Every lead begins in the first stage. */
const begin = (draft: FunnelDraft, { id, occurredAt }: Fact): void => {
  draft.stages.push({ stage: stageIds[0], at: occurredAt, factId: id, cycle: 1 })
}

/** Advances to the highest stage whose condition holds, repeatedly, since conditions may ask for the stage itself. */
const judgeStage = (draft: FunnelDraft, { id, occurredAt }: Fact, view: MovingView, rules: Rules): void => {
  for (let index = rules.stages.length - 1; index > 0; index -= 1) {
    const from = view.stage()
    const { id: stage, condition } = rules.stages[index] ?? { id: from }
    if (stageRank(stage) <= stageRank(from)) return
    if (!condition?.test(view)) continue
    const cause = { at: occurredAt, factId: id }
    pushSkipped(draft, from, stage, cause)
    draft.stages.push({ stage, from, ...cause, condition: condition.source, cycle: draft.cycle })
    index = rules.stages.length
  }
}

/** Records the stages skipped, so that every stage of the funnel counts all leads that went beyond it. */
const pushSkipped = (draft: FunnelDraft, from: StageId, to: StageId, cause: Cause): void => {
  for (let rank = stageRank(from) + 1; rank < stageRank(to); rank += 1) {
    const [before, stage] = [stageIds[rank - 1], stageIds[rank]]
    if (stage && before)
      draft.stages.push({ stage, from: before, ...cause, cycle: draft.cycle, implied: true })
  }
}

/** Sales rejected the lead for good. */
export const isClosed = ({ paused }: { readonly paused?: Pause | undefined }): boolean =>
  paused !== undefined && paused.until === undefined

/** The qualification of the present cycle. */
export const qualificationNow = ({
  cycle,
  qualifications,
}: Pick<FunnelState, 'cycle' | 'qualifications'>): Qualification | undefined => {
  const last = qualifications.at(-1)
  return last?.cycle === cycle ? last : undefined
}

/** Attributes that a lead must have to qualify, and lacks. */
export const lackedBy = (view: Pick<MovingView, 'attribute'>, { playbook }: Rules): readonly string[] =>
  playbook.handoff.require.filter((name) => isBlank(view.attribute(name)))

/** Whether a lead is ready for sales at the moment that `view` stands at. */
const meetsQualification = (view: MovingView, rules: Rules): boolean =>
  lackedBy(view, rules).length === 0 && rules.qualify.test(view)

/** The end (ms) of a pause, unless it was applied already. */
const endOf = ({ paused }: Pick<FunnelDraft, 'paused'>): number | undefined =>
  paused === undefined || paused.until === undefined || paused.over ? undefined : Date.parse(paused.until)

const isQualified = ({ qualifications, cycle }: FunnelDraft): boolean =>
  qualifications.at(-1)?.cycle === cycle

/** Ends a pause that is over: a lead that is ready for sales qualifies at that moment. @returns whether a pause ended. */
const pass = (draft: FunnelDraft, { now, rules, view }: Moment): boolean => {
  const end = endOf(draft)
  const { paused, cycle } = draft
  if (end === undefined || end > now || paused?.until === undefined) return false
  draft.paused = { ...paused, over: true }
  view.moveTo(end)
  if (!isQualified(draft) && meetsQualification(view, rules)) {
    const { until: at, factId } = paused
    draft.qualifications.push({ cycle, at, factId, score: view.score() ?? 0, pauseOver: true })
  }
  return true
}

/** When (ms) a pause ends whose lead will be ready for sales then, if nothing happens before. @param view is moved. */
export const qualifiesAfterPause = (
  draft: FunnelDraft,
  view: MovingView,
  rules: Rules,
): number | undefined => {
  const end = endOf(draft)
  if (end === undefined || isQualified(draft)) return undefined
  view.moveTo(end)
  return meetsQualification(view, rules) ? end : undefined
}

const isPaused = ({ paused }: FunnelDraft, at: string): boolean =>
  paused !== undefined && (paused.until === undefined || at < paused.until)

/** Once in each cycle, unless sales sent the lead back and the pause is not over. */
const judgeQualification = (
  draft: FunnelDraft,
  { id, occurredAt }: Fact,
  view: MovingView,
  rules: Rules,
): void => {
  if (isQualified(draft) || isPaused(draft, occurredAt) || !meetsQualification(view, rules)) return
  draft.qualifications.push({ cycle: draft.cycle, at: occurredAt, factId: id, score: view.score() ?? 0 })
}

const apply = (draft: FunnelDraft, { fact, view, cycleView, rules }: Step): void => {
  if (draft.isRecycled) return
  judgeStage(draft, fact, draft.cycle === 1 ? view : cycleView, rules)
  judgeQualification(draft, fact, view, rules)
}

/** The earliest cycle that is kept when `cycle` is the present one. */
const oldestCycle = (cycle: number): number => Math.max(1, cycle - stateLimits.cycles + 1)

/** Whether an entry's cycle is recent enough to be kept when `cycle` is the present one. */
export const isKept =
  (cycle: number) =>
  (one: { readonly cycle: number }): boolean =>
    one.cycle >= oldestCycle(cycle)

/** A lead goes back to `target`, or stays where it is below that. */
export const beginCycle = (draft: FunnelDraft, target: StageId, { at, factId }: Cause): void => {
  const from = draft.stages.at(-1)?.stage ?? stageIds[0]
  const stage = stageRank(target) < stageRank(from) ? target : from
  draft.cycle += 1
  draft.stages.push({ stage, from, at, factId, cycle: draft.cycle })
  forgetCycles(draft)
}

/** Drops entries of old cycles, except the first stage; and the conditions of those before the previous cycle. */
const forgetCycles = (draft: FunnelDraft): void => {
  const isRecent = isKept(draft.cycle)
  draft.stages = draft.stages
    .filter((entry, index) => index === 0 || isRecent(entry))
    .map((entry) =>
      entry.cycle < draft.cycle - 1 && entry.condition !== undefined ? { ...entry, condition: '' } : entry,
    )
  draft.qualifications = draft.qualifications.filter(isRecent)
}

/** Published as `StageAdvanced`: neither a recycle's own entry nor a skipped stage is. */
export const isAdvance = ({ from, condition }: StageEntry): boolean =>
  from === undefined || condition !== undefined

/** Stages that the same fact passed through on its way to `entry`. */
const skippedBefore = (entry: StageEntry, stages: readonly StageEntry[]): readonly StageId[] =>
  stages
    .filter(({ implied, cycle, factId }) => implied && cycle === entry.cycle && factId === entry.factId)
    .map(({ stage }) => stage)
    .filter(
      (stage) =>
        stageRank(stage) > stageRank(entry.from ?? stage) && stageRank(stage) < stageRank(entry.stage),
    )

const stageAdvanced = (lead: Decided, entry: StageEntry, stages: readonly StageEntry[]): Decision =>
  decision(lead, 'StageAdvanced', `stage:${entry.stage}:${entry.cycle}`, entry, {
    from: entry.from ?? null,
    to: entry.stage,
    skipped: skippedBefore(entry, stages),
    because: { activityId: entry.factId, condition: entry.condition ?? null },
    cycle: entry.cycle,
    factOccurredAt: entry.at,
  })

const qualified = (
  lead: Decided,
  { stage, stages }: FunnelState,
  qualification: Qualification,
): Decision<'LeadQualified'> => {
  const { cycle, score, at } = qualification
  const reached = stages.findLast((entry) => entry.cycle === cycle && entry.at <= at) ?? stage
  return decision(lead, 'LeadQualified', `qualified:${cycle}`, qualification, {
    score,
    stage: reached.stage,
    cycle,
  })
}

/** The decision of the present cycle, as it was published. */
export const decidedQualification = (
  lead: Decided,
  state: FunnelState,
): Decision<'LeadQualified'> | undefined => {
  const qualification = qualificationNow(state)
  return qualification && qualified(lead, state, qualification)
}

const decisions = (lead: Decided, state: FunnelState): readonly Decision[] => [
  ...state.stages.filter(isAdvance).map((entry) => stageAdvanced(lead, entry, state.stages)),
  ...state.qualifications.map((one) => qualified(lead, state, one)),
]

/** Stages and qualifications that were published and whose fact was voided or exposed as a machine's. */
const changes = (
  lead: Decided,
  before: FunnelState | undefined,
  after: FunnelState & Pick<LogState, 'last'>,
): readonly Decision[] => {
  if (!before) return []
  // An entry that was dropped for its age was not withdrawn.
  const isStillKept = isKept(after.cycle)
  const cause = { at: after.last.occurredAt, factId: after.last.id }
  const reached = new Set(after.stages.map(({ stage, cycle }) => `${stage}:${cycle}`))
  const qualified = new Set(after.qualifications.map(({ cycle }) => cycle))
  const stages = before.stages
    .filter(isStillKept)
    .filter((entry) => isAdvance(entry) && !reached.has(`${entry.stage}:${entry.cycle}`))
    .map(({ stage, cycle, factId }) =>
      decision(lead, 'StageWithdrawn', `stage-withdrawn:${stage}:${cycle}:${factId}`, cause, {
        stage,
        cycle,
        to: after.stage.stage,
        because: { activityId: factId },
      }),
    )
  const qualifications = before.qualifications
    .filter((one) => isStillKept(one) && !qualified.has(one.cycle))
    .map(({ cycle, factId }) =>
      decision(lead, 'QualificationWithdrawn', `qualification-withdrawn:${cycle}:${factId}`, cause, {
        cycle,
        because: { activityId: factId },
      }),
    )
  return [...stages, ...qualifications]
}

const day = 86_400_000

/** How long a lead stood in one stage, and why it got there. */
interface TimeInStage {
  readonly stage: StageId
  readonly from: StageId | null
  readonly at: string
  /** When it left; null for the present stage. */
  readonly until: string | null
  /** A decimal; of the present stage up to now. */
  readonly days: number
  /** Passed through on the way to a later stage. */
  readonly implied: boolean
  readonly cycle: number
  readonly because: { readonly activityId: string; readonly condition: string | null }
}

/** Oldest first. @param now RFC 3339 UTC */
export const timeInStages = ({ stages }: Pick<FunnelState, 'stages'>, now: string): readonly TimeInStage[] =>
  stages.map(({ stage, from, at, implied, cycle, factId, condition }, index) => {
    const until = stages[index + 1]?.at ?? null
    const end = until ?? (now < at ? at : now)
    return {
      stage,
      from: from ?? null,
      at,
      until,
      days: (Date.parse(end) - Date.parse(at)) / day,
      implied: implied ?? false,
      cycle,
      because: { activityId: factId, condition: condition ?? null },
    }
  })

/** The lead's way through the funnel: stages, cycles, and when it was ready for sales. */
export const funnelSlice = { fields, begin, pass, apply, changes, decisions }
