import type { Fact } from '../activity/activity.ts'
import { type StageId, stageIds, stageRank } from '../funnel/funnel-rules.ts'
import type { Rules } from '../playbook/rules.ts'
import { bandOf, gradeOf } from '../scoring/grade.ts'
import type { ScoringWatcher } from '../scoring/take-engagement.ts'
import type { Draft } from './draft.ts'
import type { LeadView } from './lead-view.ts'
import { meetsQualification } from './pass-pause.ts'

/** A lead of which nothing counts stands where one without points does. */
export const startBand = (draft: Draft, { id, occurredAt }: Fact, rules: Rules): void => {
  const start = { id: bandOf(0, rules.playbook.scoring.bands), grade: gradeOf(0, 0, rules) }
  draft.band = { ...start, score: 0, at: occurredAt, factId: id }
}

/** Keeps band and grade, and which fact last changed either. A lead begins in the lowest band without points. */
export const judgeBand = (
  draft: Draft,
  fact: Fact,
  view: LeadView,
  rules: Rules,
  watcher?: ScoringWatcher,
): void => {
  const { bands } = rules.playbook.scoring
  const fit = view.fit() ?? 0
  const engagement = view.engagement() ?? 0
  const score = Math.max(0, fit + engagement)
  const id = bandOf(score, bands)
  const grade = gradeOf(fit, engagement, rules)
  if (draft.band?.id === id && draft.band.grade === grade) return
  const before = draft.band ?? { id: bandOf(0, bands), grade: gradeOf(0, 0, rules) }
  const changed = before.id !== id || before.grade !== grade
  const entry = { id, grade, score, at: fact.occurredAt, factId: fact.id }
  draft.band = changed ? { ...entry, from: before.id } : entry
  if (changed) watcher?.banded?.(draft.band)
}

/** Up to the highest stage whose condition holds, again until none above does: a condition may ask for the stage itself. */
export const judgeStage = (draft: Draft, { id, occurredAt }: Fact, view: LeadView, rules: Rules): void => {
  for (let index = rules.stages.length - 1; index > 0; index -= 1) {
    const from = view.stage()
    const { id: stage, condition } = rules.stages[index] ?? { id: from }
    if (stageRank(stage) <= stageRank(from)) return
    if (!condition?.test(view)) continue
    pushSkipped(draft, from, stage, { at: occurredAt, factId: id })
    draft.stages.push({
      stage,
      from,
      at: occurredAt,
      factId: id,
      condition: condition.source,
      cycle: draft.cycle,
    })
    index = rules.stages.length
  }
}

/** Stages between are passed through, so that whoever counts the funnel finds as many at each stage as went beyond it. */
const pushSkipped = (
  draft: Draft,
  from: StageId,
  to: StageId,
  cause: { readonly at: string; readonly factId: string },
): void => {
  for (let rank = stageRank(from) + 1; rank < stageRank(to); rank += 1) {
    const [before, stage] = [stageIds[rank - 1], stageIds[rank]]
    if (stage && before)
      draft.stages.push({ stage, from: before, ...cause, cycle: draft.cycle, implied: true })
  }
}

const isPaused = ({ paused }: Draft, at: string): boolean =>
  paused !== undefined && (paused.until === undefined || at < paused.until)

/** Once in each cycle, unless sales sent the lead back and the pause is not over. */
export const judgeQualification = (
  draft: Draft,
  { id, occurredAt }: Fact,
  view: LeadView,
  rules: Rules,
): void => {
  if (draft.qualifications.at(-1)?.cycle === draft.cycle || isPaused(draft, occurredAt)) return
  if (!meetsQualification(view, rules)) return
  draft.qualifications.push({ cycle: draft.cycle, at: occurredAt, factId: id, score: view.score() ?? 0 })
}
