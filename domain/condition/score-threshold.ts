import type { Condition } from './condition.ts'

/** The score that a condition asks for, and where its number stands in the source. */
export interface ScoreThreshold {
  readonly score: number
  readonly from: number
  readonly to: number
}

const comparison = /^(score\s*>=?\s*)(\d+(?:\.\d+)?)(?![\w.])/

/** @returns undefined unless the condition compares `score` once, as in `score >= 60`. */
export const scoreThresholdOf = ({
  source,
  mentions,
}: Pick<Condition, 'source' | 'mentions'>): ScoreThreshold | undefined => {
  const [mention, ...others] = mentions.variables.filter(({ name }) => name === 'score')
  if (!mention || others.length > 0) return undefined
  const [, before = '', number = ''] = comparison.exec(source.slice(mention.offset)) ?? []
  if (number === '') return undefined
  const from = mention.offset + before.length
  return { score: Number(number), from, to: from + number.length }
}

/** The condition's source with another score. */
export const withThreshold = (source: string, { from, to }: ScoreThreshold, score: number): string =>
  source.slice(0, from) + String(score) + source.slice(to)
