import { parseDuration } from '../duration.ts'
import { rawAt, rawEntries, rawList, rawText } from './raw.ts'

/** The most that a playbook's rules can ever give; bands that are within reach. */
export interface ScoreBounds {
  readonly fit: number
  readonly engagement: number
  readonly bands: readonly string[]
}

const amount = (value: unknown): number => (typeof value === 'number' && value > 0 ? value : 0)

/** Under a cap with fading points, each earlier window is worth at most the cap, faded by its age: a geometric series. */
const ruleBound = (rule: unknown): number => {
  if (amount(rawAt(rule, 'points')) === 0) return 0
  const cap = rawAt(rule, 'cap', 'points')
  const per = parseDuration(rawText(rule, 'cap', 'per') ?? '')
  const halfLife = parseDuration(rawText(rule, 'halfLife') ?? '')
  if (typeof cap !== 'number' || per === undefined || halfLife === undefined) return Number.POSITIVE_INFINITY
  return cap / (1 - 2 ** (-per / halfLife))
}

/** @param scoring `scoring.yaml` as plain data; undefined where it cannot be read: then nothing is out of reach. */
export const scoreBounds = (scoring: unknown): ScoreBounds => {
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)
  const readable = scoring !== undefined && scoring !== null
  const fit = readable
    ? sum(rawList(scoring, 'fit').map((rule) => amount(rawAt(rule, 'points'))))
    : Number.POSITIVE_INFINITY
  const engagement = readable ? sum(rawList(scoring, 'engagement').map(ruleBound)) : Number.POSITIVE_INFINITY
  const bands = rawEntries(scoring, 'bands')
    .filter(([, floor]) => typeof floor !== 'number' || floor <= fit + engagement)
    .map(([band]) => band)
  return { fit, engagement, bands }
}
