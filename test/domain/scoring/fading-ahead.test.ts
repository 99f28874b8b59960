import { describe, expect, test } from 'vitest'
import { engagementAt, farAhead, nextExpiry, onlyFades } from '../../../domain/lead/engagement.ts'
import { draftOf } from '../../../domain/lead/fold.ts'
import type { EngagementRule } from '../../../domain/model/scoring-rules.ts'
import { fact } from '../support/facts.ts'
import { days } from '../support/make-playbook.ts'
import { rulesOf, views } from './hand.ts'

const at = (text: string): number => Date.parse(text)
const view = { id: 'view', on: 'page.viewed', points: 8 }
const draftWith = (engagement: readonly EngagementRule[], facts = views('03-01T00:00', '03-02T00:00')) => {
  const rules = rulesOf({ engagement })
  const draft = draftOf(facts, rules)
  if (!draft) throw new Error('no facts')
  return { draft, rules }
}

describe('what time alone will change', () => {
  test('the next expiry is the earliest that is still to come, that very moment excluded', () => {
    const { draft, rules } = draftWith([
      { ...view, expires: days(10) },
      { ...view, id: 'short', expires: days(3) },
      { ...view, id: 'fading', halfLife: days(1) },
    ])
    const next = (after: string) => nextExpiry(draft, rules, at(after))
    expect(next('2026-03-02T00:00:00.000Z')).toBe(at('2026-03-04T00:00:00.000Z'))
    expect(next('2026-03-03T23:59:59.999Z')).toBe(at('2026-03-04T00:00:00.000Z'))
    expect(next('2026-03-04T00:00:00.000Z')).toBe(at('2026-03-05T00:00:00.000Z'))
    expect(next('2026-03-05T00:00:00.000Z')).toBe(at('2026-03-11T00:00:00.000Z'))
    expect(next('2026-03-11T00:00:00.000Z')).toBe(at('2026-03-12T00:00:00.000Z'))
    expect(next('2026-03-12T00:00:00.000Z')).toBeUndefined()
  })

  test('nothing expires where points fade or stay', () => {
    const { draft, rules } = draftWith([view, { ...view, id: 'fading', halfLife: days(1), max: true }])
    expect(nextExpiry(draft, rules, 0)).toBeUndefined()
  })

  test('far ahead is sixty of the longest half-life, the last expiry, or a day', () => {
    const from = at('2026-03-02T00:00:00.000Z')
    const ahead = (...engagement: readonly EngagementRule[]) => {
      const { draft, rules } = draftWith(engagement)
      return farAhead(draft, rules, from) - from
    }
    expect(ahead(view)).toBe(days(1))
    expect(ahead({ ...view, expires: days(10) })).toBe(days(10))
    expect(ahead({ ...view, halfLife: days(2) }, { ...view, id: 'b', halfLife: days(1) })).toBe(days(120))
    expect(ahead({ ...view, halfLife: days(2) }, { ...view, id: 'b', expires: days(121) })).toBe(days(121))
    // A rule that awarded nothing has nothing to lose.
    expect(ahead(view, { ...view, id: 'b', on: 'demo.requested', halfLife: days(2) })).toBe(days(1))
  })

  test('by then nothing is left that could be seen', () => {
    const { draft, rules } = draftWith([
      { ...view, points: 1_000_000, halfLife: days(30) },
      { ...view, id: 'b', expires: days(50) },
    ])
    const end = farAhead(draft, rules, draft.now)
    expect(engagementAt(draft, rules, end, false)).toBeLessThan(1e-9)
  })

  test.each([
    ['points that fade', { ...view, halfLife: days(1) }, true],
    ['points that expire', { ...view, expires: days(1) }, true],
    ['negative points that fade', { ...view, points: -8, halfLife: days(1) }, false],
    ['negative points that expire', { ...view, points: -8, expires: days(1) }, false],
    ['negative points of which one counts', { ...view, points: -8, halfLife: days(1), max: true }, false],
  ])('%s can only become less: %s', (_, rule, expected) => {
    expect(onlyFades(draftWith([rule]).draft)).toBe(expected)
  })

  test('stage conditions of a new cycle leave out what was awarded before, under every way to count', () => {
    const rejected = fact('r', 'handoff.rejected', '03-03T00:00', { reason: 'not-now' })
    const recycle = (rule: EngagementRule) => {
      const rules = rulesOf({ engagement: [rule] })
      const draft = draftOf(
        [
          fact('v1', 'page.viewed', '03-01T00:00', { n: 70 }),
          fact('v2', 'page.viewed', '03-02T00:00', { n: 60 }),
          fact('c', 'consent.granted', '03-02T01:00', { purpose: 'newsletter' }),
          { ...fact('q', 'quote.requested', '03-02T02:00'), email: 'ada@example.com' },
          rejected,
          fact('v3', 'page.viewed', '03-04T00:00', { n: 30 }),
          fact('v4', 'page.viewed', '03-05T00:00', { n: 20 }),
        ],
        rules,
      )
      expect(draft?.cycle).toBe(2)
      if (!draft) throw new Error('no facts')
      return [false, true].map((since) => engagementAt(draft, rules, at('2026-03-05T00:00:00.000Z'), since))
    }
    const counted = { id: 'v', on: 'page.viewed', points: 'activity.n' }
    expect(recycle(counted)).toEqual([70 + 60 + 30 + 20, 30 + 20])
    expect(recycle({ ...counted, expires: days(4) })).toEqual([60 + 30 + 20, 30 + 20])
    expect(recycle({ ...counted, max: true })).toEqual([70, 30])
    expect(recycle({ ...counted, max: true, expires: days(4) })).toEqual([60, 30])
    expect(recycle({ ...counted, first: true })).toEqual([70, 0])
  })
})
