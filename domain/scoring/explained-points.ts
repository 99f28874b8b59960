import type { Fact } from '../activity/activity.ts'
import { whyUnfit } from '../condition/why-unjudged.ts'
import type { Draft } from '../lead/draft.ts'
import { LeadView } from '../lead/lead-view.ts'
import type { Rules } from '../playbook/rules.ts'
import type { CompiledEngagementRule } from './compile-scoring.ts'
import { fitPoints } from './fit.ts'
import { type AwardsMeter, awardWorthAt, bestOf } from './meter.ts'

export interface ExplainedPoints {
  /** Id of the rule; `floor` for the row that lifts a negative sum to zero. */
  readonly rule: string
  /** As awarded. */
  readonly points: number
  readonly at: string
  /** The fact that earned them, or that set the attribute which a fit rule asks for. */
  readonly activityId: string
  /** What they are worth now: 0 where they expired, or another award of the rule counts in their place. */
  readonly decayedTo: number
}

/** What a rule awarded, as told while folding; `rule` is an index. */
export interface ToldAward {
  readonly rule: number
  readonly points: number
  readonly fact: Fact
}

/** What a lead lacks it has lacked from its first fact on. */
const beginning = ({ createdAt, stages }: Draft): { readonly at: string; readonly factId: string } => ({
  at: createdAt,
  factId: stages[0]?.factId ?? '',
})

/** One row for each fit rule that gives points, those for what is not known among them. */
export const fitRows = (
  draft: Draft,
  rules: Rules,
  now: number,
  email: string | undefined,
): readonly ExplainedPoints[] => {
  const view = new LeadView(draft, rules, 'fit', email)
  view.moveTo(now)
  return rules.fit.flatMap((rule) => {
    const points = fitPoints(rule, view)
    if (points === undefined) return []
    const set = rule.condition.mentions.attributes
      .map(({ name }) => draft.attributes.get(name))
      .filter((attribute) => attribute !== undefined)
      .reduce((latest, attribute) => (attribute.at > latest.at ? attribute : latest), { at: '', factId: '' })
    const by = set.at === '' ? beginning(draft) : set
    return [{ rule: rule.id, points, at: by.at, activityId: by.factId, decayedTo: points }]
  })
}

/** Fit rules that cannot be judged, for what is there and of another kind: a number that came as a text, say. */
export const unjudgedFit = (
  draft: Draft,
  rules: Rules,
  now: number,
  email: string | undefined,
): readonly { readonly rule: string; readonly reason: string }[] => {
  const view = new LeadView(draft, rules, 'fit', email)
  view.moveTo(now)
  return rules.fit.flatMap(({ id, condition }) => {
    const reason = whyUnfit(condition, view)
    return reason === undefined ? [] : [{ rule: id, reason }]
  })
}

/** One row for each award, in the order in which they were made. */
export const engagementRows = (
  awards: readonly ToldAward[],
  draft: Draft,
  rules: Rules,
  now: number,
): readonly ExplainedPoints[] => {
  const worth = new Map<ToldAward, number>()
  for (const [index, told] of Map.groupBy(awards, ({ rule }) => rule)) {
    const rule = rules.engagement[index]
    const meter = draft.meters[index]
    if (!rule || !meter) continue
    for (const award of counting(told, meter.awards === undefined ? undefined : meter, rule, now))
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

/** The awards of one rule that are still worth something: under `max` one of them; of those that expire the ones that live. */
const counting = (
  told: readonly ToldAward[],
  meter: AwardsMeter | undefined,
  rule: CompiledEngagementRule,
  now: number,
): readonly ToldAward[] => {
  if (!meter) return told
  if (!rule.max) return told.slice(told.length - meter.awards.length)
  const best = bestOf(meter.awards, rule, now)
  const counts = told.findLast(
    ({ points, fact }) => points === best?.[1] && Date.parse(fact.occurredAt) === best[0],
  )
  return counts ? [counts] : []
}

/** Lifts a negative sum to zero, since the latest of the rows: no score is below it. */
export const floorRow = (sum: number, rows: readonly ExplainedPoints[]): readonly ExplainedPoints[] => {
  const latest = rows.reduce<ExplainedPoints | undefined>(
    (found, row) => (found && found.at > row.at ? found : row),
    undefined,
  )
  return latest
    ? [{ rule: 'floor', points: -sum, at: latest.at, activityId: latest.activityId, decayedTo: -sum }]
    : []
}
