import type { Texts } from '../texts/en.ts'
import { spokenLanguages, textsIn } from '../texts/texts.ts'
import { type Column, codeColumn, type FieldValue, type Value } from './columns.ts'
import { areaUnderCurve, type Bin, binsOf, knownArea } from './judgement.ts'
import { type Cases, chanceOf, fitModel, judge, type Model, tally } from './model.ts'

/** How a value of a field correlates with the outcome. */
interface ValueEvidence {
  readonly value: FieldValue
  readonly leads: number
  /** Success rate relative to that of all cases, with a 95 % Wilson interval. */
  readonly lift: number
  readonly low: number
  readonly high: number
  /** Suggested points: ten for each doubling of the odds. */
  readonly points: number
}

export interface FieldEvidence {
  readonly field: string
  /** How well the field alone predicts the outcome, on cases outside the training data. */
  readonly auc: number
  readonly values: readonly ValueEvidence[]
}

/** A field that was probably filled in after the outcome was known. */
export interface Leak {
  readonly field: string
  /** In English. */
  readonly why: string
  /** In each language that Trichter speaks. */
  readonly whyIn: Readonly<Record<string, string>>
}

const leakOf = (field: string, word: (texts: Texts['leak']) => string): Leak => ({
  field,
  why: word(textsIn('en').leak),
  whyIn: Object.fromEntries(spokenLanguages.map((language) => [language, word(textsIn(language).leak)])),
})

export type Calibration =
  | { readonly status: 'not-enough-data'; readonly judged: number; readonly rarer: number }
  | {
      readonly status: 'ok'
      readonly judged: number
      /** Cases of the rarer outcome. */
      readonly rarer: number
      /** Trained on the first 70 % and tested on the rest (null where that has one outcome); by five-fold cross-validation; and the same with rounded points. */
      readonly auc: { readonly inTime: number | null; readonly folds: number; readonly points: number }
      readonly calibration: readonly Bin[]
      /** Best first. */
      readonly fields: readonly FieldEvidence[]
      /** Left out of the model, and of the figures above. */
      readonly leaks: readonly Leak[]
    }

/** Least number of judged leads, in total and of the rarer outcome. */
const fewest = { judged: 100, rarer: 30 }

/** Whether there is anything to learn from. */
export const enoughJudged = ({
  judged,
  rarer,
}: {
  readonly judged: number
  readonly rarer: number
}): boolean => judged >= fewest.judged && rarer >= fewest.rarer

const folds = 5
const shareToLearnFrom = 0.7
const pointsPerDoubling = 10
/** Above this, a single field predicts better than facts known beforehand plausibly do. */
const suspiciousAuc = 0.75
/** Share of rows in which fields are empty together. */
const sameRows = 0.99

export interface Outcomes {
  /** Values of each field, in order of time. */
  readonly fields: ReadonlyMap<string, readonly Value[]>
  /** 1 for each success, otherwise 0. */
  readonly labels: Uint8Array
  /** Fields that were known beforehand, however much they tell. @default none */
  readonly known?: readonly string[]
}

const labelsOf = (labels: Uint8Array, rows: readonly number[]): Uint8Array =>
  Uint8Array.from(rows, (row) => labels[row] ?? 0)

/** Rounded points for each value of each field. */
const pointsOf = ({ weights, evidence }: Model): readonly Float64Array[] =>
  evidence.map((values, field) =>
    values.map((value) => Math.round((value * (weights[field] ?? 0) * pointsPerDoubling) / Math.LN2)),
  )

/** Cross-validated predictions for each case: log-odds, and the sum of rounded points. */
const judgeInFolds = (cases: Cases) => {
  const scores = new Float64Array(cases.labels.length)
  const points = new Float64Array(cases.labels.length)
  for (let fold = 0; fold < folds; fold += 1) {
    const rows = cases.rows.filter((row) => row % folds === fold)
    const model = fitModel({ ...cases, rows: cases.rows.filter((row) => row % folds !== fold) })
    const whole = { intercept: 0, weights: model.weights.map(() => 1), evidence: pointsOf(model) }
    for (const [index, score] of judge(model, { ...cases, rows }).entries()) scores[rows[index] ?? 0] = score
    for (const [index, score] of judge(whole, { ...cases, rows }).entries()) points[rows[index] ?? 0] = score
  }
  return { scores, points }
}

const aucInTime = (cases: Cases): number | null => {
  const cut = Math.floor(cases.rows.length * shareToLearnFrom)
  const rest = cases.rows.slice(cut)
  const model = fitModel({ ...cases, rows: cases.rows.slice(0, cut) })
  return knownArea(areaUnderCurve(judge(model, { ...cases, rows: rest }), labelsOf(cases.labels, rest)))
}

/** AUC of one field, leaving each case's own outcome out, so that rare values do not look better than they are. */
const aucAlone = (column: Column, { labels, rows }: Cases): number => {
  const scores = new Float64Array(labels.length)
  for (let fold = 0; fold < folds; fold += 1) {
    const learned = tally(column, { labels, rows: rows.filter((row) => row % folds !== fold) })
    for (const row of rows)
      if (row % folds === fold) {
        const code = column.codes[row] ?? 0
        scores[row] = ((learned.hoped[code] ?? 0) + 1) / ((learned.cases[code] ?? 0) + 20)
      }
  }
  return areaUnderCurve(scores, labels)
}

/** 95 % confidence interval of a proportion. Source: E. B. Wilson, Probable inference, 1927. */
const wilson = (hoped: number, cases: number): readonly [number, number] => {
  const z = 1.959964
  const middle = (hoped + z ** 2 / 2) / (cases + z ** 2)
  const half = (z / (cases + z ** 2)) * Math.sqrt((hoped * (cases - hoped)) / cases + z ** 2 / 4)
  return [Math.max(0, middle - half), Math.min(1, middle + half)]
}

