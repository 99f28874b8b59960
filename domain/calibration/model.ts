import type { Column } from './columns.ts'

/**
 * Naive Bayes with a weight for each field. The evidence of a value is the log-odds that it adds, shrunk towards zero if few
 * cases have it. A logistic regression finds the weights, so that fields with the same information do not count twice.
 */
export interface Model {
  readonly intercept: number
  /** One for each field, non-negative. */
  readonly weights: readonly number[]
  /** Evidence of each value, by field. */
  readonly evidence: readonly Float64Array[]
}

/** Cases for training or prediction: all fields, all outcomes (1: success), and the rows to use. */
export interface Cases {
  readonly columns: readonly Column[]
  readonly labels: Uint8Array
  readonly rows: readonly number[]
}

/** Pseudo-cases with the average outcome added to each value. */
const shrinkage = 20
/** Prior weight of each field. */
const prior = 1
/** Penalty for deviating from the prior weight: some hundred cases outweigh it. */
const ridge = 100
const mostSteps = 25
/** Stop once a step improves the loss by less than this share. */
const enough = 1e-6

export const logit = (share: number): number => Math.log(share / (1 - share))
const at = (numbers: ArrayLike<number> | undefined, index: number): number => numbers?.[index] ?? 0
/** Monomorphic, which is several times as fast in this inner loop. */
const number = (numbers: Float64Array, index: number): number => numbers[index] ?? 0

const shareOf = ({ labels, rows }: Cases): number => {
  const hoped = rows.reduce((sum, row) => sum + at(labels, row), 0)
  return (hoped + 1) / (rows.length + 2)
}

interface Tally {
  readonly cases: Float64Array
  readonly hoped: Float64Array
}

export const tally = ({ codes, values }: Column, { labels, rows }: Omit<Cases, 'columns'>): Tally => {
  const cases = new Float64Array(values.length)
  const hoped = new Float64Array(values.length)
  for (const row of rows) {
    const code = at(codes, row)
    cases[code] = at(cases, code) + 1
    hoped[code] = at(hoped, code) + at(labels, row)
  }
  return { cases, hoped }
}

const evidenceOf = (hoped: number, cases: number, average: number): number =>
  logit((hoped + shrinkage * average) / (cases + shrinkage)) - logit(average)

/** A logistic regression with a Gaussian prior on each weight. */
export interface Regression {
  /** Columns of the design matrix, of which the first is a one. */
  readonly width: number
  /** Row by row. */
  readonly design: Float64Array
  readonly labels: Uint8Array
  /** Log-odds that stand already. @default 0 for each case */
  readonly offset?: Float64Array
  /** Where each weight is pulled to, and how strongly: 0 not at all. */
  readonly priors: Float64Array
  readonly pulls: Float64Array
}

/** The intercept, at index 0, is not pulled. */
const pulled = (width: number, by: number): Float64Array => new Float64Array(width).fill(by).fill(0, 0, 1)

/** Leaves each case's own outcome out of its evidence. */
const regressionOf = (cases: Cases, tallies: readonly Tally[], average: number): Regression => {
  const width = tallies.length + 1
  const design = new Float64Array(cases.rows.length * width).fill(1)
  const labels = Uint8Array.from(cases.rows, (row) => at(cases.labels, row))
  for (const [field, { cases: all, hoped }] of tallies.entries()) {
    const codes = cases.columns[field]?.codes
    for (const [index, row] of cases.rows.entries()) {
      const code = at(codes, row)
      const others = evidenceOf(at(hoped, code) - at(labels, index), at(all, code) - 1, average)
      design[index * width + field + 1] = others
    }
  }
  return { width, design, labels, priors: pulled(width, prior), pulls: pulled(width, ridge) }
}

const scoreOf = ({ width, design, offset }: Regression, index: number, weights: Float64Array): number => {
  let score = offset === undefined ? 0 : number(offset, index)
  for (let i = 0, from = index * width; i < width; i += 1)
    score += number(design, from + i) * number(weights, i)
  return score
}

/** Penalised: what the priors say counts as well. */
export const lossOf = (regression: Regression, weights: Float64Array): number => {
  const { priors, pulls } = regression
  let loss = 0
  for (const [index, weight] of weights.entries())
    loss += (number(pulls, index) * (weight - number(priors, index)) ** 2) / 2
  for (const [index, label] of regression.labels.entries()) {
    const score = scoreOf(regression, index, weights)
    loss += Math.max(score, 0) + Math.log1p(Math.exp(-Math.abs(score))) - label * score
  }
  return loss
}

