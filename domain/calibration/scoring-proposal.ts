import type { ScoringRules } from '../model/scoring-rules.ts'
import { formatDuration } from '../time/local-time.ts'
import {
  enoughJudged,
  evidenceOfFields,
  type FieldEvidence,
  type Leak,
  liftOf,
  type Outcomes,
} from './calibrate.ts'
import type { Value } from './columns.ts'
import { type JudgedHandoff, type Verdict, verdicts } from './judged-handoff.ts'
import { areaUnderCurve, type Bin, binsOf, knownArea } from './judgement.ts'
import { chanceOf, logit, type Regression, regress } from './model.ts'
import { casesOf, fitRules, judgeRules, type RuleCases, type RuleModel } from './rule-model.ts'

/** What outcomes say of one rule of `scoring.yaml`. */
export interface RuleEvidence {
  readonly rule: string
  /** The points that it gives where an attribute is unknown. */
  readonly unknown?: true
  /** Judged leads to which it gave points. */
  readonly leads: number
  /** Their share of accepted and won ones relative to that of all, with a 95 % Wilson interval; null without any. */
  readonly lift: number | null
  readonly low: number | null
  readonly high: number | null
  /** Points; null where they are an expression, which stays as it is. */
  readonly today: number | null
  readonly proposed: number | null
  /** `30d`; absent where points do not decay. */
  readonly halfLife?: { readonly today: string; readonly proposed: string }
}

/** How a threshold tells apart the judged leads, by scores of cases outside the training data. */
interface ThresholdQuality {
  /** Share of those that reach it that sales accepts or wins; null where none does. */
  readonly precision: number | null
  /** Share of those that sales accepts or wins that reach it. */
  readonly recall: number | null
  readonly handoffsPerWeek: number
}

interface ThresholdProposal extends ThresholdQuality {
  /** Null where `qualify` compares the score with no number, or with several. */
  readonly today: number | null
  readonly proposed: number | null
  /** The handoffs a week that it was chosen for. */
  readonly wanted: number
  /** Those of today. */
  readonly now: ThresholdQuality
}

/** How each value of a field goes with the outcome. */
interface KnownField extends Pick<FieldEvidence, 'field' | 'auc'> {
  readonly values: readonly Omit<FieldEvidence['values'][number], 'points'>[]
}

interface MonthOfDrift {
  /** `YYYY-MM` of the request. */
  readonly month: string
  readonly leads: number
  /** Of today's scores; null where all ended alike. */
  readonly auc: number | null
  /** Actual share of accepted and won ones minus the one that today's scores predict. */
  readonly error: number
}

export type ScoringCalibration =
  | {
      readonly status: 'not-enough-data'
      readonly judged: number
      readonly rarer: number
      readonly asOf: string
      readonly verdicts: Readonly<Record<Verdict, number>>
    }
  | {
      readonly status: 'ok'
      /** Handoffs that sales has judged: nothing is known of leads that were not handed over. */
      readonly judged: number
      /** Of the rarer outcome: accepted or won, or neither. */
      readonly rarer: number
      readonly asOf: string
      readonly verdicts: Readonly<Record<Verdict, number>>
      /** As in `calibrate`; `points`: of the proposed whole points, `today`: of today's scores. */
      readonly auc: {
        readonly inTime: number | null
        readonly folds: number
        readonly points: number
        readonly today: number
      }
      readonly calibration: readonly Bin[]
      /** In the order of `scoring.yaml`. */
      readonly rules: readonly RuleEvidence[]
      readonly threshold: ThresholdProposal
      readonly bands: readonly { readonly band: string; readonly today: number; readonly proposed: number }[]
      /** Attributes that fit rules ask for, and the source: how each value goes with the outcome. */
      readonly fields: readonly KnownField[]
      readonly leaks: readonly Leak[]
      readonly drift: readonly MonthOfDrift[]
    }

export interface Proposing {
  readonly scoring: ScoringRules
  /** That `qualify` compares the score with; undefined where it does not. */
  readonly threshold: number | undefined
  /** Handoffs a week to choose a threshold for. @default as many as sales accepts */
  readonly wanted?: number | undefined
  /** RFC 3339 UTC */
  readonly asOf: string
  /** Share of all leads that were looked at. @default all */
  readonly sampled?: number
}

const folds = 5
const shareToLearnFrom = 0.7
/** Ten points double the odds, at least: whole points lose little then. */
const fewestPoints = 10 / Math.LN2
/** Where hardly anything is told, points would have to be without bounds to spread as far as today's. */
const mostPoints = 100

