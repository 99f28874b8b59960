import { filterFacts } from '../lead/filter-facts.ts'
import { foldLead } from '../lead/fold.ts'
import { scoreAt } from '../lead/lead-view.ts'
import { compareFacts, type Fact, type LeadId } from '../model/activity.ts'
import { type Deal, type StageId, stageRank } from '../model/deal.ts'
import type { PlaybookSource } from '../playbook/parse-playbook.ts'
import { compileRules, type Rules } from '../rules/rules.ts'
import { applyDealActivity, isOldNews } from '../sales/deals.ts'

/** Leads judged by sales, by whether a model had handed them over before. */
interface Judged {
  /** Handed over, and accepted or won. */
  readonly right: number
  /** Handed over, and rejected or lost. */
  readonly wrong: number
  /** Accepted or won, and not handed over in time. */
  readonly missed: number
  /** Rejected or lost, and not handed over. */
  readonly spared: number
}

/** A lead on which the two models differ. */
export interface Example {
  readonly leadId: LeadId
  readonly score: readonly [live: number, draft: number]
  readonly band: readonly [live: string, draft: string]
  readonly stage: readonly [live: StageId, draft: StageId]
  readonly qualifiedAt: readonly [live: string | null, draft: string | null]
}

/**
 * The effect of a draft on some leads: plain JSON that can be added up, so that a long backtest can run page by page in any
 * order. Handoffs are compared by the first time that each model would have made them.
 */
export interface BacktestSummary {
  readonly leads: number
  /** Leads with another band or grade. */
  readonly scoredDifferently: number
  readonly stagedDifferently: number
  /** Stage under the live rules → stage under the draft → number of leads; unchanged ones are left out. */
  readonly stages: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly handedOff: {
    /** Under both. */
    readonly both: number
    /** Under the draft alone. */
    readonly newly: number
    /** Under the live rules alone. */
    readonly noLonger: number
    /** Leads of `both`, by when the draft hands them over. */
    readonly earlier: number
    readonly later: number
  }
  readonly live: Judged
  readonly draft: Judged
  /** Accepted or won leads that both models hand over. */
  readonly gained: {
    readonly leads: number
    /** Total milliseconds by which the draft is earlier; negative if later. */
    readonly milliseconds: number
    /** Rounded days earlier → number of leads, for the median. */
    readonly days: Readonly<Record<string, number>>
  }
  /** The largest changes, at most 20. */
  readonly examples: readonly Example[]
}

const noLeads: Judged = { right: 0, wrong: 0, missed: 0, spared: 0 }

/** The neutral element of `mergeSummaries`. */
export const emptySummary: BacktestSummary = {
  leads: 0,
  scoredDifferently: 0,
  stagedDifferently: 0,
  stages: {},
  handedOff: { both: 0, newly: 0, noLonger: 0, earlier: 0, later: 0 },
  live: noLeads,
  draft: noLeads,
  gained: { leads: 0, milliseconds: 0, days: {} },
  examples: [],
}

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

const standingUnder = (lead: ReplayedLead, rules: Rules, now: string): Standing | undefined => {
  const state = foldLead(lead.facts, rules, now)
  if (!state) return undefined
  const asked = withoutHandoffs(lead.facts)
  const replayed = asked === lead.facts ? state : foldLead(asked, rules, now)
  const { score, band, grade } = scoreAt({ ...lead, state }, rules, now)
  return {
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
  const [before, after] = [standingUnder(lead, live, now), standingUnder(lead, draft, now)]
  const outcome = outcomeOf(lead.facts)
  return before && after && { leadId: lead.leadId, live: before, draft: after, ...(outcome && { outcome }) }
}

const mostExamples = 20

type Counts<Key extends string> = Readonly<Record<Key, number>>

const add = <Key extends string>(a: Counts<Key>, b: Counts<Key>): Counts<Key> => {
  const sums: Record<Key, number> = { ...a }
  for (const key of Object.keys(b) as Key[]) sums[key] = (sums[key] ?? 0) + b[key]
  return sums
}

const addTables = (a: BacktestSummary['stages'], b: BacktestSummary['stages']): BacktestSummary['stages'] => {
  const sums = { ...a }
  for (const [from, counts] of Object.entries(b)) sums[from] = add(sums[from] ?? {}, counts)
  return sums
}

const scoreChange = ({ score: [live, draft] }: Example): number => Math.abs(draft - live)
const stageChange = ({ stage: [live, draft] }: Example): number =>
  Math.abs(stageRank(draft) - stageRank(live))

/** By change in score, then in stage; ids break ties, so that the order of pages does not matter. */
const byChange = (a: Example, b: Example): number =>
  scoreChange(b) - scoreChange(a) || stageChange(b) - stageChange(a) || (a.leadId < b.leadId ? -1 : 1)

/** Adds two summaries. Commutative and associative. */
export const mergeSummaries = (a: BacktestSummary, b: BacktestSummary): BacktestSummary => ({
  leads: a.leads + b.leads,
  scoredDifferently: a.scoredDifferently + b.scoredDifferently,
  stagedDifferently: a.stagedDifferently + b.stagedDifferently,
  stages: addTables(a.stages, b.stages),
  handedOff: add(a.handedOff, b.handedOff),
  live: add(a.live, b.live),
  draft: add(a.draft, b.draft),
  gained: {
    leads: a.gained.leads + b.gained.leads,
    milliseconds: a.gained.milliseconds + b.gained.milliseconds,
    days: add(a.gained.days, b.gained.days),
  },
  examples: [...a.examples, ...b.examples].toSorted(byChange).slice(0, mostExamples),
})

/** Shares from 0 to 1; null if the denominator is 0. */
interface Quality {
  /** Share of leads handed over that sales accepted or won. */
  readonly precision: number | null
  /** Share of leads accepted or won that the model hands over in time. */
  readonly recall: number | null
}

/** Figures computed from the complete summary. */
interface BacktestFigures {
  readonly live: Quality
  readonly draft: Quality
  /** Days gained by the draft on accepted or won leads that both models hand over. */
  readonly daysGained: {
    readonly mean: number | null
    /** In whole days. */
    readonly median: number | null
  }
}

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)

const qualityOf = ({ right, wrong, missed }: Judged): Quality => ({
  precision: share(right, right + wrong),
  recall: share(right, right + missed),
})

/** The lower median. */
const medianOf = (days: Readonly<Record<string, number>>, leads: number): number | null => {
  let passed = 0
  for (const value of Object.keys(days)
    .map(Number)
    .sort((a, b) => a - b)) {
    passed += days[value] ?? 0
    if (passed * 2 >= leads) return value
  }
  return null
}

export const figuresOf = ({ live, draft, gained }: BacktestSummary): BacktestFigures => ({
  live: qualityOf(live),
  draft: qualityOf(draft),
  daysGained: {
    mean: share(gained.milliseconds / day, gained.leads),
    median: medianOf(gained.days, gained.leads),
  },
})

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
