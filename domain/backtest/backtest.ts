import { filterFacts } from '../lead/filter-facts.ts'
import { foldLead } from '../lead/fold.ts'
import { scoreAt } from '../lead/lead-view.ts'
import { compareFacts, type Fact, type LeadId } from '../model/activity.ts'
import type { Deal, StageId } from '../model/deal.ts'
import type { PlaybookSource } from '../playbook/parse-playbook.ts'
import { compileRules, type Rules } from '../rules/rules.ts'
import { applyDealActivity, isOldNews } from '../sales/deals.ts'
import { type BacktestSummary, type Bands, type Example, emptySummary, type Judged } from './summary.ts'

const day = 86_400_000

/** A handoff after sales has judged the lead does not count. */
const judge = ({ qualifiedAt: [first] }: Standing, outcome: Outcome | undefined): Judged => {
  const inTime = outcome !== undefined && first !== undefined && first <= outcome.since
  const one = (holds: boolean) => (holds ? 1 : 0)
  return {
    right: one(outcome?.type === 'good' && inTime),
    wrong: one(outcome?.type === 'bad' && inTime),
    missed: one(outcome?.type === 'good' && !inTime),
    spared: one(outcome?.type === 'bad' && !inTime),
  }
}

const handedOff = (live: string | undefined, draft: string | undefined): BacktestSummary['handedOff'] => {
  const nowhere = emptySummary.handedOff
  if (live === undefined) return draft === undefined ? nowhere : { ...nowhere, newly: 1 }
  if (draft === undefined) return { ...nowhere, noLonger: 1 }
  return { ...nowhere, both: 1, earlier: draft < live ? 1 : 0, later: draft > live ? 1 : 0 }
}

const gained = (
  live: string | undefined,
  draft: string | undefined,
  outcome: Outcome | undefined,
): BacktestSummary['gained'] => {
  if (live === undefined || draft === undefined || outcome?.type !== 'good') return emptySummary.gained
  const milliseconds = Date.parse(live) - Date.parse(draft)
  return { leads: 1, milliseconds, days: { [Math.round(milliseconds / day)]: 1 } }
}

const bandsOf = (live: string | undefined, draft: string | undefined): Bands =>
  live === undefined || draft === undefined
    ? emptySummary.bands.all
    : { live: { [live]: 1 }, draft: { [draft]: 1 } }

/** Summary of one lead; add them up with `mergeSummaries`. */
export const summariseReplay = ({ leadId, live, draft, outcome }: LeadReplay): BacktestSummary => {
  const [first, drafted] = [live.qualifiedAt[0], draft.qualifiedAt[0]]
  const moved = live.stage !== draft.stage
  const graded = live.band !== draft.band || live.grade !== draft.grade
  const example: Example = {
    leadId,
    score: [live.score, draft.score],
    band: [live.band, draft.band],
    stage: [live.stage, draft.stage],
    qualifiedAt: [first ?? null, drafted ?? null],
  }
  return {
    leads: 1,
    scoredDifferently: graded ? 1 : 0,
    stagedDifferently: moved ? 1 : 0,
    stages: moved ? { [live.stage]: { [draft.stage]: 1 } } : {},
    handedOff: handedOff(first, drafted),
    live: judge(live, outcome),
    draft: judge(draft, outcome),
    gained: gained(first, drafted, outcome),
    bands: {
      ...emptySummary.bands,
      all: bandsOf(live.band, draft.band),
      ...(outcome && { [outcome.type]: bandsOf(live.bandBefore, draft.bandBefore) }),
    },
    examples: graded || moved || first !== drafted || live.score !== draft.score ? [example] : [],
  }
}

/** Sales' judgement of a lead; `since` is when it began. */
interface Outcome {
  readonly type: 'good' | 'bad'
  readonly since: string
}

const verdicts: Readonly<Record<string, Outcome['type']>> = {
  'handoff.accepted': 'good',
  'deal.won': 'good',
  'handoff.rejected': 'bad',
  'deal.lost': 'bad',
}

const verdictOf = ({ type }: Fact): Outcome['type'] | undefined =>
  Object.hasOwn(verdicts, type) ? verdicts[type] : undefined

/**
 * The final judgement of sales on a lead: good if accepted or won, and neither rejected nor lost since; bad the other way
 * round. Voided answers do not count.
 * @returns undefined if sales has not judged it.
 */
