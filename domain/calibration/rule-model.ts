import type { ScoringRules } from '../model/scoring-rules.ts'
import { halfLivesOf, type JudgedHandoff } from './judged-handoff.ts'
import { logit, lossOf, type Regression, regress } from './model.ts'

/** One rule of `scoring.yaml` over all cases, as the model sees it. */
export interface RuleColumn {
  /** That of the rule; `?` and its id for the points of an unknown attribute. */
  readonly rule: string
  readonly part: 'fit' | 'engagement'
  /** Points of today that a 1 in the column is worth; undefined for an expression. */
  readonly points: number | undefined
  /** Half-lives (ms), the one of today first; empty without decay. */
  readonly halfLives: readonly number[]
  /** For each half-life (one array without decay): how often the rule gave its points to each case. */
  readonly worths: readonly Float64Array[]
  /** Cases to which it gave any. */
  readonly leads: number
}

/** Cases in order of time. */
export interface RuleCases {
  readonly columns: readonly RuleColumn[]
  /** 1: sales accepted or won it. */
  readonly good: Uint8Array
  /** 1: sales said "not now", which says nothing of what the lead is. */
  readonly later: Uint8Array
  /** Today's score. */
  readonly scores: Float64Array
}

/** Fewer leads with a rule, or without it, say nothing about it. */
const fewestForRule = 10

const fitColumn = (rule: string, points: number, cases: readonly JudgedHandoff[]): RuleColumn => {
  const worth = Float64Array.from(cases, ({ fit }) => (fit.includes(rule) ? 1 : 0))
  const leads = worth.reduce((sum, one) => sum + one, 0)
  return { rule, part: 'fit', points, halfLives: [], worths: [worth], leads }
}

const engagementColumn = (
  rule: ScoringRules['engagement'][number],
  cases: readonly JudgedHandoff[],
): RuleColumn => {
  const halfLives = halfLivesOf(rule)
  const worths = Array.from({ length: Math.max(1, halfLives.length) }, (_, index) =>
    Float64Array.from(cases, ({ engagement }) => engagement[rule.id]?.[index] ?? 0),
  )
  const leads = cases.filter(({ engagement }) => engagement[rule.id] !== undefined).length
  const points = typeof rule.points === 'number' ? rule.points : undefined
  return { rule: rule.id, part: 'engagement', points, halfLives, worths, leads }
}

/** Every rule as a column. @param cases in order of time. */
export const casesOf = (cases: readonly JudgedHandoff[], scoring: ScoringRules): RuleCases => ({
  columns: [
    ...scoring.fit.flatMap(({ id, points, unknown }) => [
      fitColumn(id, points, cases),
      ...(unknown === undefined ? [] : [fitColumn(`?${id}`, unknown, cases)]),
    ]),
    ...scoring.engagement.map((rule) => engagementColumn(rule, cases)),
  ],
  good: Uint8Array.from(cases, ({ verdict }) => (verdict === 'accepted' || verdict === 'won' ? 1 : 0)),
  later: Uint8Array.from(cases, ({ verdict }) => (verdict === 'not-now' ? 1 : 0)),
  scores: Float64Array.from(cases, ({ score }) => score),
})

/** What a rule adds to the log-odds, each time that it gives its points. */
interface Weighed {
  readonly weight: number
  /** Index into `halfLives`; 0 without decay. */
  readonly halfLife: number
}

export interface RuleModel {
  readonly intercept: number
  /** By column; undefined where too few cases tell. */
  readonly rules: readonly (Weighed | undefined)[]
}

/** Prior on the effect of a column's standard deviation: about forty cases outweigh it. */
const pull = 10
/** A half-life replaces today's only if it makes the outcomes likelier by this factor's logarithm. */
const clearlyBetter = 2
/** Fewer say nothing about who fits at another time. */
const fewestLater = 10

const at = (numbers: ArrayLike<number> | undefined, index: number): number => numbers?.[index] ?? 0

const varianceOf = (values: Float64Array, rows: readonly number[]): number => {
  let [sum, squares] = [0, 0]
  for (const row of rows) {
    const value = at(values, row)
    sum += value
    squares += value * value
  }
  const mean = sum / rows.length
  return Math.max(0, squares / rows.length - mean * mean)
}

interface Question {
  readonly values: readonly Float64Array[]
  /** What each weight is pulled to. */
  readonly priors: readonly number[]
  readonly rows: readonly number[]
  readonly labels: Uint8Array
  /** Log-odds by case that stand already. */
  readonly offset?: Float64Array
}

/** Weights of some columns, the intercept first, and how well they do. */
const weigh = ({ values, priors, rows, labels, offset }: Question) => {
  const width = values.length + 1
  const design = new Float64Array(rows.length * width).fill(1)
  for (const [column, numbers] of values.entries())
    for (let index = 0; index < rows.length; index += 1)
      design[index * width + column + 1] = at(numbers, rows[index] ?? 0)
  const own = Uint8Array.from(rows, (row) => at(labels, row))
  const regression: Regression = {
    width,
    design,
    labels: own,
    ...(offset && { offset: Float64Array.from(rows, (row) => at(offset, row)) }),
    priors: Float64Array.from([0, ...priors]),
    pulls: Float64Array.from([
      0,
      ...values.map((numbers) => pull * Math.max(1e-6, varianceOf(numbers, rows))),
    ]),
  }
  const share = (own.reduce((sum, label) => sum + label, 0) + 1) / (rows.length + 2)
  const weights = regress(regression, Float64Array.from([offset ? 0 : logit(share), ...priors]))
  return { weights, loss: lossOf(regression, weights) }
}