interface Lift {
  readonly lift: number
  readonly low: number
  readonly high: number
}

/** Success rate of some cases relative to `average`, with a 95 % interval; nulls without cases. */
export const liftOf = (
  hoped: number,
  cases: number,
  average: number,
): Lift | { readonly lift: null; readonly low: null; readonly high: null } => {
  if (cases === 0 || average === 0) return { lift: null, low: null, high: null }
  const [low, high] = wilson(hoped, cases)
  return { lift: hoped / cases / average, low: low / average, high: high / average }
}

const valuesOf = (
  column: Column,
  cases: Cases,
  points: Float64Array | undefined,
): readonly ValueEvidence[] => {
  const { cases: counts, hoped } = tally(column, cases)
  const average = cases.labels.reduce((sum, label) => sum + label, 0) / cases.labels.length
  return column.values.flatMap((value, code): readonly ValueEvidence[] => {
    const leads = counts[code] ?? 0
    if (leads === 0) return []
    const { lift, low, high } = liftOf(hoped[code] ?? 0, leads, average)
    return lift === null ? [] : [{ value, leads, lift, low, high, points: points?.[code] ?? 0 }]
  })
}

/** Rows in which the field is empty; none if it is hardly ever or nearly always empty. */
const emptyRows = ({ codes }: Column): ReadonlySet<number> => {
  const empty = new Set([...codes.keys()].filter((row) => codes[row] === 0))
  return empty.size < fewest.rarer || codes.length - empty.size < fewest.rarer ? new Set() : empty
}

const areAlike = (a: ReadonlySet<number>, b: ReadonlySet<number>): boolean => {
  const both = [...a].filter((row) => b.has(row)).length
  return both >= sameRows * (a.size + b.size - both)
}

const leaksOf = (
  columns: readonly Column[],
  cases: Cases,
  auc: ReadonlyMap<string, number>,
): readonly Leak[] => {
  const decides = columns.flatMap(({ field }): readonly Leak[] => {
    const alone = auc.get(field) ?? 0.5
    if (alone < suspiciousAuc) return []
    return [leakOf(field, ({ decidesAlone }) => decidesAlone(alone.toFixed(2)))]
  })
  const empties = columns.map((column) => ({ field: column.field, rows: emptyRows(column), column }))
  const filledTogether = empties.flatMap(({ field, rows, column }, index): readonly Leak[] => {
    const other = empties.find(
      (one, at) => at !== index && rows.size > 0 && one.rows.size > 0 && areAlike(rows, one.rows),
    )
    if (!other || decides.some((leak) => leak.field === field)) return []
    const isKnown: Column = { ...column, codes: column.codes.map((code) => (code === 0 ? 0 : 1)) }
    if (aucAlone(isKnown, cases) < 0.6) return []
    return [leakOf(field, ({ emptyTogether }) => emptyTogether(other.field))]
  })
  return [...decides, ...filledTogether]
}

/** How each value of some fields goes with the outcome, without a model; and which of them look filled in afterwards. */
export const evidenceOfFields = ({
  fields,
  labels,
}: Outcomes): { readonly fields: readonly FieldEvidence[]; readonly leaks: readonly Leak[] } => {
  const columns = [...fields].map(([field, values]) => codeColumn(field, values))
  const cases: Cases = { columns, labels, rows: [...labels.keys()] }
  const auc = new Map(columns.map((column) => [column.field, aucAlone(column, cases)] as const))
  const evidence = columns.map((column) => ({
    field: column.field,
    auc: auc.get(column.field) ?? 0.5,
    values: valuesOf(column, cases, undefined),
  }))
  return { fields: evidence.toSorted((a, b) => b.auc - a.auc), leaks: leaksOf(columns, cases, auc) }
}

/**
 * How well fields known beforehand predict outcomes; what looks as if it was filled in afterwards is named and left out.
 * Deterministic.
 * @throws TypeError if all cases have the same outcome
 */
export const calibrate = ({ fields, labels, known = [] }: Outcomes): Calibration => {
  const judged = labels.length
  const hoped = labels.reduce((sum, label) => sum + label, 0)
  const rarer = Math.min(hoped, judged - hoped)
  if (judged > 0 && rarer === 0)
    throw new TypeError('all cases have the same outcome: there is nothing to learn')
  if (!enoughJudged({ judged, rarer })) return { status: 'not-enough-data', judged, rarer }
  const all = [...fields].map(([field, values]) => codeColumn(field, values))
  const everything: Cases = { columns: all, labels, rows: [...labels.keys()] }
  const auc = new Map(all.map((column) => [column.field, aucAlone(column, everything)] as const))
  const leaks = leaksOf(all, everything, auc).filter(({ field }) => !known.includes(field))
  const columns = all.filter(({ field }) => !leaks.some((leak) => leak.field === field))
  const cases: Cases = { ...everything, columns }
  const { scores, points } = judgeInFolds(cases)
  const whole = pointsOf(fitModel(cases))
  const evidence = columns.map((column, index) => ({
    field: column.field,
    auc: auc.get(column.field) ?? 0.5,
    values: valuesOf(column, cases, whole[index]),
  }))
  return {
    status: 'ok',
    judged,
    rarer,
    auc: {
      inTime: aucInTime(cases),
      folds: areaUnderCurve(scores, labels),
      points: areaUnderCurve(points, labels),
    },
    calibration: binsOf(scores.map(chanceOf), labels),
    fields: evidence.toSorted((a, b) => b.auc - a.auc),
    leaks,
  }
}
