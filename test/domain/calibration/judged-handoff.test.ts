import { describe, expect, it } from 'vitest'
import { observe, verdictOf } from '../../../domain/calibration/judged-handoff.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { fact } from '../support/facts.ts'
import { days, handoff, makePlaybook, scoring } from '../support/make-playbook.ts'

const rules = compileRules(makePlaybook())
const requestedAt = '2026-03-31T12:00:00.000Z'
const observed = (facts: Parameters<typeof observe>[1], under = rules) =>
  observe({ verdict: 'accepted', requestedAt }, facts, under)

describe('what sales said of a handoff', () => {
  const at = requestedAt
  const rejected = (reason: string) => verdictOf({ state: 'rejected', at, by: 'a', reason }, handoff)

  it('is its state, and for a rejection whether the reason is one for good', () => {
    expect(verdictOf({ state: 'accepted', at, by: 'a' }, handoff)).toBe('accepted')
    expect(verdictOf({ state: 'won', at }, handoff)).toBe('won')
    expect(verdictOf({ state: 'lost', at }, handoff)).toBe('lost')
    expect(rejected('wrong-fit')).toBe('wrong-fit')
    expect(rejected('not-now')).toBe('not-now')
  })

  it('is nothing while nobody has judged it', () => {
    expect(verdictOf({ state: 'requested' }, handoff)).toBeUndefined()
    expect(verdictOf({ state: 'expired', at, reason: 'withdrawn' }, handoff)).toBeUndefined()
  })
})

describe('a lead as of the request', () => {
  const profile = fact('p', 'profile.updated', '03-01T12:00', {
    fields: { country: 'DE', employees: 50, role: 'head of pumps', utm_source: 'fair' },
  })

  it('has the points, ages and attributes that the scoring knew', () => {
    expect(
      observed([
        profile,
        fact('d1', 'demo.requested', '03-01T12:00'),
        fact('d2', 'demo.requested', '03-31T12:00'),
        fact('s', 'newsletter.subscribed', '02-01T12:00'),
      ]),
    ).toEqual({
      verdict: 'accepted',
      day: '2026-03-31',
      // 10 for the country, 15 and 30 for the demos, 10 for the newsletter.
      score: 65,
      fit: ['dach'],
      // Two demos, one of them 30 days old: under 30, 7, 14, 60 and 90 days.
      engagement: {
        demo: [1.5, 1.051, 1.226, 1.707, 1.794],
        signup: [1],
      },
      // A role that no rule names is nobody's to read.
      attributes: { country: 'DE', employees: 50, role: 'other' },
      source: 'fair',
    })
  })

  it('knows nothing of what came after, and nothing that was taken back since', () => {
    const known = [profile, fact('d', 'demo.requested', '03-30T12:00')]
    expect(
      observed([
        ...known,
        fact('x', 'quote.requested', '03-30T12:00'),
        fact('after', 'profile.updated', '04-01T12:00', { fields: { country: 'FR', employees: 900 } }),
        fact('late', 'quote.requested', '04-02T12:00'),
        fact('v', 'activity.voided', '04-03T12:00', { activityId: 'x' }),
      ]),
    ).toEqual(observed(known))
    expect(observed([fact('late', 'quote.requested', '04-02T12:00')])).toBeUndefined()
  })

  it('counts under the caps, and what has expired no more', () => {
    const under = compileRules(
      makePlaybook({
        scoring: {
          ...scoring,
          engagement: [
            { id: 'view', on: 'page.viewed', points: 5, cap: { points: 10, per: days(7) } },
            { id: 'demo', on: 'demo.requested', points: 30, expires: days(10) },
            { id: 'order', on: 'order.completed', points: 'activity.amount / 100' },
          ],
        },
      }),
    )
    const views = [1, 2, 3, 4].map((number) => fact(`v${number}`, 'page.viewed', `03-30T1${number}:00`))
    const order = fact('o', 'order.completed', '03-30T12:00', { amount: 250, currency: 'EUR' })
    expect(
      observed([...views, order, fact('d', 'demo.requested', '03-01T12:00')], under)?.engagement,
    ).toEqual({
      view: [2],
      demo: [0],
      order: [2.5],
    })
  })

  it('tells points for what is unknown apart', () => {
    const [dach, ...others] = scoring.fit
    if (!dach) throw new Error('no rule')
    const under = compileRules(
      makePlaybook({ scoring: { ...scoring, fit: [{ ...dach, unknown: 4 }, ...others] } }),
    )
    expect(observed([fact('d', 'demo.requested', '03-01T12:00')], under)?.fit).toEqual(['?dach'])
    expect(observed([profile], under)?.fit).toEqual(['dach'])
  })

  it('takes no address for a source', () => {
    const fields = { utm_source: 'ann@example.com' }
    expect(observed([fact('p', 'profile.updated', '03-01T12:00', { fields })])?.source).toBe('direct')
  })
})
