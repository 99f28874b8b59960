import { filterFacts } from '../lead/filter-facts.ts'
import { foldLead } from '../lead/fold.ts'
import { scoreAt } from '../lead/lead-view.ts'
import { compareFacts, type Fact, type LeadId } from '../model/activity.ts'
import { type Deal, type StageId, stageRank } from '../model/deal.ts'
import type { PlaybookSource } from '../playbook/parse-playbook.ts'
import { compileRules, type Rules } from '../rules/rules.ts'
import { applyDealActivity, isOldNews } from '../sales/deals.ts'

/** Leads that sales has judged, by whether a model handed them over before sales judged them. */
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

/** One lead on which the two models differ. */
export interface Example {
  readonly leadId: LeadId
  readonly score: readonly [live: number, draft: number]
  readonly band: readonly [live: string, draft: string]
  readonly stage: readonly [live: StageId, draft: StageId]
  readonly qualifiedAt: readonly [live: string | null, draft: string | null]
}

/**
 * What a draft changes for some leads: plain JSON that adds up, so that a long run can go page by page in any order.
 * A draft's handoff is compared by the first time that each model would have made it.
 */
export interface BacktestSummary {
  readonly leads: number
  /** Of those, how many have another band or grade. */
  readonly scoredDifferently: number
  readonly stagedDifferently: number
  /** Stage under the live rules → stage under the draft → how many leads; those that stay are left out. */
  readonly stages: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly handedOff: {
    /** Under both. */
    readonly both: number
    /** Under the draft alone. */
    readonly newly: number
    /** Under the live rules alone. */
    readonly noLonger: number
    /** Of `both`: when the draft would have made it. */
    readonly earlier: number
    readonly later: number
  }
  readonly live: Judged
  readonly draft: Judged
  /** Leads accepted or won that both models hand over. */
  readonly gained: {
    readonly leads: number
    /** Milliseconds by which the draft is earlier, all together; negative where it is later. */
    readonly milliseconds: number
    /** Whole days earlier, rounded → how many leads: what the median is read from. */
    readonly days: Readonly<Record<string, number>>
  }
  /** Those with the largest change, at most 20. */
  readonly examples: readonly Example[]
}

const nobody: Judged = { right: 0, wrong: 0, missed: 0, spared: 0 }

/** No leads: added to any other summary, it changes nothing. */
export const emptySummary: BacktestSummary = {
  leads: 0,
  scoredDifferently: 0,
  stagedDifferently: 0,
  stages: {},
  handedOff: { both: 0, newly: 0, noLonger: 0, earlier: 0, later: 0 },
  live: nobody,
  draft: nobody,
  gained: { leads: 0, milliseconds: 0, days: {} },
  examples: [],
}

const day = 86_400_000

/** A handoff that comes after sales has judged the lead helps nobody: it does not count. */
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

/** One lead's part in the sum: add all up with `mergeSummaries`. */
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

/** What became of a lead, as sales judged it; `since` is when they began to say so. */
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
 * The last word of sales on a lead: accepted or won, and neither rejected nor lost since, is good; the other way round
 * is bad. Answers to handoffs are facts of the log like any other. What was taken back does not count.
 * @returns undefined where sales has said nothing.
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
  /** When it qualified in each of its cycles, oldest first; empty where it never did. */
  readonly qualifiedAt: readonly string[]
}

/** What a draft would have made of a lead. */
export interface LeadReplay {
  readonly leadId: LeadId
  readonly live: Standing
  readonly draft: Standing
  /** Absent where sales has not judged the lead. */
  readonly outcome?: Outcome
}

const isAnswer = ({ type, properties }: Fact): boolean =>
  type === 'handoff.rejected' && properties.handoffId !== undefined

/**
 * The log as it would read if nobody knew which handoff a rejection answers. The handoffs in the log are those of the
 * rules of their day. Had others been live, sales would have said no to the handoff that those had made by then: so a
 * rejection goes to whatever handoff a replay has open at that moment, and where it has none, it says nothing.
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
  /** The whole log, those of merged leads included. */
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
    qualifiedAt: replayed?.qualifications.map(({ at }) => at) ?? [],
  }
}

/**
 * Folds a lead's log under the live rules and under a draft. Score, band, grade and stage are those at `now` (RFC 3339
 * UTC), as the lead's page shows them before the draft is published and after. The moments of qualifying are those at
 * which handoffs would have been made had these rules always been live.
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

/** By the change in score, then in stage. Ids decide between equals, so that the order of pages does not. */
const byChange = (a: Example, b: Example): number =>
  scoreChange(b) - scoreChange(a) || stageChange(b) - stageChange(a) || (a.leadId < b.leadId ? -1 : 1)

/** Both together. In whichever order pages are added up, the sum is the same. */
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

/** Shares from 0 to 1; null where there is nothing to divide by. */
interface Quality {
  /** Of the judged leads that the model hands over, the share that sales accepted or won. */
  readonly precision: number | null
  /** Of the leads that sales accepted or won, the share that the model hands over in time. */
  readonly recall: number | null
}

/** What is read from a summary once all pages are added up. */
interface BacktestFigures {
  readonly live: Quality
  readonly draft: Quality
  /** Days by which the draft hands over earlier, over the leads accepted or won that both models hand over. */
  readonly daysGained: {
    readonly mean: number | null
    /** To the whole day. */
    readonly median: number | null
  }
}

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)

const qualityOf = ({ right, wrong, missed }: Judged): Quality => ({
  precision: share(right, right + wrong),
  recall: share(right, right + missed),
})

/** The lower one of the two in the middle where there are two. */
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

/** The rules of a checked draft. Its emails stay sources: no fold reads them, and compiling them takes the longest. */
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
