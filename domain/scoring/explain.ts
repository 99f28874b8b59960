import type { Fact } from '../activity/activity.ts'
import type { StageId } from '../funnel/funnel-rules.ts'
import type { Draft } from '../lead/draft.ts'
import { draftOf } from '../lead/fold.ts'
import { LeadView } from '../lead/lead-view.ts'
import type { Rules } from '../playbook/rules.ts'
import { fading } from './meter.ts'

export interface ExplainedPoints {
  /** Id of the rule; `floor` for the row that lifts a negative sum to zero. */
  readonly rule: string
  /** As awarded. */
  readonly points: number
  readonly at: string
  /** The fact that earned them, or that set the attribute which a fit rule asks for. */
  readonly activityId: string
  /** What they are worth now. */
  readonly decayedTo: number
}

export interface Explanation {
  readonly score: number
  /** Their `decayedTo` add up to `score`. */
  readonly rules: readonly ExplainedPoints[]
  readonly stage: {
    readonly id: StageId
    readonly reachedAt: string
    readonly because: { readonly activityId: string; readonly condition?: string }
  }
}

/** Why the lead has the score and stage that it has at `now` (RFC 3339 UTC). @throws for an empty log: a lead begins with a fact. */
export const explain = (facts: readonly Fact[], rules: Rules, now: string, email?: string): Explanation => {
  const awards: { readonly rule: number; readonly points: number; readonly fact: Fact }[] = []
  const draft = draftOf(facts, rules, (rule, points, fact) => awards.push({ rule, points, fact }))
  const stage = draft?.stages.at(-1)
  if (!draft || !stage) throw new Error('an empty log explains nothing')
  const moment = Math.max(Date.parse(now), draft.now)
  const view = new LeadView(draft, rules, 'lead', email)
  view.moveTo(moment)
  const rows = [
    ...fitRows(draft, rules, moment, email),
    ...awards.map((award) => engagementRow(award, rules, moment)),
  ]
  const sum = (view.fit() ?? 0) + (view.engagement() ?? 0)
  const { stage: id, at, factId, condition } = stage
  return {
    score: view.score() ?? 0,
    rules: sum < 0 ? [...rows, floorRow(sum, draft)] : rows,
    stage: {
      id,
      reachedAt: at,
      because: condition === undefined ? { activityId: factId } : { activityId: factId, condition },
    },
  }
}

const fitRows = (
  draft: Draft,
  rules: Rules,
  now: number,
  email: string | undefined,
): readonly ExplainedPoints[] => {
  const view = new LeadView(draft, rules, 'fit', email)
  view.moveTo(now)
  return rules.fit
    .filter(({ condition }) => condition.test(view))
    .map(({ id, points, condition }) => {
      const set = condition.mentions.attributes
        .map(({ name }) => draft.attributes.get(name))
        .filter((attribute) => attribute !== undefined)
        .reduce((latest, attribute) => (attribute.at > latest.at ? attribute : latest), {
          at: '',
          factId: '',
        })
      const by = set.at === '' ? { at: draft.last.occurredAt, factId: draft.last.id } : set
      return { rule: id, points, at: by.at, activityId: by.factId, decayedTo: points }
    })
}

const engagementRow = (
  { rule, points, fact }: { readonly rule: number; readonly points: number; readonly fact: Fact },
  rules: Rules,
  now: number,
): ExplainedPoints => {
  const { id, halfLife } = rules.engagement[rule] ?? { id: '' }
  const age = now - Date.parse(fact.occurredAt)
  return {
    rule: id,
    points,
    at: fact.occurredAt,
    activityId: fact.id,
    decayedTo: points * fading(age, halfLife),
  }
}

const floorRow = (sum: number, { last }: Draft): ExplainedPoints => ({
  rule: 'floor',
  points: -sum,
  at: last.occurredAt,
  activityId: last.id,
  decayedTo: -sum,
})