const at = (numbers: ArrayLike<number> | undefined, index: number): number => numbers?.[index] ?? 0
const meanOf = (numbers: ArrayLike<number>): number => {
  let sum = 0
  for (let index = 0; index < numbers.length; index += 1) sum += at(numbers, index)
  return numbers.length === 0 ? 0 : sum / numbers.length
}
const deviationOf = (numbers: Float64Array): number => {
  const mean = meanOf(numbers)
  return Math.sqrt(meanOf(numbers.map((number) => (number - mean) ** 2)))
}

/** Whole points by column; undefined where today's stay. */
type WholePoints = readonly (number | undefined)[]

/** Points that spread the scores as far as today's do, so that bands keep their meaning. */
const wholePointsOf = (model: RuleModel, cases: RuleCases, rows: readonly number[]): WholePoints => {
  const scores = Float64Array.from(rows, (row) => at(cases.scores, row))
  const spread = deviationOf(judgeRules(model, cases, rows))
  const scale = Math.min(mostPoints, Math.max(fewestPoints, spread > 0 ? deviationOf(scores) / spread : 0))
  return cases.columns.map(({ points }, index) => {
    const rule = model.rules[index]
    return rule === undefined || points === undefined ? undefined : Math.round(rule.weight * scale)
  })
}

/** Scores under proposed points. */
const scoresUnder = (
  points: WholePoints,
  model: RuleModel,
  { columns }: RuleCases,
  rows: readonly number[],
): Float64Array =>
  Float64Array.from(rows, (row) => {
    const sum = columns.reduce((total, { points: today = 1, worths }, index) => {
      const worth = worths[model.rules[index]?.halfLife ?? 0]
      return total + (points[index] ?? today) * at(worth, row)
    }, 0)
    return Math.max(0, sum)
  })

/** Each case judged by a model that has not seen it. */
const judgeInFolds = (cases: RuleCases) => {
  const count = cases.good.length
  const [chances, points] = [new Float64Array(count), new Float64Array(count)]
  for (let fold = 0; fold < folds; fold += 1) {
    const rows = [...cases.good.keys()]
    const train = rows.filter((row) => row % folds !== fold)
    const test = rows.filter((row) => row % folds === fold)
    const model = fitRules(cases, train)
    const scores = scoresUnder(wholePointsOf(model, cases, train), model, cases, test)
    for (const [index, odds] of judgeRules(model, cases, test).entries()) {
      chances[test[index] ?? 0] = chanceOf(odds)
      points[test[index] ?? 0] = at(scores, index)
    }
  }
  return { chances, points }
}

const aucInTime = (cases: RuleCases): number | null => {
  const rows = [...cases.good.keys()]
  const cut = Math.floor(rows.length * shareToLearnFrom)
  const rest = rows.slice(cut)
  const good = Uint8Array.from(rest, (row) => at(cases.good, row))
  return knownArea(areaUnderCurve(judgeRules(fitRules(cases, rows.slice(0, cut)), cases, rest), good))
}

/** Chances by today's score alone. */
const chancesToday = ({ scores, good }: RuleCases): Float64Array => {
  const design = Float64Array.from({ length: 2 * scores.length }, (_, index) =>
    index % 2 === 0 ? 1 : at(scores, (index - 1) / 2),
  )
  const regression: Regression = {
    ...{ width: 2, design, labels: good },
    ...{ priors: new Float64Array(2), pulls: new Float64Array([0, 1e-6]) },
  }
  const weights = regress(regression, Float64Array.from([logit(meanOf(good)), 0]))
  return scores.map((score) => chanceOf(at(weights, 0) + at(weights, 1) * score))
}

const fewestInMonth = 10

const driftOf = (judged: readonly JudgedHandoff[], cases: RuleCases): readonly MonthOfDrift[] => {
  const chances = chancesToday(cases)
  const months = Map.groupBy(judged.keys(), (row) => judged[row]?.day.slice(0, 7) ?? '')
  return [...months].flatMap(([month, rows]): readonly MonthOfDrift[] => {
    if (rows.length < fewestInMonth) return []
    const good = Uint8Array.from(rows, (row) => at(cases.good, row))
    const isBoth = good.includes(0) && good.includes(1)
    const auc = isBoth
      ? areaUnderCurve(
          rows.map((row) => at(cases.scores, row)),
          good,
        )
      : null
    const error = meanOf(good) - meanOf(rows.map((row) => at(chances, row)))
    return [{ month, leads: rows.length, auc, error }]
  })
}

