import type { ConditionContext } from '../condition/condition.ts'
import { whyUnjudged, wrongKind } from '../condition/missing-parts.ts'
import type { Fact } from '../model/activity.ts'
import { type SalesPhase, type StageId, stageIds } from '../model/deal.ts'
import type { Json } from '../model/json.ts'
import type { Rules } from '../rules/rules.ts'
import { phaseOf } from '../sales/deals.ts'
import {
  awardsWorthAt,
  bandOf,
  gradeOf,
  leftOf,
  type Window,
  withAward,
  withPoints,
  worthAt,
} from '../scoring/awards.ts'
import type { CompiledEngagementRule, CompiledFitRule } from '../scoring/compile-scoring.ts'
import type { Asked } from '../scoring/counting-option.ts'
import { trackingPurpose } from './consent.ts'
import { type Draft, openDraft } from './draft.ts'
import { type BandEntry, isBlank, isCustomer, type LeadState, valueAsAsked } from './lead-state.ts'

type Metered = Pick<Draft, 'meters'>

/** What all awards are worth at `now` (ms). @param sinceRecycle leaves out what was awarded before the lead was last recycled. */
export const engagementAt = (
  { meters }: Metered,
  rules: Rules,
  now: number,
  sinceRecycle: boolean,
): number => {
  let sum = 0
  for (let index = 0; index < meters.length; index += 1) {
    const meter = meters[index]
    if (!meter) continue
    const rule = rules.engagement[index]
    if (!rule) continue
    if (meter.awards !== undefined) {
      sum += awardsWorthAt(meter, rule, now, sinceRecycle)
      continue
    }
    sum += worthAt(meter, rule, now)
    if (sinceRecycle && meter.earlier) sum -= worthAt(meter.earlier, rule, now)
  }
  return sum
}

/** The earliest moment (ms) after `after` at which some award expires. */
export const nextExpiry = ({ meters }: Metered, rules: Rules, after: number): number | undefined => {
  let next: number | undefined
  for (const [index, meter] of meters.entries()) {
    const expires = rules.engagement[index]?.expires
    if (expires === undefined) continue
    const at = meter?.awards?.find(([awarded]) => awarded + expires > after)?.[0]
    if (at !== undefined) next = Math.min(at + expires, next ?? Number.POSITIVE_INFINITY)
  }
  return next
}

/** Whether points can only become less by the passing of time: none of those that fade or expire are negative. */
export const onlyFades = ({ meters }: Metered): boolean =>
  meters.every((meter) =>
    meter?.awards === undefined
      ? meter === undefined || meter.sum >= 0
      : meter.awards.every(([, points]) => points >= 0),
  )

/** A moment (ms) by which everything that fades or expires has come to nothing; at least a day after `from`. */
export const farAhead = ({ meters }: Metered, rules: Rules, from: number): number => {
  let longest = 0
  let last = from + day
  for (const [index, meter] of meters.entries()) {
    const rule = rules.engagement[index]
    if (!meter || !rule) continue
    longest = Math.max(longest, rule.fades)
    const latest = meter.awards?.at(-1)
    if (latest && rule.expires !== undefined) last = Math.max(last, latest[0] + rule.expires)
  }
  return Math.max(last, from + longest)
}

/** What one fit rule gives; undefined where it does not hold. */
export const fitPoints = (
  { condition, points, unknown }: CompiledFitRule,
  view: ConditionContext,
): number | undefined => {
  if (
    unknown !== undefined &&
    // One that was cleared is as unknown as one that was never given.
    condition.mentions.attributes.some(({ name }) => (view.attribute(name) ?? undefined) === undefined)
  )
    return unknown
  return condition.test(view) ? points : undefined
}

/** The sum of the fit rules that hold. @param view the lead as fit rules may see it. */
const fitOf = (view: ConditionContext, { fit }: Rules): number => {
  let sum = 0
  for (const rule of fit) sum += fitPoints(rule, view) ?? 0
  return sum
}

const day = 86_400_000

/** What fit rules may see: who somebody is, not the score that follows from it. */
type Scope = 'lead' | 'cycle' | 'fit'

/**
 * A lead at one moment, as conditions see it. With scope `cycle` (the conditions that enter stages) a recycled lead
 * begins afresh: only what happened since the recycle counts, points included. With `since` it is what happened from then on;
 * points and counts without a window begin with the present cycle all the same.
 */
export class LeadView implements ConditionContext {
  readonly #draft: Draft
  readonly #rules: Rules
  readonly #scope: Scope
  readonly #email: string | undefined
  readonly #began: string | undefined
  #now = 0
  #engagement: number | undefined
  #fit: number | undefined
  activity: NonNullable<ConditionContext['activity']> | undefined

  constructor(draft: Draft, rules: Rules, scope: Scope, email?: string, since?: string) {
    this.#draft = draft
    this.#rules = rules
    this.#scope = scope
    this.#email = email
    this.#began = since
  }

