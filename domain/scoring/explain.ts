import type { Fact } from '../activity/activity.ts'
import type { StageId } from '../funnel/funnel-rules.ts'
import type { Draft } from '../lead/draft.ts'
import { draftOf } from '../lead/fold.ts'
import { LeadView } from '../lead/lead-view.ts'
import type { Rules } from '../playbook/rules.ts'
import {
  type ExplainedPoints,
  engagementRows,
  fitRows,
  floorRow,
  type ToldAward,
  unjudgedFit,
} from './explained-points.ts'
import type { ScoringWatcher } from './take-engagement.ts'

/** An activity of a rule's type that gave nothing, other than by not matching. */
export interface NotCounted {
  readonly rule: string
  readonly activityId: string
  readonly at: string
  /** Such as `activity.seconds is a text, not a number`, or that a cap is reached. */
  readonly reason: string
}

export interface Explanation {
  readonly score: number
  /** Their `decayedTo` add up to `score`. */
  readonly rules: readonly ExplainedPoints[]
  /** The latest of them, oldest first. */
  readonly notCounted: readonly NotCounted[]
  readonly stage: {
    readonly id: StageId
    readonly reachedAt: string
    readonly because: { readonly activityId: string; readonly condition?: string }
  }
}

const notCountedLimit = 50

/** Hears what scoring does in a fold, and explains the draft that came of it. */
export const makeExplainer = (rules: Rules) => {
  const awards: ToldAward[] = []
  const notCounted: NotCounted[] = []
  const tellNothing = (rule: number, { id, occurredAt }: Fact, reason: string): void => {
    notCounted.push({
      rule: rules.engagement[rule]?.id ?? '',
      activityId: id,
      at: occurredAt,
      reason,
    })
  }
  const watcher = {
    awarded: (rule: number, points: number, fact: Fact): void => {
      awards.push({ rule, points, fact })
    },
    unjudged: tellNothing,
    spent: tellNothing,
  } satisfies ScoringWatcher

  /** @param now RFC 3339 UTC. Its points are those of the facts that were heard of. */
  const explanationOf = (draft: Draft, now: string, email?: string): Explanation => {
    const stage = draft.stages.at(-1)
    if (!stage) throw new Error('a draft without a stage explains nothing')
    const moment = Math.max(Date.parse(now), draft.now)
    const view = new LeadView(draft, rules, 'lead', email)
    view.moveTo(moment)
    const unfit = unjudgedFit(draft, rules, moment, email).map(
      ({ rule, reason }): NotCounted => ({
        rule,
        reason,
        activityId: draft.stages[0]?.factId ?? '',
        at: draft.createdAt,
      }),
    )
    const rows = [...fitRows(draft, rules, moment, email), ...engagementRows(awards, draft, rules, moment)]
    const sum = (view.fit() ?? 0) + (view.engagement() ?? 0)
    const { stage: id, at, factId, condition } = stage
    return {
      score: view.score() ?? 0,
      rules: sum < 0 ? [...rows, ...floorRow(sum, rows)] : rows,
      notCounted: [...notCounted, ...unfit].slice(-notCountedLimit),
      stage: {
        id,
        reachedAt: at,
        because: condition === undefined ? { activityId: factId } : { activityId: factId, condition },
      },
    }
  }
  return { watcher, explanationOf }
}

/** Why the lead has the score and stage that it has at `now` (RFC 3339 UTC). @throws for an empty log: a lead begins with a fact. */
export const explain = (facts: readonly Fact[], rules: Rules, now: string, email?: string): Explanation => {
  const { watcher, explanationOf } = makeExplainer(rules)
  const draft = draftOf(facts, rules, now, watcher)
  if (!draft) throw new Error('an empty log explains nothing')
  return explanationOf(draft, now, email)
}
