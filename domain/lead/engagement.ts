import { whyUnjudged, wrongKind } from '../condition/missing-parts.ts'
import type { Fact } from '../model/activity.ts'
import { stateLimits } from '../model/state-limits.ts'
import type { Rules } from '../rules/rules.ts'
import {
  type Award,
  type AwardLedger,
  awardsWorthAt,
  endCycle,
  joinOldest,
  type ListLedger,
  leftOf,
  type Window,
  withAward,
  withPoints,
  worthAt,
} from '../scoring/awards.ts'
import type { CompiledEngagementRule } from '../scoring/compile-scoring.ts'
import type { Asked } from '../scoring/counting-option.ts'
import { type DraftOf, optionalMap, type Step } from './slice.ts'

const fields = {
  /** Ledgers by rule: by id when stored, by index while open. They determine the value at any later moment, since points decay. */
  engagement: {
    open: (
      stored: Readonly<Record<string, AwardLedger>> = {},
      { engagement }: Rules,
    ): (AwardLedger | undefined)[] =>
      engagement.map(({ id }) => (Object.hasOwn(stored, id) ? stored[id] : undefined)),
    close: (
      open: readonly (AwardLedger | undefined)[],
      { engagement }: Rules,
    ): Readonly<Record<string, AwardLedger>> => {
      const stored: Record<string, AwardLedger> = {}
      for (const [index, { id }] of engagement.entries()) {
        const ledger = open[index]
        if (ledger) stored[id] = ledger
      }
      return stored
    },
  },
  /** By group id, `*` for all rules: the awards that still matter for the cap. */
  groups: optionalMap<Window>(),
}

export type EngagementDraft = DraftOf<typeof fields>
type Awarded = Pick<EngagementDraft, 'engagement'>

/** Value of all awards at `now` (ms). @param sinceRecycle ignores awards from before the last recycle. */
export const engagementAt = (
  { engagement: ledgers }: Awarded,
  rules: Rules,
  now: number,
  sinceRecycle: boolean,
): number => {
  let sum = 0
  for (let index = 0; index < ledgers.length; index += 1) {
    const ledger = ledgers[index]
    if (!ledger) continue
    const rule = rules.engagement[index]
    if (!rule) continue
    if (ledger.awards !== undefined) {
      sum += awardsWorthAt(ledger, rule, now, sinceRecycle)
      continue
    }
    sum += worthAt(ledger, rule, now)
    if (sinceRecycle && ledger.earlier) sum -= worthAt(ledger.earlier, rule, now)
  }
  return sum
}

/** The earliest moment (ms) after `after` at which some award expires. */
export const nextExpiry = (
  { engagement: ledgers }: Awarded,
  rules: Rules,
  after: number,
): number | undefined => {
  let next: number | undefined
  for (const [index, ledger] of ledgers.entries()) {
    const expires = rules.engagement[index]?.expires
    if (expires === undefined) continue
    const at = ledger?.awards?.find(([awarded]) => awarded + expires > after)?.[0]
    if (at !== undefined) next = Math.min(at + expires, next ?? Number.POSITIVE_INFINITY)
  }
  return next
}

/** Whether time can only reduce points: no negative points decay or expire. */
export const onlyFades = ({ engagement: ledgers }: Awarded): boolean =>
  ledgers.every((ledger) =>
    ledger?.awards === undefined
      ? ledger === undefined || ledger.sum >= 0
      : ledger.awards.every(([, points]) => points >= 0),
  )

const day = 86_400_000

/** A moment (ms) when everything has decayed or expired; at least a day after `from`. */
export const farAhead = ({ engagement: ledgers }: Awarded, rules: Rules, from: number): number => {
  let longest = 0
  let last = from + day
  for (const [index, ledger] of ledgers.entries()) {
    const rule = rules.engagement[index]
    if (!ledger || !rule) continue
    longest = Math.max(longest, rule.fades)
    const latest = ledger.awards?.at(-1)
    if (latest && rule.expires !== undefined) last = Math.max(last, latest[0] + rule.expires)
  }
  return Math.max(last, from + longest)
}

