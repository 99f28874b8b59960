import type { ConditionContext } from '../condition/condition.ts'
import { trackingPurpose } from '../consent/tracking-consent.ts'
import { type StageId, stageIds } from '../funnel/funnel-rules.ts'
import type { Json } from '../json.ts'
import type { Rules } from '../playbook/rules.ts'
import { phaseOf } from '../sales/move-deal.ts'
import type { SalesPhase } from '../sales/sales-phases.ts'
import { engagementAt } from '../scoring/engagement.ts'
import { fitOf } from '../scoring/fit.ts'
import { bandOf, gradeOf } from '../scoring/grade.ts'
import { isBlank, valueAsAsked } from './attribute.ts'
import type { Draft } from './draft.ts'
import { isCustomer } from './with-sales.ts'

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
