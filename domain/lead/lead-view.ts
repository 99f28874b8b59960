import type { ConditionContext } from '../condition/condition.ts'
import { type SalesPhase, type StageId, stageIds } from '../model/deal.ts'
import type { Json } from '../model/json.ts'
import type { Rules } from '../rules/rules.ts'
import { phaseOf } from '../sales/deals.ts'
import { bandOf, gradeOf } from '../scoring/awards.ts'
import type { CompiledFitRule } from '../scoring/compile-scoring.ts'
import { isBlank, valueAsAsked } from './attributes.ts'
import { nextChange, onlyFalls } from './band.ts'
import { trackingPurpose } from './consent.ts'
import { engagementAt, farAhead } from './engagement.ts'
import { qualifiesAfterPause } from './funnel.ts'
import { type Draft, type LeadState, openDraft } from './lead-state.ts'
import { isCustomer } from './sales.ts'
import type { MovingView } from './slice.ts'

/** A fit rule's points; undefined if it does not hold. */
export const fitPoints = (
  { condition, points, unknown }: CompiledFitRule,
  view: ConditionContext,
): number | undefined => {
  if (
    unknown !== undefined &&
    // A cleared attribute is as unknown as a missing one.
    condition.mentions.attributes.some(({ name }) => (view.attribute(name) ?? undefined) === undefined)
  )
    return unknown
  return condition.test(view) ? points : undefined
}

/** The sum of the fit rules that hold. @param view with scope `fit`. */
const fitOf = (view: ConditionContext, { fit }: Rules): number => {
  let sum = 0
  for (const rule of fit) sum += fitPoints(rule, view) ?? 0
  return sum
}

const day = 86_400_000

/** What a condition may see: fit rules see attributes, not the score that they contribute to. */
type Scope = 'lead' | 'cycle' | 'fit'

interface ViewOptions {
  /** The known address, unless an attribute holds one. */
  readonly email?: string | undefined
  readonly since?: string | undefined
}

/**
 * A lead at one moment, as conditions see it. With scope `cycle` (conditions that enter stages) a recycled lead starts over:
 * only facts and points since the recycle count. With `since` only what happened from then on counts, but points, and counts
 * without a window, start with the current cycle.
 */
export class LeadView implements MovingView {
  readonly #draft: Draft
  readonly #rules: Rules
  readonly #scope: Scope
  readonly #email: string | undefined
  readonly #began: string | undefined
  #now = 0
  #engagement: number | undefined
  #fit: number | undefined
  activity: ConditionContext['activity']

  constructor(draft: Draft, rules: Rules, scope: Scope, { email, since }: ViewOptions = {}) {
    this.#draft = draft
    this.#rules = rules
    this.#scope = scope
    this.#email = email
    this.#began = since
  }

  /** Moves to another moment (ms) and drops values computed for the previous one. */
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
      const view = new LeadView(this.#draft, this.#rules, 'fit', { email: this.#email })
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

  /** Start of the facts that count. */
  #since(): string {
    return this.#scope === 'cycle' ? (this.#began ?? this.#draft.recycles.at(-1)?.at ?? '') : ''
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
    return (this.#draft.emails.opened.get(email) ?? '') > this.#since()
  }

  clicked(email: string): boolean {
    return (this.#draft.emails.clicked.get(email) ?? '') > this.#since()
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
 * A lead at `now` (RFC 3339 UTC), or at its last fact if that is later: points never grow towards the past. `lead.email` is the
 * known address unless a form gave one.
 * @param since the beginning of a cycle: earlier facts are ignored.
 */
export const viewAt = (
  { email, state }: { readonly email?: string; readonly state: LeadState },
  rules: Rules,
  now: string,
  since?: string,
): LeadView => {
  const draft = openDraft(state, rules)
  const view = new LeadView(draft, rules, since === undefined ? 'lead' : 'cycle', { email, since })
  view.moveTo(Math.max(Date.parse(now), draft.now))
  return view
}

/** The score at `now`, after decay. */
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

/** Horizon (ms) of the day-by-day search: beyond it the lead is checked again. */
const horizon = 400 * day

/**
 * When a lead has to be re-evaluated, since decay may change band or grade, or a pause ends and it goes to sales; undefined if
 * never. @param state decayed to `now` (RFC 3339 UTC).
 */
export const nextWake = (state: LeadState, rules: Rules, now: string): string | undefined => {
  const draft = openDraft(state, rules)
  const from = Math.max(Date.parse(now), draft.now)
  const end = farAhead(draft, rules, from)
  const until = onlyFalls(draft, rules) ? end : Math.min(end, from + horizon)
  const view = new LeadView(draft, rules, 'lead')
  const next = nextChange(draft, view, rules, { from, until })
  const moments = [next?.at ?? (until < end ? until : undefined), qualifiesAfterPause(draft, view, rules)]
  const ahead = moments.filter((at) => at !== undefined)
  return ahead.length === 0 ? undefined : new Date(Math.min(...ahead)).toISOString()
}