/** Receives each step of scoring, in order; `rule` is an index. */
export interface ScoringWatcher {
  awarded?(rule: number, points: number, fact: Fact): void
  /** A rule for this type could not be evaluated, with the reason. */
  unjudged?(rule: number, fact: Fact, reason: string): void
  /** A rule matched without giving points, with the reason. */
  spent?(rule: number, fact: Fact, reason: string): void
}

/** A rule that matches the current activity, and its points under its own caps. */
interface Match {
  readonly index: number
  readonly rule: CompiledEngagementRule
  /** Points before caps. */
  readonly asked: number
  readonly points: number
  /** Why it gives no points, if so. */
  readonly reason: string
}

const refusalOf = ({ refusals }: CompiledEngagementRule, before: boolean): string | undefined => {
  for (const refuses of refusals) {
    const reason = refuses(before)
    if (reason !== undefined) return reason
  }
  return undefined
}

/** The points within the rule's own limits. */
const limited = (
  { limits }: CompiledEngagementRule,
  asked: number,
  given: Asked,
): Pick<Match, 'points' | 'reason'> => {
  let points = asked
  for (const { left, reason } of limits) {
    points = left(points, given)
    if (points === 0) return { points, reason }
  }
  return { points, reason: 'a cap is reached' }
}

const noWindow: Window = []

/** Points of each rule for the current activity under its own limits. */
const matchesFor = (draft: EngagementDraft, step: Step<ScoringWatcher>): readonly Match[] => {
  const { fact, now, rules, view, watcher } = step
  const matches: Match[] = []
  view.activity = fact
  for (const index of rules.engagementOn.get(fact.type) ?? []) {
    const rule = rules.engagement[index]
    if (!rule) continue
    const ledger = draft.engagement[index]
    const refusal = refusalOf(rule, ledger !== undefined)
    if (refusal !== undefined) {
      if (watcher?.spent && (rule.condition?.test(view) ?? true)) watcher.spent(index, fact, refusal)
      continue
    }
    const asked = pointsAsked(rule, index, step)
    if (asked === undefined) continue
    const given = { now, dayStart: rules.dayStart, window: ledger?.window ?? noWindow }
    matches.push({ index, rule, asked, ...limited(rule, asked, given) })
  }
  view.activity = undefined
  return matches
}

/** The rule's points for the current activity before caps; undefined if it does not match or cannot be evaluated. */
const pointsAsked = (
  { condition, points }: CompiledEngagementRule,
  index: number,
  { fact, view, watcher }: Step<ScoringWatcher>,
): number | undefined => {
  if (condition && !condition.test(view)) {
    const reason = watcher?.unjudged && whyUnjudged(condition, view)
    if (reason !== undefined) watcher?.unjudged?.(index, fact, reason)
    return undefined
  }
  const unfit = condition?.negates ? wrongKind(condition, view) : undefined
  if (unfit !== undefined) {
    watcher?.unjudged?.(index, fact, unfit)
    return undefined
  }
  if (typeof points === 'number') return points
  const value = points.valueFor(view)
  if (value === undefined && watcher?.unjudged) watcher.unjudged(index, fact, points.whyNone(view))
  return value
}

/** In an exclusive group only the rule with the most points (farthest from zero) counts; of equals the first. */
const isBeaten = ({ index, rule, points }: Match, matching: readonly Match[]): boolean =>
  rule.exclusiveGroup !== undefined &&
  matching.some(
    (other) =>
      other.rule.exclusiveGroup === rule.exclusiveGroup &&
      (Math.abs(other.points) > Math.abs(points) ||
        (Math.abs(other.points) === Math.abs(points) && other.index < index)),
  )

