import { capBounds, type Decay, slowest, worthBounds } from './award-bounds.ts'
import { type Bounds, between, sumOf, unbounded } from './bounds.ts'
import { rawAt, rawEntries, rawList, rawText } from './raw.ts'

/** The least and the most that a playbook's rules can ever give, and the bands within reach. */
export interface ScoreBounds {
  readonly fit: Bounds
  readonly engagement: Bounds
  /** Undefined where it is not known which there are. */
  readonly bands: readonly string[] | undefined
}

/** Where `scoring.yaml` is wrong itself, nothing is out of reach. */
export const unknownBounds: ScoreBounds = { fit: unbounded, engagement: unbounded, bands: undefined }

const fitRule = (rule: unknown): Bounds => {
  const [points, other] = [rawAt(rule, 'points'), rawAt(rule, 'unknown') ?? 0]
  return typeof points === 'number' && typeof other === 'number' ? between(0, points, other) : unbounded
}

/** Under shared caps those that fade or expire cannot come to more than the caps let through; the others add up. */
const together = (rules: readonly unknown[], caps: unknown, own: (rule: unknown) => Bounds): Bounds => {
  const all = sumOf(rules.map(own))
  if (caps === undefined) return all
  const decays = rules.map((rule): readonly [unknown, Decay | undefined] => [rule, slowest([rule])])
  const lasting = decays.filter(([, decay]) => decay === undefined).map(([rule]) => own(rule))
  const passing = capBounds(caps, slowest(rules))
  const capped = sumOf([...lasting, passing])
  return { min: Math.max(all.min, capped.min), max: Math.min(all.max, capped.max) }
}

const engagementOf = (scoring: unknown): Bounds => {
  const rules = rawList(scoring, 'engagement')
  const groups = rawEntries(scoring, 'groups')
  const isIn = (rule: unknown, group: string): boolean => rawText(rule, 'group') === group
  const free = rules.filter((rule) => !groups.some(([group]) => isIn(rule, group)))
  const grouped = groups.map(([id, group]) =>
    together(
      rules.filter((rule) => isIn(rule, id)),
      rawAt(group, 'cap'),
      worthBounds,
    ),
  )
  const sum = sumOf([...free.map(worthBounds), ...grouped])
  const total = together(rules, rawAt(scoring, 'cap'), worthBounds)
  return { min: Math.max(sum.min, total.min), max: Math.min(sum.max, total.max) }
}

/** @param scoring `scoring.yaml` as plain data; where it cannot be read, nothing is out of reach. */
export const scoreBounds = (scoring: unknown): ScoreBounds => {
  const rules = (key: string): boolean => Array.isArray(rawAt(scoring, key))
  const fit = rules('fit') ? sumOf(rawList(scoring, 'fit').map(fitRule)) : unbounded
  const engagement = rules('engagement') ? engagementOf(scoring) : unbounded
  const bands = rawEntries(scoring, 'bands')
    .filter(([, floor]) => typeof floor !== 'number' || floor <= fit.max + engagement.max)
    .map(([band]) => band)
  return { fit, engagement, bands }
}
