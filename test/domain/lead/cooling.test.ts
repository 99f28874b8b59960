import { describe, expect, test } from 'vitest'
import { decide } from '../../../domain/lead/decide.ts'
import { extendLead, foldLead } from '../../../domain/lead/fold.ts'
import { nextWake } from '../../../domain/lead/lead-view.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { fact, leadId, stored } from '../support/facts.ts'
import { days, makePlaybook, scoring } from '../support/make-playbook.ts'

const rules = compileRules(
  makePlaybook({
    scoring: {
      ...scoring,
      fit: [],
      engagement: [
        { id: 'demo', on: 'demo.requested', points: 40, halfLife: days(10) },
        { id: 'left', on: 'email.unsubscribed', points: -20, halfLife: days(10) },
        { id: 'forever', on: 'order.completed', points: 70 },
      ],
      bands: [
        { id: 'cold', floor: 0 },
        { id: 'warm', floor: 20 },
        { id: 'hot', floor: 60 },
      ],
    },
  }),
)

const demo = fact('a', 'demo.requested', '03-01T08:00')

describe('a lead that cools', () => {
  test('leaves its band in the first millisecond in which the points no longer reach its floor', () => {
    // 40 points are 20 after exactly one half-life; a floor that is reached is still reached.
    const state = stored(foldLead([demo], rules, '2026-03-11T08:00:00.000Z'))
    expect(state.band).toMatchObject({ id: 'warm', factId: 'a' })
    const later = stored(foldLead([demo], rules, '2026-03-11T08:00:00.001Z'))
    expect(later.band).toMatchObject({
      id: 'cold',
      from: 'warm',
      at: '2026-03-11T08:00:00.001Z',
      faded: true,
    })
  })

  test('says when to look again, and says nothing when nothing will change', () => {
    const state = stored(foldLead([demo], rules, '2026-03-02T00:00:00.000Z'))
    const grades = []
    let [look, at]: [typeof state, string | undefined] = [
      state,
      nextWake(state, rules, '2026-03-02T00:00:00.000Z'),
    ]
    while (at !== undefined) {
      look = stored(extendLead(look, [], rules, at))
      grades.push(`${at} ${look.band.id} ${look.band.grade}`)
      at = nextWake(look, rules, at)
    }
    // 40 points are grade 2 (half of the highest floor, 60, is 30), then 3 down to a quarter of it, 15, then 4.
    const fadedTo = (points: number) =>
      new Date(Date.parse(demo.occurredAt) + 10 * Math.log2(40 / points) * 86_400_000)
        .toISOString()
        .slice(0, 19)
    expect(grades).toEqual([
      expect.stringMatching(new RegExp(`^${fadedTo(30)}.*Z warm D3$`)),
      '2026-03-11T08:00:00.001Z cold D3',
      expect.stringMatching(new RegExp(`^${fadedTo(15)}.*Z cold D4$`)),
    ])
    const steady = stored(foldLead([fact('o', 'order.completed', '03-01T08:00')], rules))
    expect(nextWake(steady, rules, '2026-03-02T00:00:00.000Z')).toBeUndefined()
  })

  test('is told once, as of the moment, and again for the next time', () => {
    const before = stored(foldLead([demo], rules))
    const after = stored(extendLead(before, [], rules, '2026-03-12T00:00:00.000Z'))
    const told = decide({ leadId }, before, after)
    expect(told).toMatchObject([
      {
        id: 'lead-0001:band:cold:D3:faded:2026-03-11T08:00:00.001Z',
        type: 'LeadScored',
        occurredAt: '2026-03-11T08:00:00.001Z',
        causationId: 'a',
        data: { band: 'cold', previousBand: 'warm', because: 'faded' },
      },
    ])
    expect(extendLead(after, [], rules, '2026-03-12T00:00:00.000Z')).toBe(after)
    expect(decide({ leadId }, after, after)).toEqual([])
  })

  test('warms again by itself when negative points fade, judged day by day', () => {
    // 70 for good, and 20 off that fade: 60 is reached again when 20 have faded to 10, after one half-life.
    const log = [fact('o', 'order.completed', '03-01T08:00'), fact('u', 'email.unsubscribed', '03-01T09:00')]
    const state = stored(foldLead(log, rules, '2026-03-01T10:00:00.000Z'))
    expect(state.band).toMatchObject({ id: 'warm', factId: 'u' })
    expect(nextWake(state, rules, '2026-03-01T10:00:00.000Z')).toBe('2026-03-11T09:00:00.000Z')
    expect(stored(foldLead(log, rules, '2026-03-11T09:00:00.000Z')).band).toMatchObject({
      id: 'hot',
      from: 'warm',
      faded: true,
    })
  })

  test('a fact from before the fading is taken in its place', () => {
    const cooled = stored(foldLead([demo], rules, '2026-03-12T00:00:00.000Z'))
    const late = fact('b', 'demo.requested', '03-05T08:00')
    expect(extendLead(cooled, [late], rules, '2026-03-12T00:00:00.000Z')).toBeUndefined()
    expect(foldLead([demo, late], rules, '2026-03-12T00:00:00.000Z')?.band).toMatchObject({ id: 'warm' })
  })
})