/** Records the award within the caps of group and total. @returns the points awarded. */
const grant = (
  draft: EngagementDraft,
  { index, rule, points: most }: Match,
  { now, rules: { dayStart } }: Step,
): number => {
  const windowOf = (key: string): Window => draft.groups.get(key) ?? noWindow
  let points = most
  for (const { key, caps } of rule.shared) points = leftOf([now, points], caps, windowOf(key), dayStart)
  if (points === 0 && !rule.first) return 0
  const entry: Award = [now, points]
  const ledger = draft.engagement[index]
  let window = noWindow
  if (points !== 0) {
    for (const { key, caps } of rule.shared)
      draft.groups.set(key, withAward(windowOf(key), caps, entry, dayStart))
    if (rule.caps.length > 0) window = withAward(ledger?.window ?? noWindow, rule.caps, entry, dayStart)
  }
  draft.engagement[index] = withPoints(ledger, rule, entry, window)
  return points
}

const withoutOldest = ({ awards, earlier = 0, window }: ListLedger): AwardLedger => ({
  awards: awards.slice(1),
  window,
  ...(earlier > 1 && { earlier: earlier - 1 }),
})

/** Awards stored individually, over all rules and caps. A rule's window of one is not shortened, and does not count. */
const countAwards = ({ engagement, groups }: EngagementDraft): number => {
  let sum = 0
  for (const ledger of engagement) {
    if (!ledger) continue
    if (ledger.window.length > 1) sum += ledger.window.length
    if (ledger.awards) sum += ledger.awards.length
  }
  for (const window of groups.values()) sum += window.length
  return sum
}

/** In the longest list the two oldest that count towards a cap are merged, or the oldest points expire early. */
const shortenLongest = ({ engagement, groups }: EngagementDraft): void => {
  let longest = 0
  let shorten = (): void => undefined
  const propose = (length: number, shorter: () => void): void => {
    if (length > longest) [longest, shorten] = [length, shorter]
  }
  for (const [index, ledger] of engagement.entries()) {
    if (!ledger) continue
    const replace = (shorter: AwardLedger): void => {
      engagement[index] = shorter
    }
    const { window } = ledger
    if (window.length > 1) propose(window.length, () => replace({ ...ledger, window: joinOldest(window) }))
    if (ledger.awards) propose(ledger.awards.length, () => replace(withoutOldest(ledger)))
  }
  for (const [key, window] of groups) propose(window.length, () => groups.set(key, joinOldest(window)))
  shorten()
}

const boundAwards = (draft: EngagementDraft): void => {
  while (countAwards(draft) > stateLimits.awards) shortenLongest(draft)
}

/** Assigns all awards so far to earlier cycles. */
export const endAwardsOfCycle = (draft: Awarded): void => {
  for (const [index, ledger] of draft.engagement.entries())
    if (ledger) draft.engagement[index] = endCycle(ledger)
}

/** @returns whether the match gave points. */
const award = (
  draft: EngagementDraft,
  match: Match,
  matches: readonly Match[],
  step: Step<ScoringWatcher>,
): boolean => {
  const { fact, watcher } = step
  if (isBeaten(match, matches)) {
    watcher?.spent?.(match.index, fact, 'another rule of its group gives more')
    return false
  }
  const points = grant(draft, match, step)
  if (points !== 0) watcher?.awarded?.(match.index, points, fact)
  else if (match.asked !== 0) watcher?.spent?.(match.index, fact, match.reason)
  return points !== 0
}

const apply = (
  draft: EngagementDraft & { readonly isOldNews: boolean },
  step: Step<ScoringWatcher>,
): void => {
  if (draft.isOldNews) return
  const matches = matchesFor(draft, step)
  if (matches.filter((match) => award(draft, match, matches, step)).length === 0) return
  boundAwards(draft)
  step.view.moveTo(step.now)
  step.cycleView.moveTo(step.now)
}

/** Points for what the lead does. */
export const engagementSlice = { fields, apply }
