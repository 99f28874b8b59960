import { describe, expect, test } from 'vitest'
import type { ScoringRules } from '../../../domain/model/scoring-rules.ts'
import { fact } from '../support/facts.ts'
import { days } from '../support/make-playbook.ts'
import { look, rulesOf, views } from './hand.ts'

const now = '2026-03-03T00:00:00.000Z'
const reasonsOf = (scoring: Partial<ScoringRules>) =>
  look(views('03-01T08:00', '03-02T08:00'), rulesOf(scoring), now).explanation.notCounted.map(
    ({ rule, activityId, reason }) => `${rule} ${activityId}: ${reason}`,
  )

const view = { id: 'view', on: 'page.viewed', points: 5 }

describe('an activity that matches and gives nothing says why', () => {
  test('because a cap of its own, of its group or of all is reached', () => {
    const told = ['view v1: a cap is reached']
    const cap = { points: 5, per: days(7) }
    expect(reasonsOf({ engagement: [{ ...view, cap }] })).toEqual(told)
    expect(reasonsOf({ engagement: [{ ...view, group: 'site' }], groups: { site: { cap } } })).toEqual(told)
    expect(reasonsOf({ engagement: [view], cap })).toEqual(told)
  })

  test('because only the first counts, of those that match', () => {
    expect(reasonsOf({ engagement: [{ ...view, first: true }] })).toEqual(['view v1: only the first counts'])
    const other = { ...view, first: true, where: 'count("page.viewed") == 1' }
    expect(reasonsOf({ engagement: [other] })).toEqual([])
  })

  test('because another rule of its group gives more', () => {
    const more = { ...view, id: 'more', points: 8 }
    const engagement = [view, more].map((rule) => ({ ...rule, group: 'site' }))
    expect(reasonsOf({ engagement, groups: { site: { max: true } } })).toEqual([
      'view v0: another rule of its group gives more',
      'view v1: another rule of its group gives more',
    ])
  })

  test('and one that is worth nothing by itself needs no reason', () => {
    expect(reasonsOf({ engagement: [{ ...view, points: 0 }] })).toEqual([])
  })
})

describe('points for what is not known', () => {
  const fit = [{ id: 'dach', when: 'lead.country == "DE"', points: 10, unknown: -5 }]

  test('stand at the beginning of the lead, whatever came since', () => {
    const { explanation } = look(views('03-01T08:00', '03-02T08:00'), rulesOf({ fit }), now)
    expect(explanation.rules).toMatchObject([
      { rule: 'dach', points: -5, activityId: 'v0', at: '2026-03-01T08:00:00.000Z' },
      { rule: 'floor', points: 5, activityId: 'v0' },
    ])
  })

  test('and a sum below zero is lifted where the last of it came from', () => {
    const left = { id: 'left', on: 'email.unsubscribed', points: -20 }
    const facts = [...views('03-01T08:00'), fact('u', 'email.unsubscribed', '03-02T08:00')]
    const { explanation } = look(facts, rulesOf({ fit, engagement: [left] }), now)
    expect(explanation.rules.at(-1)).toMatchObject({ rule: 'floor', points: 25, activityId: 'u' })
  })
})
