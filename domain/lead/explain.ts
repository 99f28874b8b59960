import { whyUnfit } from '../condition/missing-parts.ts'
import type { Fact } from '../model/activity.ts'
import type { StageId } from '../model/deal.ts'
import type { Rules } from '../rules/rules.ts'
import { awardWorthAt, bestOf, type ListLedger } from '../scoring/awards.ts'
import type { CompiledEngagementRule } from '../scoring/compile-scoring.ts'
import type { ScoringWatcher } from './engagement.ts'
import { draftOf } from './fold.ts'
import type { Draft } from './lead-state.ts'
import { fitPoints, LeadView } from './lead-view.ts'

export interface ExplainedPoints {
  /** Id of the rule; `floor` for the row that lifts a negative sum to zero. */
  readonly rule: string
  /** Points when awarded. */
  readonly points: number
  readonly at: string
  /** The fact that earned them, or set the attribute of a fit rule. */
  readonly activityId: string
  /** Current value: 0 if they expired, or another award of the rule counts instead. */
  readonly decayedTo: number
}

/** An award recorded during the fold; `rule` is an index. */
interface ToldAward {
  readonly rule: number
  readonly points: number
  readonly fact: Fact
}

/** A missing attribute has been missing since the first fact. */
const beginning = ({ createdAt, stages }: Draft): { readonly at: string; readonly factId: string } => ({
  at: createdAt,
  factId: stages[0]?.factId ?? '',
})

/** One row for each fit rule that gives points, including those for unknown attributes. */
const fitRows = (draft: Draft, rules: Rules, view: LeadView): readonly ExplainedPoints[] =>
  rules.fit.flatMap((rule) => {
    const points = fitPoints(rule, view)
    if (points === undefined) return []
    const set = rule.condition.mentions.attributes
      .map(({ name }) => draft.attributes.get(name))
      .filter((attribute) => attribute !== undefined)
      .reduce((latest, attribute) => (attribute.at > latest.at ? attribute : latest), { at: '', factId: '' })
    const by = set.at === '' ? beginning(draft) : set
    return [{ rule: rule.id, points, at: by.at, activityId: by.factId, decayedTo: points }]
  })

/** Fit rules that cannot be evaluated because a value has the wrong type, such as a number sent as text. */
const unjudgedFit = (draft: Draft, rules: Rules, view: LeadView): readonly NotCounted[] =>
  rules.fit.flatMap(({ id, condition }) => {
    const reason = whyUnfit(condition, view)
    const { at, factId: activityId } = beginning(draft)
    return reason === undefined ? [] : [{ rule: id, activityId, at, reason }]
  })

/** One row for each award, in order. */
const engagementRows = (
  awards: readonly ToldAward[],
  draft: Draft,
  rules: Rules,
  now: number,
): readonly ExplainedPoints[] => {
  const worth = new Map<ToldAward, number>()
  for (const [index, told] of Map.groupBy(awards, ({ rule }) => rule)) {
    const rule = rules.engagement[index]
    const ledger = draft.engagement[index]
    if (!rule || !ledger) continue
    for (const award of counting(told, ledger.awards === undefined ? undefined : ledger, rule, now))
      worth.set(award, awardWorthAt([Date.parse(award.fact.occurredAt), award.points], rule, now))
  }
  return awards.map((award) => ({
    rule: rules.engagement[award.rule]?.id ?? '',
    points: award.points,
    at: award.fact.occurredAt,
    activityId: award.fact.id,
    decayedTo: worth.get(award) ?? 0,
  }))
}

/** The awards of a rule that still count: one with `max`, else those that have not expired. */
const counting = (
  told: readonly ToldAward[],
  ledger: ListLedger | undefined,
  rule: CompiledEngagementRule,
  now: number,
): readonly ToldAward[] => {
  if (!ledger) return told
  if (!rule.max) return told.slice(told.length - ledger.awards.length)
  const best = bestOf(ledger.awards, rule, now)
  const counts = told.findLast(
    ({ points, fact }) => points === best?.[1] && Date.parse(fact.occurredAt) === best[0],
  )
  return counts ? [counts] : []
}

/** Raises a negative sum to zero, the lowest score. */
const floorRow = (sum: number, rows: readonly ExplainedPoints[]): readonly ExplainedPoints[] => {
  const latest = rows.reduce<ExplainedPoints | undefined>(
    (found, row) => (found && found.at > row.at ? found : row),
    undefined,
  )
  return latest
    ? [{ rule: 'floor', points: -sum, at: latest.at, activityId: latest.activityId, decayedTo: -sum }]
    : []
}

/** An activity of a rule's type that gave no points although it matched. */
interface NotCounted {
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

/** Records scoring during a fold, and explains the result. */
export const makeExplainer = (rules: Rules) => {
  const awards: ToldAward[] = []
  const notCounted: NotCounted[] = []
  const tellNothing = (rule: number, { id, occurredAt }: Fact, reason: string): void => {
    notCounted.push({ rule: rules.engagement[rule]?.id ?? '', activityId: id, at: occurredAt, reason })
  }
  const watcher = {
    awarded: (rule: number, points: number, fact: Fact): void => {
      awards.push({ rule, points, fact })
    },
    unjudged: tellNothing,
    spent: tellNothing,
  } satisfies ScoringWatcher

  /** @param now RFC 3339 UTC. Covers the points of the recorded facts. */
  const explanationOf = (draft: Draft, now: string, email?: string): Explanation => {
    const stage = draft.stages.at(-1)
    if (!stage) throw new Error('a draft without a stage explains nothing')
    const moment = Math.max(Date.parse(now), draft.now)
    const view = new LeadView(draft, rules, 'lead', { email })
    view.moveTo(moment)
    const fitView = new LeadView(draft, rules, 'fit', { email })
    fitView.moveTo(moment)
    const unfit = unjudgedFit(draft, rules, fitView)
    const rows = [...fitRows(draft, rules, fitView), ...engagementRows(awards, draft, rules, moment)]
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

/** Explains the lead's score and stage at `now` (RFC 3339 UTC). @throws for an empty log: a lead begins with a fact. */
export const explain = (facts: readonly Fact[], rules: Rules, now: string, email?: string): Explanation => {
  const { watcher, explanationOf } = makeExplainer(rules)
  const draft = draftOf(facts, rules, now, watcher)
  if (!draft) throw new Error('an empty log explains nothing')
  return explanationOf(draft, now, email)
}