const week = 7 * 86_400_000

/** Leads that a case stands for: one that was handed over by way of trial stands for those that were not. */
const weightOf = ({ explored }: JudgedHandoff): number => (explored === undefined ? 1 : 1 / explored)

interface Counted {
  readonly judged: readonly JudgedHandoff[]
  readonly good: Uint8Array
  readonly weeks: number
}

const qualityOf = (reaches: (row: number) => boolean, { judged, good, weeks }: Counted): ThresholdQuality => {
  let [right, reached, all] = [0, 0, 0]
  for (const [row, one] of judged.entries()) {
    const weight = weightOf(one)
    if (at(good, row) === 1) all += weight
    if (!reaches(row)) continue
    reached += weight
    if (at(good, row) === 1) right += weight
  }
  return {
    precision: reached === 0 ? null : right / reached,
    recall: all === 0 ? null : right / all,
    handoffsPerWeek: reached / weeks,
  }
}

/** The lowest whole score that no more than `most` leads reach; that of the last one where fewer are known. */
const thresholdFor = (scores: Float64Array, judged: readonly JudgedHandoff[], most: number): number => {
  const order = [...scores.keys()].toSorted((a, b) => at(scores, b) - at(scores, a))
  let reached = 0
  let threshold = 0
  for (const row of order) {
    const weight = judged[row] ? weightOf(judged[row]) : 1
    if (reached > 0 && reached + weight > most) break
    reached += weight
    threshold = at(scores, row)
  }
  return Math.floor(threshold)
}

/** Standard error of an AUC among guesses. Source: Hanley and McNeil, 1982. */
const errorOfAuc = (good: number, others: number): number =>
  Math.sqrt((good + others + 1) / (12 * good * others))

/** Whether points tell outcomes apart, and better than today's, by more than chance would have it. */
const areBetter = (
  { points, today }: { readonly points: number; readonly today: number },
  error: number,
): boolean => points > 0.5 + 2 * error && points > today + error / 2

interface Scored {
  /** By the proposal. */
  readonly scores: Float64Array
  /** By points of cases outside the training data. */
  readonly outside: Float64Array
  /** Other points are proposed. */
  readonly areOther: boolean
}

const thresholdOf = (
  { threshold, wanted, asOf, sampled = 1 }: Proposing,
  { scores, outside, areOther }: Scored,
  { judged, good }: Omit<Counted, 'weeks'>,
): ThresholdProposal => {
  const first = judged[0]?.day ?? asOf
  // A part of the leads in a week is all of them in a part of it.
  const weeks = Math.max(1, (Date.parse(asOf) - Date.parse(first)) / week) * sampled
  const counted = { judged, good, weeks }
  const now = qualityOf((row) => judged[row]?.explored === undefined, counted)
  // Nobody has asked for another one, and the scores stay what they are.
  if (wanted === undefined && !areOther && threshold !== undefined)
    return { today: threshold, proposed: threshold, wanted: now.handoffsPerWeek, ...now, now }
  const hoped = meanOf(good) * judged.length
  const goal = wanted ?? hoped / weeks
  const found = thresholdFor(scores, judged, goal * weeks)
  // A point more or less is no other threshold.
  const proposed = threshold !== undefined && Math.abs(found - threshold) <= 1 ? threshold : found
  const quality = qualityOf((row) => at(outside, row) >= proposed, counted)
  return {
    today: threshold ?? null,
    proposed: threshold === undefined ? null : proposed,
    wanted: goal,
    ...quality,
    now,
  }
}

/** Bands move with the threshold; each stays above the one below. */
const bandsOf = ({ bands }: ScoringRules, { today, proposed }: ThresholdProposal) => {
  const share = today === null || proposed === null || today <= 0 || proposed <= 0 ? 1 : proposed / today
  let below = -1
  return bands.map(({ id, floor }) => {
    below = Math.max(below + 1, Math.round(floor * share))
    return { band: id, today: floor, proposed: below }
  })
}

const isUnknown = (rule: string): boolean => rule.startsWith('?')

