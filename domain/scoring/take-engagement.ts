import type { Fact } from '../activity/activity.ts'
import { whyUnjudged, wrongKind } from '../condition/why-unjudged.ts'
import type { Draft } from '../lead/draft.ts'
import type { BandEntry } from '../lead/lead-state.ts'
import type { LeadView } from '../lead/lead-view.ts'
import type { Rules } from '../playbook/rules.ts'
import { leftOf, type Window, withAward } from './cap.ts'
import type { CompiledEngagementRule } from './compile-scoring.ts'
import { withPoints } from './meter.ts'

/** Told what scoring does, in order; `rule` is an index. */
export interface ScoringWatcher {
  awarded?(rule: number, points: number, fact: Fact): void
  /** A rule asked for this type, but could not be judged: why. */
  unjudged?(rule: number, fact: Fact, reason: string): void
  /** A rule matched, and gave nothing for it: why. */
  spent?(rule: number, fact: Fact, reason: string): void
  /** Band or grade changed, by a fact or by the passing of time. */
  banded?(entry: BandEntry): void
}

/** A rule that matches the activity at hand, and what it gives under its own caps. */
interface Match {
  readonly index: number
  readonly rule: CompiledEngagementRule
  /** Caps aside. */
  readonly asked: number
  readonly points: number
}

const noWindow: Window = []

/** @returns whether some rule awarded points. */
export const takeEngagement = (
  draft: Draft,
  fact: Fact,
  now: number,
  rules: Rules,
  view: LeadView,
  watcher: ScoringWatcher | undefined,
): boolean => {
  const indexes = rules.engagementOn.get(fact.type)
  if (!indexes) return false
  const matching: Match[] = []
  let hasRivals = false
  view.activity = fact
  for (const index of indexes) {
    const rule = rules.engagement[index]
    if (!rule) continue
    if (rule.first && draft.meters[index]) {
      if (watcher?.spent && (rule.condition?.test(view) ?? true))
        watcher.spent(index, fact, 'only the first counts')
      continue
    }
    const asked = pointsAsked(rule, index, fact, view, watcher)
    if (asked === undefined) continue
    const window = draft.meters[index]?.window ?? noWindow
    const points = rule.caps.length > 0 ? leftOf(asked, rule.caps, window, now, rules.dayStart) : asked
    matching.push({ index, rule, asked, points })
    hasRivals ||= rule.rivals !== undefined
  }
  view.activity = undefined
  let awarded = false
  for (const match of matching) {
    if (hasRivals && isBeaten(match, matching)) {
      watcher?.spent?.(match.index, fact, 'another rule of its group gives more')
      continue
    }
    const points = grant(draft, match, now, rules)
    if (points === 0) {
      if (match.asked !== 0) watcher?.spent?.(match.index, fact, 'a cap is reached')
      continue
    }
    watcher?.awarded?.(match.index, points, fact)
    awarded = true
  }
  return awarded
}

/** What the rule gives for the activity at hand, caps aside; undefined where it does not match or cannot be judged. */
const pointsAsked = (
  { condition, points }: CompiledEngagementRule,
  index: number,
  fact: Fact,
  view: LeadView,
  watcher: ScoringWatcher | undefined,
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

/** Of the rules of such a group the one that gives most (farthest from zero) counts; of equals the first. */
const isBeaten = ({ index, rule, points }: Match, matching: readonly Match[]): boolean =>
  rule.rivals !== undefined &&
  matching.some(
    (other) =>
      other.rule.rivals === rule.rivals &&
      (Math.abs(other.points) > Math.abs(points) ||
        (Math.abs(other.points) === Math.abs(points) && other.index < index)),
  )

/** Enters the award under what group and total leave. @returns the points awarded. */
const grant = (draft: Draft, { index, rule, points: most }: Match, now: number, rules: Rules): number => {
  const { dayStart } = rules
  let points = most
  for (const { key, caps } of rule.shared)
    points = leftOf(points, caps, draft.groups.get(key) ?? noWindow, now, dayStart)
  const meter = draft.meters[index]
  if (points !== 0) {
    for (const { key, caps } of rule.shared)
      draft.groups.set(key, withAward(draft.groups.get(key) ?? noWindow, caps, now, points, dayStart))
  } else if (!rule.first) return 0
  const before = meter?.window ?? noWindow
  const window =
    rule.caps.length > 0 && points !== 0 ? withAward(before, rule.caps, now, points, dayStart) : noWindow
  draft.meters[index] = withPoints(meter, rule, points, now, window)
  return points
}
