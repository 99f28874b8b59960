import type { Column } from './columns.ts'

/**
 * Naive Bayes with a weight for each field. Each value of a field is evidence: by how much it raises the logarithm of the
 * odds, drawn to nothing where few cases have it. A logistic regression weighs the fields, so that two which say the same
 * do not count twice.
 */
export interface Model {
  readonly intercept: number
  /** One for each field, none below zero. */
  readonly weights: readonly number[]
  /** One list for each field, with the evidence of each of its values. */
  readonly evidence: readonly Float64Array[]
}

/** Cases to learn from or to judge: all fields, how all cases ended (1: as hoped), and the cases that are meant. */
export interface Cases {
  readonly columns: readonly Column[]
  readonly labels: Uint8Array
  readonly rows: readonly number[]
}

/** Cases of the average outcome that are added to those of each value. */
const shrinkage = 20
/** What the evidence of each field counts unless enough cases say otherwise: in full. */
const prior = 1
/** Cost of a weight that differs from it by one, twice over, in units of the loss: some hundred cases outweigh it. */
const ridge = 100
const mostSteps = 25
/** A step that betters the loss by a smaller share is the last. */
const enough = 1e-6

const logit = (share: number): number => Math.log(share / (1 - share))
const at = (numbers: ArrayLike<number> | undefined, index: number): number => numbers?.[index] ?? 0
/** Of one kind of array alone, which is several times as fast where it runs for every case. */
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

/** Cases to which weights are fitted: for each a one, then the evidence of its fields, case after case. */
interface Regression {
  readonly width: number
  readonly design: Float64Array
  readonly labels: Uint8Array
}

/** A case's own outcome is no evidence of it: it is left out of what its values say. */
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
  return { width, design, labels }
}

/** The intercept, which comes first, is free. */
const pullOn = (weight: number, index: number): number => (index === 0 ? 0 : ridge * (weight - prior))

const scoreOf = ({ width, design }: Regression, index: number, weights: Float64Array): number => {
  let score = 0
  for (let i = 0, from = index * width; i < width; i += 1)
    score += number(design, from + i) * number(weights, i)
  return score
}

const lossOf = (regression: Regression, weights: Float64Array): number => {
  let loss = 0
  for (const [index, weight] of weights.entries()) loss += pullOn(weight, index) ** 2 / (2 * ridge)
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

/** @returns what Newton's method takes off the weights. */
const newtonStep = (regression: Regression, weights: Float64Array): Float64Array => {
  const { width, design, labels } = regression
  const gradient = weights.map(pullOn)
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
  for (const [index, line] of hessian.entries()) line[index] = at(line, index) + (index === 0 ? 0 : ridge)
  return solve(hessian, gradient)
}

/** Newton's method; a step that makes it worse is halved. */
const regress = (regression: Regression, start: Float64Array): Float64Array => {
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

/** A field whose weight is below zero would speak against its own evidence: it has no say. */
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

/** Learns from some cases. The same cases give the same model. */
export const fitModel = (cases: Cases): Model => {
  const average = shareOf(cases)
  const tallies = cases.columns.map((column) => tally(column, cases))
  const [intercept = 0, ...weights] = regressWithSay(regressionOf(cases, tallies, average), average)
  const evidence = tallies.map(({ cases: all, hoped }) =>
    all.map((count, code) => evidenceOf(at(hoped, code), count, average)),
  )
  return { intercept, weights, evidence }
}

/** The logarithm of the odds that each of the cases ends as hoped. */
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