  /** The moment asked about (ms), and that what was computed for an earlier one no longer holds. */
  moveTo(now: number): void {
    this.#now = now
    this.#engagement = undefined
    if (this.#rules.fitAsksMore) this.#fit = undefined
  }

  attributesChanged(): void {
    this.#fit = undefined
  }

  attribute(name: string): Json | undefined {
    const attribute = this.#draft.attributes.get(name)
    return attribute ? valueAsAsked(name, attribute.value) : name === 'email' ? this.#email : undefined
  }

  attributeNames(): readonly string[] {
    const names = [...this.#draft.attributes].flatMap(([name, { value }]) => (isBlank(value) ? [] : [name]))
    return this.#email === undefined || names.includes('email') ? names : [...names, 'email']
  }

  fit(): number | undefined {
    if (this.#scope === 'fit') return undefined
    if (this.#fit === undefined) {
      const view = new LeadView(this.#draft, this.#rules, 'fit', this.#email)
      view.moveTo(this.#now)
      this.#fit = fitOf(view, this.#rules)
    }
    return this.#fit
  }

  engagement(): number | undefined {
    if (this.#scope === 'fit') return undefined
    this.#engagement ??= engagementAt(this.#draft, this.#rules, this.#now, this.#scope === 'cycle')
    return this.#engagement
  }

  score(): number | undefined {
    const fit = this.fit()
    const engagement = this.engagement()
    return fit === undefined || engagement === undefined ? undefined : Math.max(0, fit + engagement)
  }

  band(): string | undefined {
    const score = this.score()
    return score === undefined ? undefined : bandOf(score, this.#rules.playbook.scoring.bands)
  }

  grade(): string | undefined {
    const fit = this.fit()
    const engagement = this.engagement()
    return fit === undefined || engagement === undefined ? undefined : gradeOf(fit, engagement, this.#rules)
  }

  stage(): StageId {
    return this.#draft.stages.at(-1)?.stage ?? stageIds[0]
  }

  consented(): boolean {
    for (const [purpose, { status }] of this.#draft.consent)
      if (status === 'granted' && purpose !== trackingPurpose) return true
    return false
  }

  confirmed(): boolean {
    return this.#draft.confirmed !== undefined
  }

  customer(): boolean {
    return isCustomer(this.#draft)
  }

  phase(): SalesPhase | '' {
    const since = this.#since()
    const deal = this.#draft.deals.findLast(({ openedAt }) => openedAt >= since)
    return deal ? phaseOf(deal) : ''
  }

  /** When that which counts began. */
  #since(): string {
    return this.#scope === 'cycle' ? (this.#began ?? this.#draft.cycleBegan) : ''
  }

  did(type: string, within = Number.POSITIVE_INFINITY): boolean {
    const seen = this.#draft.seen.get(type)
    return seen !== undefined && seen.last > this.#since() && seen.at > this.#now - within
  }

  count(type: string, within?: number): number {
    const seen = this.#draft.seen.get(type)
    if (!seen) return 0
    const since = this.#since()
    if (within === undefined) return since === '' ? seen.count : seen.count - seen.earlier
    const from = Math.max(this.#now - within, since === '' ? Number.NEGATIVE_INFINITY : Date.parse(since))
    const { times } = seen
    let count = 0
    for (let index = times.length - 1; index >= 0 && (times[index] ?? from) > from; index -= 1) count += 1
    return count
  }

  daysSince(type: string): number | undefined {
    const seen = this.#draft.seen.get(type)
    return seen && seen.last > this.#since() ? (this.#now - seen.at) / day : undefined
  }

  opened(email: string): boolean {
    return (this.#draft.opened.get(email) ?? '') > this.#since()
  }

  clicked(email: string): boolean {
    return (this.#draft.clicked.get(email) ?? '') > this.#since()
  }
}

export interface Score {
  /** `max(0, fit + engagement)`, a decimal. */
  readonly score: number
  readonly fit: number
  readonly engagement: number
  readonly band: string
  /** `A1` … `D4`. */
  readonly grade: string
}

/**
 * A lead as seen at `now` (RFC 3339 UTC), or at its last fact where that is later: points never grow towards the past.
 * @param since the beginning of a cycle: what happened before it is left out.
 */
export const viewAt = (
  { email, state }: { readonly email?: string; readonly state: LeadState },
  rules: Rules,
  now: string,
  since?: string,
): LeadView => {
  const draft = openDraft(state, rules)
  const view = new LeadView(draft, rules, since === undefined ? 'lead' : 'cycle', email, since)
  view.moveTo(Math.max(Date.parse(now), draft.now))
  return view
}

/** The score at `now`, faded to that moment. */
export const scoreAt = (
  lead: { readonly email?: string; readonly state: LeadState },
  rules: Rules,
  now: string,
): Score => {
  const view = viewAt(lead, rules, now)
  return {
    score: view.score() ?? 0,
    fit: view.fit() ?? 0,
    engagement: view.engagement() ?? 0,
    band: view.band() ?? '',
    grade: view.grade() ?? '',
  }
}

/**
 * What conditions about a lead see at `now` (RFC 3339 UTC); `lead.email` is the known address unless a form gave one.
 * @param since the beginning of a cycle: what happened before it is left out.
 */
export const leadContext = (
  lead: { readonly email?: string; readonly state: LeadState },
  rules: Rules,
  now: string,
  since?: string,
): ConditionContext => viewAt(lead, rules, now, since)

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
  /** Why it gives nothing, where it does. */
  readonly reason: string
}

const refusalOf = ({ refusals }: CompiledEngagementRule, before: boolean): string | undefined => {
  for (const refuses of refusals) {
    const reason = refuses(before)
    if (reason !== undefined) return reason
  }
  return undefined
}

/** What the rule's own limits leave of the points. */
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
    const refusal = refusalOf(rule, draft.meters[index] !== undefined)
    if (refusal !== undefined) {
      if (watcher?.spent && (rule.condition?.test(view) ?? true)) watcher.spent(index, fact, refusal)
      continue
    }
    const asked = pointsAsked(rule, index, fact, view, watcher)
    if (asked === undefined) continue
    const window = draft.meters[index]?.window ?? noWindow
    matching.push({ index, rule, asked, ...limited(rule, asked, { now, dayStart: rules.dayStart, window }) })
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
      if (match.asked !== 0) watcher?.spent?.(match.index, fact, match.reason)
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