const rulesOf = (cases: RuleCases, model: RuleModel, points: WholePoints): readonly RuleEvidence[] => {
  const everybody = [...cases.good.keys()]
  return cases.columns.map(({ rule, part, points: today, halfLives, worths, leads }, index) => {
    // "Not now" says nothing of what a lead is.
    const rows = part === 'fit' ? everybody.filter((row) => at(cases.later, row) === 0) : everybody
    const holds = rows.filter((row) => at(worths[0], row) !== 0)
    const good = (some: readonly number[]) => some.reduce((sum, row) => sum + at(cases.good, row), 0)
    const lift = liftOf(good(holds), holds.length, good(rows) / Math.max(1, rows.length))
    const [current] = halfLives
    const next = halfLives[model.rules[index]?.halfLife ?? 0]
    return {
      rule: isUnknown(rule) ? rule.slice(1) : rule,
      ...(isUnknown(rule) && { unknown: true as const }),
      leads,
      ...lift,
      today: today ?? null,
      proposed: points[index] ?? today ?? null,
      ...(current !== undefined && {
        halfLife: { today: formatDuration(current), proposed: formatDuration(next ?? current) },
      }),
    }
  })
}

const outcomesOf = (judged: readonly JudgedHandoff[], cases: RuleCases): Outcomes => {
  const names = Object.keys(judged[0]?.attributes ?? {})
  const column = (value: (one: JudgedHandoff) => Value) => judged.map(value)
  return {
    fields: new Map<string, readonly Value[]>([
      ...names.map((name) => [name, column(({ attributes }) => attributes[name] ?? null)] as const),
      ['source', column(({ source }) => source)] as const,
    ]),
    labels: cases.good,
  }
}

/** Whether a rule gave points: one that tells the outcome on its own may count activities that followed it. */
const outcomesOfRules = (cases: RuleCases): Outcomes => ({
  fields: new Map(
    cases.columns
      .filter(({ rule }) => !isUnknown(rule))
      .map(({ rule, worths }) => [rule, [...(worths[0] ?? [])]] as const),
  ),
  labels: cases.good,
})

/** Most values of a field that an answer names, those of most leads first. */
const mostValues = 20

const fieldsOf = (judged: readonly JudgedHandoff[], cases: RuleCases) => {
  const { fields, leaks } = evidenceOfFields(outcomesOf(judged, cases))
  return {
    fields: fields.map(({ field, auc, values }): KnownField => {
      const named = values.map(({ points: _, ...value }) => value)
      return { field, auc, values: named.toSorted((a, b) => b.leads - a.leads).slice(0, mostValues) }
    }),
    leaks: [...evidenceOfFields(outcomesOfRules(cases)).leaks, ...leaks],
  }
}

const countVerdicts = (judged: readonly JudgedHandoff[]): Readonly<Record<Verdict, number>> => {
  const counts = Object.fromEntries(verdicts.map((verdict) => [verdict, 0])) as Record<Verdict, number>
  for (const { verdict } of judged) counts[verdict] += 1
  return counts
}

/**
 * What sales' judgement says of the scoring, and whole points that tell its outcomes apart better than today's, if there are
 * any. Deterministic.
 * @param judged handoffs, in order of time.
 */
export const proposeScoring = (
  judged: readonly JudgedHandoff[],
  proposing: Proposing,
): ScoringCalibration => {
  const cases = casesOf(judged, proposing.scoring)
  const good = cases.good.reduce((sum, one) => sum + one, 0)
  const known = {
    judged: judged.length,
    rarer: Math.min(good, judged.length - good),
    asOf: proposing.asOf,
    verdicts: countVerdicts(judged),
  }
  if (!enoughJudged(known)) return { status: 'not-enough-data', ...known }
  const rows = [...cases.good.keys()]
  const { chances, points: outside } = judgeInFolds(cases)
  const auc = {
    inTime: aucInTime(cases),
    folds: areaUnderCurve(chances, cases.good),
    points: areaUnderCurve(outside, cases.good),
    today: areaUnderCurve(cases.scores, cases.good),
  }
  const isBetter = areBetter(auc, errorOfAuc(good, judged.length - good))
  const model = isBetter ? fitRules(cases, rows) : { intercept: 0, rules: [] }
  const points = isBetter ? wholePointsOf(model, cases, rows) : []
  const scores = isBetter ? scoresUnder(points, model, cases, rows) : cases.scores
  const scored = { scores, outside: isBetter ? outside : cases.scores, areOther: isBetter }
  const threshold = thresholdOf(proposing, scored, { judged, good: cases.good })
  return {
    status: 'ok',
    ...known,
    auc,
    calibration: binsOf(chances, cases.good),
    rules: rulesOf(cases, model, points),
    threshold,
    bands: bandsOf(proposing.scoring, threshold),
    ...fieldsOf(judged, cases),
    drift: driftOf(judged, cases),
  }
}