export const outcomeOf = (facts: readonly Fact[]): Outcome | undefined => {
  const ordered = facts.toSorted(compareFacts)
  const { leftOut } = filterFacts(ordered, undefined)
  let outcome: Outcome | undefined
  let deals: readonly Deal[] = []
  for (const fact of ordered) {
    if (leftOut.has(fact.id)) continue
    const after = applyDealActivity(deals, fact)
    deals = after.deals
    const isRepeat = isOldNews(fact, after.stay) && fact.type === `deal.${after.stay?.status}`
    const type = isRepeat ? undefined : verdictOf(fact)
    if (type && type !== outcome?.type) outcome = { type, since: fact.occurredAt }
  }
  return outcome
}

/** A lead under one set of rules. */
export interface Standing {
  readonly score: number
  readonly band: string
  readonly grade: string
  readonly stage: StageId
  /** Qualifications in all cycles, oldest first. */
  readonly qualifiedAt: readonly string[]
  /** Band when sales judged the lead; absent where it has not, or nothing was known of the lead before. */
  readonly bandBefore?: string
}

/** A lead under the live rules and under a draft. */
export interface LeadReplay {
  readonly leadId: LeadId
  readonly live: Standing
  readonly draft: Standing
  /** Absent if sales has not judged the lead. */
  readonly outcome?: Outcome
}

const isAnswer = ({ type, properties }: Fact): boolean =>
  type === 'handoff.rejected' && properties.handoffId !== undefined

/**
 * The log with the handoff ids of rejections removed. The logged handoffs follow from the rules of their day; under other rules
 * sales would have rejected the handoff made by those. So a rejection applies to whatever handoff is open in the replay, and to
 * none otherwise.
 */
const withoutHandoffs = (facts: readonly Fact[]): readonly Fact[] =>
  facts.some(isAnswer)
    ? facts.map((fact) => {
        if (!isAnswer(fact)) return fact
        const { handoffId, ...properties } = fact.properties
        return { ...fact, properties }
      })
    : facts

interface ReplayedLead {
  readonly leadId: LeadId
  readonly email?: string
  /** The whole log, including merged leads. */
  readonly facts: readonly Fact[]
}

const bandAt = (lead: ReplayedLead, rules: Rules, now: string): string | undefined => {
  const state = foldLead(
    lead.facts.filter(({ occurredAt }) => occurredAt < now),
    rules,
    now,
  )
  return state && scoreAt({ ...lead, state }, rules, now).band
}

interface Moments {
  readonly now: string
  /** When sales judged the lead. */
  readonly judgedAt?: string | undefined
}

const standingUnder = (
  lead: ReplayedLead,
  rules: Rules,
  { now, judgedAt }: Moments,
): Standing | undefined => {
  const state = foldLead(lead.facts, rules, now)
  if (!state) return undefined
  const asked = withoutHandoffs(lead.facts)
  const replayed = asked === lead.facts ? state : foldLead(asked, rules, now)
  const { score, band, grade } = scoreAt({ ...lead, state }, rules, now)
  const bandBefore = judgedAt === undefined ? undefined : bandAt(lead, rules, judgedAt)
  return {
    ...(bandBefore !== undefined && { bandBefore }),
    score,
    band,
    grade,
    stage: state.stage.stage,
    // What was handed over by way of trial neither model would have.
    qualifiedAt:
      replayed?.qualifications.flatMap(({ at, explored }) => (explored === undefined ? at : [])) ?? [],
  }
}

/**
 * Folds a lead's log under the live rules and under a draft. Score, band, grade and stage are those at `now` (RFC 3339 UTC), as
 * the lead's page shows before and after publishing. Qualifications are those that these rules would have made had they always
 * been live.
 * @returns undefined for an empty log.
 */
export const replayLead = (
  lead: ReplayedLead,
  live: Rules,
  draft: Rules,
  now: string,
): LeadReplay | undefined => {
  const outcome = outcomeOf(lead.facts)
  const moments = { now, judgedAt: outcome?.since }
  const [before, after] = [standingUnder(lead, live, moments), standingUnder(lead, draft, moments)]
  return before && after && { leadId: lead.leadId, live: before, draft: after, ...(outcome && { outcome }) }
}

const draft = 'draft'

/** The rules of a checked draft. Its emails stay uncompiled: no fold reads them, and compiling takes longest. */
export const draftRules = (source: PlaybookSource): Rules =>
  compileRules({
    ...source,
    version: draft,
    rulesVersion: draft,
    sequences: Object.fromEntries(
      Object.entries(source.sequences).map(([id, sequence]) => [id, { ...sequence, version: draft }]),
    ),
    emails: {},
  })
