import type { HandoffAnswer } from '../handoff/handoff.ts'
import { firstTouch, touchesOf } from '../kpi/touch.ts'
import type { ScoringWatcher } from '../lead/engagement.ts'
import { draftOf, factsAt } from '../lead/fold.ts'
import type { Draft } from '../lead/lead-state.ts'
import { fitPoints, LeadView } from '../lead/lead-view.ts'
import type { Fact } from '../model/activity.ts'
import type { HandoffRules } from '../model/handoff-rules.ts'
import type { Json } from '../model/json.ts'
import type { EngagementRule } from '../model/scoring-rules.ts'
import type { Rules } from '../rules/rules.ts'
import type { Value } from './columns.ts'

/**
 * What sales said of a handoff: `wrong-fit` is a no for good (a reason with `close`), `not-now` one that brings the lead back
 * later (a reason with `recycle`). Only handed-off leads have one.
 */
export const verdicts = ['accepted', 'won', 'lost', 'wrong-fit', 'not-now'] as const
export type Verdict = (typeof verdicts)[number]

/** @returns undefined for a handoff that sales has not judged. */
export const verdictOf = (
  answer: HandoffAnswer,
  { reject }: Pick<HandoffRules, 'reject'>,
): Verdict | undefined => {
  switch (answer.state) {
    case 'accepted':
    case 'won':
    case 'lost':
      return answer.state
    case 'rejected': {
      const disposition = Object.hasOwn(reject, answer.reason) ? reject[answer.reason] : undefined
      return disposition?.type === 'close' ? 'wrong-fit' : 'not-now'
    }
    case 'requested':
    case 'expired':
      return undefined
    default:
      return answer satisfies never
  }
}

/** Half-lives in days that a proposal chooses from. */
const halfLifeDays = [7, 14, 30, 60, 90] as const

const day = 86_400_000

/** Half-lives (ms) that a rule is tried with, the one of today first; none for a rule whose points do not decay. */
export const halfLivesOf = ({ halfLife }: Pick<EngagementRule, 'halfLife'>): readonly number[] =>
  halfLife === undefined
    ? []
    : [halfLife, ...halfLifeDays.map((days) => days * day).filter((one) => one !== halfLife)]

/**
 * A handoff that sales has judged, with what the scoring knew of the lead when it was requested. No id and no text that a
 * person wrote.
 */
export interface JudgedHandoff {
  readonly verdict: Verdict
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string
  /** The score under today's rules. */
  readonly score: number
  /** Points of each fit rule that gave some; those for an unknown attribute are `?` and the rule's id. */
  readonly fit: readonly string[]
  /**
   * By engagement rule that gave points: what its awards were worth, in times that the rule gave its points, under each of
   * `halfLivesOf`; one number for a rule without decay.
   */
  readonly engagement: Readonly<Record<string, readonly number[]>>
  /** Attributes that fit rules ask for: numbers, truth values, and texts that the rule itself names. */
  readonly attributes: Readonly<Record<string, Value>>
  /** Of the first touch, as figures have it. */
  readonly source: string
  /** Share of leads below the threshold that it was drawn from. */
  readonly explored?: number
}

interface Award {
  /** ms */
  readonly at: number
  readonly times: number
}

/** Awards by rule, as the fold makes them. A rule whose points are an expression counts them as they are. */
const watchAwards = ({ playbook }: Rules) => {
  const awards = new Map<string, Award[]>()
  const watcher: ScoringWatcher = {
    awarded: (index, points, { occurredAt }) => {
      const rule = playbook.scoring.engagement[index]
      if (!rule) return
      const unit = typeof rule.points === 'number' && rule.points !== 0 ? rule.points : 1
      const award = { at: Date.parse(occurredAt), times: points / unit }
      awards.set(rule.id, [...(awards.get(rule.id) ?? []), award])
    },
  }
  return { awards, watcher }
}

const worthOf = ({ at, times }: Award, now: number, halfLife: number | undefined): number =>
  halfLife === undefined ? times : times * 2 ** (-(now - at) / halfLife)

const rounded = (number: number): number => Math.round(number * 1_000) / 1_000

/** What the awards of a rule are worth at `now` (ms) under each half-life. */
const worthsOf = (rule: EngagementRule, awards: readonly Award[], now: number): readonly number[] => {
  const { expires } = rule
  const alive = awards.filter(({ at }) => expires === undefined || now - at < expires)
  const halfLives = halfLivesOf(rule)
  return (halfLives.length === 0 ? [undefined] : halfLives).map((halfLife) => {
    const worths = alive.map((award) => worthOf(award, now, halfLife))
    return rounded(rule.max ? Math.max(0, ...worths) : worths.reduce((sum, worth) => sum + worth, 0))
  })
}

/** A number, a truth value, or a text that the rules themselves name: nothing that a person wrote. */
const namedValue = (value: Json | undefined, sources: readonly string[]): Value => {
  if (value === undefined || value === null || value === '') return null
  if (typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value !== 'string') return 'other'
  const isNamed = sources.some((source) => source.includes(`"${value}"`) || source.includes(`'${value}'`))
  return isNamed ? value : 'other'
}

const attributesOf = (view: LeadView, { fit }: Rules): JudgedHandoff['attributes'] => {
  const names = new Set(fit.flatMap(({ condition }) => condition.mentions.attributes.map(({ name }) => name)))
  const sources = fit.map(({ when }) => when)
  return Object.fromEntries([...names].map((name) => [name, namedValue(view.attribute(name), sources)]))
}

const fitOf = (view: LeadView, { fit }: Rules): readonly string[] =>
  fit.flatMap((rule) => {
    const points = fitPoints(rule, view)
    if (points === undefined) return []
    return rule.condition.test(view) ? [rule.id] : [`?${rule.id}`]
  })

const viewOf = (draft: Draft, rules: Rules, scope: 'lead' | 'fit', now: number): LeadView => {
  const view = new LeadView(draft, rules, scope)
  view.moveTo(now)
  return view
}

interface Judgement {
  readonly verdict: Verdict
  /** RFC 3339 UTC */
  readonly requestedAt: string
  readonly explored?: number
}

/**
 * A lead as of the request of a handoff, by what is known today: voided and automated activities do not count, later ones
 * neither.
 * @param facts the whole log, in order.
 * @returns undefined where nothing was known by then.
 */
export const observe = (
  { verdict, requestedAt, explored }: Judgement,
  facts: readonly Fact[],
  rules: Rules,
): JudgedHandoff | undefined => {
  const { awards, watcher } = watchAwards(rules)
  const known = factsAt(facts, requestedAt)
  const draft = draftOf(known, rules, requestedAt, watcher)
  if (!draft) return undefined
  const now = Math.max(Date.parse(requestedAt), draft.now)
  const fitView = viewOf(draft, rules, 'fit', now)
  const engagement = rules.playbook.scoring.engagement.flatMap((rule) => {
    const own = awards.get(rule.id)
    return own ? [[rule.id, worthsOf(rule, own, now)] as const] : []
  })
  return {
    verdict,
    day: requestedAt.slice(0, 10),
    score: rounded(viewOf(draft, rules, 'lead', now).score() ?? 0),
    fit: fitOf(fitView, rules),
    engagement: Object.fromEntries(engagement),
    attributes: attributesOf(fitView, rules),
    source: firstTouch(touchesOf(known)).source,
    ...(explored !== undefined && { explored }),
  }
}
