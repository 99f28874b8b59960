import { type JudgedHandoff, observe, type Verdict } from '../../../domain/calibration/judged-handoff.ts'
import { chanceOf } from '../../../domain/calibration/model.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import type { ScoringRules } from '../../../domain/model/scoring-rules.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { fact } from '../support/facts.ts'
import { days, makePlaybook, scoring } from '../support/make-playbook.ts'

/** Numbers between 0 and 1, the same for the same seed. Source: G. Marsaglia, Xorshift RNGs, 2003. */
export const random = (seed: number) => {
  let state = seed
  return (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

/** Points of today, which have little to do with what sales says. */
export const today: ScoringRules = {
  ...scoring,
  fit: [
    { id: 'dach', when: 'lead.country in ["DE", "AT", "CH"]', points: 20 },
    { id: 'large', when: 'lead.employees >= 100', points: 5 },
    { id: 'student', when: 'lead.role == "student"', points: -10 },
    { id: 'rare', when: 'lead.country == "LI"', points: 7 },
  ],
  engagement: [
    { id: 'demo', on: 'demo.requested', points: 10, halfLife: days(30) },
    { id: 'pricing', on: 'page.viewed', points: 8, halfLife: days(30), cap: { points: 40, per: days(7) } },
    { id: 'signup', on: 'newsletter.subscribed', points: 15 },
    { id: 'quote', on: 'quote.requested', points: 10, halfLife: days(30) },
    { id: 'webinar', on: 'webinar.attended', points: 25, halfLife: days(30) },
  ],
}

/** What sales goes by, in points of which ten double the odds. */
export const truth = {
  fit: { dach: 4, large: 14, student: -24 },
  engagement: {
    demo: { points: 18, halfLife: 14 },
    pricing: { points: 5, halfLife: 7 },
    signup: { points: 0, halfLife: Number.POSITIVE_INFINITY },
    quote: { points: 30, halfLife: 60 },
    webinar: { points: 8, halfLife: 90 },
  },
}

const types = {
  demo: 'demo.requested',
  pricing: 'page.viewed',
  signup: 'newsletter.subscribed',
  quote: 'quote.requested',
  webinar: 'webinar.attended',
} as const
const often = { demo: 1, pricing: 4, signup: 0.6, quote: 0.8, webinar: 1 }

const day = 86_400_000

const rulesOfToday = compileRules(makePlaybook({ scoring: today }))

interface World {
  readonly leads: number
  readonly seed: number
  /** Share of those that are turned down who hear "not now". */
  readonly later?: number
}

/** A lead's log before a handoff, and the log-odds that sales accepts it. */
const makeLead = (next: () => number, number: number, requested: number) => {
  const country = next() < 0.5 ? 'DE' : 'FR'
  const employees = Math.floor(next() * 200)
  const role = next() < 0.2 ? 'student' : 'energy'
  const iso = (at: number): string => new Date(at).toISOString()
  const fields = { country, employees, role, utm_source: next() < 0.3 ? 'fair' : 'search' }
  const facts: Fact[] = [fact(`l${number}`, 'profile.updated', iso(requested - 121 * day), { fields })]
  let points = truth.fit.dach * Number(country === 'DE')
  points += truth.fit.large * Number(employees >= 100) + truth.fit.student * Number(role === 'student')
  for (const rule of Object.keys(types) as (keyof typeof types)[]) {
    const count = Math.floor(next() * 2 * often[rule] + next())
    for (let index = 0; index < count; index += 1) {
      const age = next() * 120 * day
      const { points: each, halfLife } = truth.engagement[rule]
      points += each * 2 ** (-age / (halfLife * day))
      facts.push(fact(`l${number}-${rule}-${index}`, types[rule], iso(requested - age)))
    }
  }
  return { facts, points }
}

/** What sales said of leads whose truth is known, oldest first, and the chance that each of them had. */
export const salesWorld = ({ leads, seed, later = 0 }: World) => {
  const next = random(seed)
  const judged: JudgedHandoff[] = []
  const chances: number[] = []
  for (let number = 0; number < leads; number += 1) {
    const requested = Date.parse('2026-01-05T09:00:00.000Z') + (number / leads) * 364 * day
    const { facts, points } = makeLead(next, number, requested)
    const chance = chanceOf(((points - 30) / 10) * Math.LN2)
    const isGood = next() < chance
    const verdict: Verdict = isGood ? 'accepted' : next() < later ? 'not-now' : 'wrong-fit'
    const one = observe({ verdict, requestedAt: new Date(requested).toISOString() }, facts, rulesOfToday)
    if (one) judged.push(one)
    chances.push(chance)
  }
  return { judged, chances }
}
