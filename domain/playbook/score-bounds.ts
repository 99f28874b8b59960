import { parseDuration } from '../duration.ts'
import { rawAt, rawEntries, rawList, rawText } from './raw.ts'

interface Bounds {
  readonly min: number
  readonly max: number
}

/** The least and the most that a playbook's rules can ever give, and the bands within reach. */
export interface ScoreBounds {
  readonly fit: Bounds
  readonly engagement: Bounds
  readonly bands: readonly string[]
}

const unbounded: Bounds = { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY }

const fitRule = (rule: unknown): Bounds => {
  const points = rawAt(rule, 'points')
  return typeof points === 'number' ? { min: Math.min(points, 0), max: Math.max(points, 0) } : unbounded
}

/** Under a cap with fading points, each earlier window is worth at most the cap, faded by its age: a geometric series. */
const engagementRule = (rule: unknown): Bounds => {
  const points = rawAt(rule, 'points')
  if (typeof points !== 'number') return unbounded
  if (points <= 0) return { min: points < 0 ? Number.NEGATIVE_INFINITY : 0, max: 0 }
  const cap = rawAt(rule, 'cap', 'points')
  const per = parseDuration(rawText(rule, 'cap', 'per') ?? '')
  const halfLife = parseDuration(rawText(rule, 'halfLife') ?? '')
  const fading = typeof cap === 'number' && per !== undefined && halfLife !== undefined
  return { min: 0, max: fading ? cap / (1 - 2 ** (-per / halfLife)) : Number.POSITIVE_INFINITY }
}

const sum = (bounds: readonly Bounds[]): Bounds =>
  bounds.reduce((total, { min, max }) => ({ min: total.min + min, max: total.max + max }), { min: 0, max: 0 })

/** @param scoring `scoring.yaml` as plain data; where it cannot be read, nothing is out of reach. */
export const scoreBounds = (scoring: unknown): ScoreBounds => {
  const rules = (key: string): boolean => Array.isArray(rawAt(scoring, key))
  const fit = rules('fit') ? sum(rawList(scoring, 'fit').map(fitRule)) : unbounded
  const engagement = rules('engagement') ? sum(rawList(scoring, 'engagement').map(engagementRule)) : unbounded
  const bands = rawEntries(scoring, 'bands')
    .filter(([, floor]) => typeof floor !== 'number' || floor <= fit.max + engagement.max)
    .map(([band]) => band)
  return { fit, engagement, bands }
}