/** Solves `matrix × x = right` for a symmetric, positive definite matrix, by Cholesky's decomposition. */
const solve = (matrix: readonly Float64Array[], right: Float64Array): Float64Array => {
  const lower = matrix.map((row) => row.slice())
  for (const [i, row] of lower.entries())
    for (let j = 0; j <= i; j += 1) {
      let rest = at(row, j)
      for (let k = 0; k < j; k += 1) rest -= at(row, k) * at(lower[j], k)
      row[j] = i === j ? Math.sqrt(Math.max(rest, Number.EPSILON)) : rest / at(lower[j], j)
    }
  const found = right.slice()
  for (const [i, row] of lower.entries()) {
    for (let k = 0; k < i; k += 1) found[i] = at(found, i) - at(row, k) * at(found, k)
    found[i] = at(found, i) / at(row, i)
  }
  for (const [i, row] of [...lower.entries()].toReversed()) {
    for (let k = i + 1; k < found.length; k += 1) found[i] = at(found, i) - at(lower[k], i) * at(found, k)
    found[i] = at(found, i) / at(row, i)
  }
  return found
}

/** @returns the Newton step to subtract from the weights. */
const newtonStep = (regression: Regression, weights: Float64Array): Float64Array => {
  const { width, design, labels, priors, pulls } = regression
  const gradient = weights.map((weight, index) => number(pulls, index) * (weight - number(priors, index)))
  const hessian = Array.from({ length: width }, () => new Float64Array(width))
  for (const [index, label] of labels.entries()) {
    const chance = chanceOf(scoreOf(regression, index, weights))
    const row = design.subarray(index * width, (index + 1) * width)
    const spread = chance * (1 - chance)
    for (let i = 0; i < width; i += 1) {
      const value = number(row, i)
      gradient[i] = number(gradient, i) + (chance - label) * value
      const line = hessian[i]
      for (let j = 0; line && j <= i; j += 1) line[j] = number(line, j) + spread * value * number(row, j)
    }
  }
  for (const [index, line] of hessian.entries()) line[index] = at(line, index) + number(pulls, index)
  return solve(hessian, gradient)
}

/** Newton's method; a step that increases the loss is halved. @returns the weights, that of the intercept first. */
export const regress = (regression: Regression, start: Float64Array): Float64Array => {
  let weights = start
  let loss = lossOf(regression, weights)
  for (let step = 0; step < mostSteps; step += 1) {
    const change = newtonStep(regression, weights)
    const after = (share: number) => weights.map((weight, index) => weight - share * at(change, index))
    let share = 1
    let next = after(share)
    let nextLoss = lossOf(regression, next)
    while (nextLoss > loss && share > 1e-6) {
      share /= 2
      next = after(share)
      nextLoss = lossOf(regression, next)
    }
    const gain = loss - nextLoss
    if (gain <= enough * loss) return gain > 0 ? next : weights
    weights = next
    loss = nextLoss
  }
  return weights
}

/** A field with a negative weight would contradict its own evidence: it is dropped. */
const regressWithSay = (regression: Regression, average: number): Float64Array => {
  const { width, design } = regression
  const silent = new Set<number>()
  let start = Float64Array.from({ length: width }, (_, index) => (index === 0 ? logit(average) : prior))
  for (;;) {
    const weights = regress(regression, start).map((weight, index) => (silent.has(index) ? 0 : weight))
    const below = [...weights.keys()].filter((index) => index > 0 && at(weights, index) < 0)
    if (below.length === 0) return weights
    for (const index of below) silent.add(index)
    for (let row = 0; row < design.length; row += width) for (const index of below) design[row + index] = 0
    start = weights.map((weight, index) => (index > 0 ? Math.max(weight, 0) : weight))
  }
}

/** Trains a model. Deterministic. */
export const fitModel = (cases: Cases): Model => {
  const average = shareOf(cases)
  const tallies = cases.columns.map((column) => tally(column, cases))
  const [intercept = 0, ...weights] = regressWithSay(regressionOf(cases, tallies, average), average)
  const evidence = tallies.map(({ cases: all, hoped }) =>
    all.map((count, code) => evidenceOf(at(hoped, code), count, average)),
  )
  return { intercept, weights, evidence }
}

/** Log-odds of success for each case. */
export const judge = (
  { intercept, weights, evidence }: Model,
  { columns, rows }: Omit<Cases, 'labels'>,
): readonly number[] =>
  rows.map((row) =>
    columns.reduce(
      (sum, { codes }, field) => sum + at(weights, field) * at(evidence[field], at(codes, row)),
      intercept,
    ),
  )

export const chanceOf = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds))