const isTold = ({ leads, points }: RuleColumn, cases: number): boolean =>
  points === undefined ? leads >= fewestForRule : leads >= fewestForRule && cases - leads >= fewestForRule

/** Log-odds that one point of today's score adds; 0 where it tells nothing. */
const worthOfPoint = ({ scores, good }: RuleCases, rows: readonly number[]): number =>
  Math.max(0, at(weigh({ values: [scores], priors: [0], rows, labels: good }).weights, 1))

/** One column at a time with every half-life, while all others stand. @returns the half-life of each. */
const chooseHalfLives = (
  columns: readonly RuleColumn[],
  priors: readonly number[],
  { good, rows }: { readonly good: Uint8Array; readonly rows: readonly number[] },
): readonly number[] => {
  const chosen = columns.map(() => 0)
  const valuesOf = () => columns.map(({ worths }, index) => worths[chosen[index] ?? 0] ?? new Float64Array(0))
  const { weights } = weigh({ values: valuesOf(), priors, rows, labels: good })
  const total = new Float64Array(good.length)
  for (const row of rows)
    total[row] = valuesOf().reduce(
      (sum, values, index) => sum + at(weights, index + 1) * at(values, row),
      at(weights, 0),
    )
  const inTurn = [...columns.keys()].toSorted((a, b) => (columns[b]?.leads ?? 0) - (columns[a]?.leads ?? 0))
  for (const index of inTurn) {
    const { worths = [] } = columns[index] ?? {}
    if (worths.length < 2) continue
    const current = worths[0]
    const offset = total.map((sum, row) => sum - at(weights, index + 1) * at(current, row))
    const tried = worths.map((values) =>
      weigh({ values: [values], priors: [priors[index] ?? 0], rows, labels: good, offset }),
    )
    const best = tried.reduce((one, { loss }, other) => (loss < (tried[one]?.loss ?? 0) ? other : one), 0)
    if ((tried[best]?.loss ?? 0) > (tried[0]?.loss ?? 0) - clearlyBetter) continue
    chosen[index] = best
    const { weights: own } = tried[best] ?? { weights: new Float64Array(2) }
    for (const row of rows) total[row] = at(offset, row) + at(own, 0) + at(own, 1) * at(worths[best], row)
  }
  return chosen
}

interface Fitted {
  readonly columns: readonly RuleColumn[]
  readonly values: readonly Float64Array[]
  readonly priors: readonly number[]
}

/**
 * A "not now" tells when, not who: what the lead is gets its weights from the other cases, and what it does from all of
 * them, given those.
 */
const weighTwice = ({ columns, values, priors }: Fitted, cases: RuleCases, rows: readonly number[]) => {
  const { good, later } = cases
  const { weights: all } = weigh({ values, priors, rows, labels: good })
  const clear = rows.filter((row) => at(later, row) === 0)
  const isBoth = clear.some((row) => at(good, row) === 0) && clear.some((row) => at(good, row) === 1)
  if (rows.length - clear.length < fewestLater || !isBoth) return all
  const { weights: who } = weigh({ values, priors, rows: clear, labels: good })
  const isFit = (index: number): boolean => columns[index]?.part === 'fit'
  const offset = new Float64Array(good.length)
  for (const row of rows)
    for (const [index, numbers] of values.entries())
      if (isFit(index)) offset[row] = at(offset, row) + at(who, index + 1) * at(numbers, row)
  const does = [...values.keys()].filter((index) => !isFit(index))
  const { weights: when } = weigh({
    values: does.map((index) => values[index] ?? new Float64Array(0)),
    priors: does.map((index) => priors[index] ?? 0),
    ...{ rows, labels: good, offset },
  })
  const joined = who.slice()
  joined[0] = at(when, 0)
  for (const [place, index] of does.entries()) joined[index + 1] = at(when, place + 1)
  return joined
}

/**
 * How much each rule tells of what sales will say, pulled towards today's points: where few cases tell, little changes.
 * Deterministic.
 */
export const fitRules = (cases: RuleCases, rows: readonly number[]): RuleModel => {
  const told = cases.columns.map((column) => isTold(column, cases.good.length))
  const columns = cases.columns.filter((_, index) => told[index])
  const point = worthOfPoint(cases, rows)
  const priors = columns.map(({ points = 1 }) => points * point)
  const chosen = chooseHalfLives(columns, priors, { good: cases.good, rows })
  const values = columns.map(({ worths }, index) => worths[chosen[index] ?? 0] ?? new Float64Array(0))
  const weights = weighTwice({ columns, values, priors }, cases, rows)
  let place = 0
  const rules = told.map((isIn): Weighed | undefined => {
    if (!isIn) return undefined
    place += 1
    return { weight: at(weights, place), halfLife: chosen[place - 1] ?? 0 }
  })
  return { intercept: at(weights, 0), rules }
}

/** Log-odds of each of `rows`. */
export const judgeRules = (
  { intercept, rules }: RuleModel,
  { columns }: RuleCases,
  rows: readonly number[],
): Float64Array =>
  Float64Array.from(rows, (row) =>
    columns.reduce((sum, { worths }, index) => {
      const rule = rules[index]
      return rule ? sum + rule.weight * at(worths[rule.halfLife], row) : sum
    }, intercept),
  )
