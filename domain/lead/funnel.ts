import type { Fact } from '../model/activity.ts'
import { type StageId, stageIds, stageRank } from '../model/deal.ts'
import { type Cause, type Decided, type Decision, decision } from '../model/decision.ts'
import { hashText } from '../model/hash-text.ts'
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
  /** Source of the condition that held; absent for the first stage. */
  readonly condition?: string
  readonly cycle: number
  /** Skipped on the way to a later stage: counted as passed, without consequences. */
  readonly implied?: true
}

export interface Qualification extends Cause {
  readonly cycle: number
  readonly score: number
  /** The end of a pause qualified the lead; `factId` is the fact that began the pause. */
  readonly pauseOver?: true
  /** Below the threshold, and handed over by way of trial: the share of such leads that are. */
  readonly explored?: number
}

/** When a lead came just below the threshold. */
interface NearMiss extends Cause {
  readonly cycle: number
  /** Of such leads that are handed over by way of trial. */
  readonly share: number
}

/** `until` absent: closed for good. */
interface Pause extends Cause {
  readonly until?: string
  /** Its end was applied: an earlier fact that arrives later requires a new fold. */
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
  /** Stages entered in the latest cycles, and the very first, oldest first; the last is the current one. */
  stages: list<StageEntry>(),
  /** Begins at 1; each recycle adds one. */
  cycle: kept(1),
  /** Qualifications, oldest first. */
  qualifications: list<Qualification>(),
  /** First in its cycle; the latest cycle's. */
  nearMiss: optional<NearMiss>(),
  /** Set when sales returns the lead: it cannot qualify before the end. */
  paused: optional<Pause>(),
  /** The current fact recycled the lead, so it cannot advance the stage. */
  isRecycled: transient(false),
}

export type FunnelState = StateOf<typeof fields>
export type FunnelDraft = DraftOf<typeof fields>

/** Every lead begins in the first stage. */
const begin = (draft: FunnelDraft, { id, occurredAt }: Fact): void => {
  draft.stages.push({ stage: stageIds[0], at: occurredAt, factId: id, cycle: 1 })
}

/** Advances to the highest stage whose condition holds; repeated, since conditions may depend on the stage. */
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

/** Records skipped stages, so that each stage counts all leads that passed it. */
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

/** The qualification of the current cycle. */
export const qualificationNow = ({
  cycle,
  qualifications,
}: Pick<FunnelState, 'cycle' | 'qualifications'>): Qualification | undefined => {
  const last = qualifications.at(-1)
  return last?.cycle === cycle ? last : undefined
}

/** Required attributes that the lead lacks. */
export const lackedBy = (view: Pick<MovingView, 'attribute'>, { playbook }: Rules): readonly string[] =>
  playbook.handoff.require.filter((name) => isBlank(view.attribute(name)))

/** Whether a lead is ready for sales at the view's moment. */
const meetsQualification = (view: MovingView, rules: Rules): boolean =>
  lackedBy(view, rules).length === 0 && rules.qualify.test(view)

/** The end (ms) of a pause, unless already applied. */
const endOf = ({ paused }: Pick<FunnelDraft, 'paused'>): number | undefined =>
  paused === undefined || paused.until === undefined || paused.over ? undefined : Date.parse(paused.until)

const isQualified = ({ qualifications, cycle }: FunnelDraft): boolean =>
  qualifications.at(-1)?.cycle === cycle

/** Ends an expired pause: a lead that is ready for sales qualifies at that moment. @returns whether a pause ended. */
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

/** When (ms) a pause ends, if the lead will then qualify without further activity. @param view is moved. */
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

/** Qualifies once per cycle, unless a pause is active; otherwise notes a lead that just misses it. */
const judgeQualification = (
  draft: FunnelDraft,
  { id, occurredAt }: Fact,
  view: MovingView,
  rules: Rules,
): void => {
  const { cycle, nearMiss } = draft
  if (isQualified(draft) || isPaused(draft, occurredAt) || lackedBy(view, rules).length > 0) return
  const cause = { cycle, at: occurredAt, factId: id }
  if (rules.qualify.test(view)) draft.qualifications.push({ ...cause, score: view.score() ?? 0 })
  else if (rules.explore && nearMiss?.cycle !== cycle && rules.explore.condition.test(view))
    draft.nearMiss = { ...cause, share: rules.explore.share }
}

/** Hands over a lead that was drawn from those just below the threshold. */
export const exploredType = 'lead.explored'

/** A lead that was drawn qualifies, unless it has by itself, or no longer misses the threshold by as little. */
const applyExplored = (
  draft: FunnelDraft,
  { type, occurredAt, properties }: Fact,
  view: MovingView,
): void => {
  const { cycle, nearMiss } = draft
  if (type !== exploredType || nearMiss?.cycle !== cycle || properties.cycle !== cycle) return
  if (isQualified(draft) || isPaused(draft, occurredAt)) return
  const { factId, share } = nearMiss
  draft.qualifications.push({ cycle, at: occurredAt, factId, score: view.score() ?? 0, explored: share })
}

const apply = (draft: FunnelDraft, { fact, view, cycleView, rules }: Step): void => {
  if (draft.isRecycled) return
  judgeStage(draft, fact, draft.cycle === 1 ? view : cycleView, rules)
  judgeQualification(draft, fact, view, rules)
  applyExplored(draft, fact, view)
}

/** The earliest stored cycle if `cycle` is current. */
const oldestCycle = (cycle: number): number => Math.max(1, cycle - stateLimits.cycles + 1)

/** Whether an entry's cycle is recent enough to be stored if `cycle` is current. */
export const isKept =
  (cycle: number) =>
  (one: { readonly cycle: number }): boolean =>
    one.cycle >= oldestCycle(cycle)

/** Moves a lead back to `target`, unless it is already below. */
export const beginCycle = (draft: FunnelDraft, target: StageId, { at, factId }: Cause): void => {
  const from = draft.stages.at(-1)?.stage ?? stageIds[0]
  const stage = stageRank(target) < stageRank(from) ? target : from
  draft.cycle += 1
  draft.stages.push({ stage, from, at, factId, cycle: draft.cycle })
  forgetCycles(draft)
}

/** Drops entries of old cycles, except the first stage; and conditions from before the previous cycle. */
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

/** Stages skipped by the same fact on the way to `entry`. */
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
  const { cycle, score, at, explored } = qualification
  const reached = stages.findLast((entry) => entry.cycle === cycle && entry.at <= at) ?? stage
  return decision(lead, 'LeadQualified', `qualified:${cycle}`, qualification, {
    score,
    stage: reached.stage,
    cycle,
    ...(explored !== undefined && { explored }),
  })
}

/** Whether a lead of a cycle is among the share that is handed over by way of trial: always the same answer. */
const isDrawn = ({ leadId }: Decided, { cycle, share }: NearMiss): boolean =>
  hashText(`${leadId}:explore:${cycle}`) < share * 2 ** 32

const explored = (lead: Decided, { cycle, nearMiss, qualifications }: FunnelState): readonly Decision[] => {
  if (nearMiss?.cycle !== cycle || !isDrawn(lead, nearMiss)) return []
  if (qualifications.some((one) => one.cycle === cycle && one.explored === undefined)) return []
  const { share } = nearMiss
  return [decision(lead, 'LeadExplored', `explored:${cycle}`, nearMiss, { cycle, share })]
}

/** The current cycle's decision, as published. */
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
  ...explored(lead, state),
]

/** Published stages and qualifications whose fact was voided or revealed as automated. */
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

/** Time in one stage, and why the lead entered it. */
interface TimeInStage {
  readonly stage: StageId
  readonly from: StageId | null
  readonly at: string
  /** When the lead left; null for the current stage. */
  readonly until: string | null
  /** Decimal; for the current stage until now. */
  readonly days: number
  /** Skipped on the way to a later stage. */
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

/** The lead's stages, cycles and qualifications. */
export const funnelSlice = { fields, begin, pass, apply, changes, decisions }
