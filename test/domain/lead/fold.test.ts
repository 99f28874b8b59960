import { describe, expect, test } from 'vitest'
import { extendLead, foldLead } from '../../../domain/lead/fold.ts'
import type { LeadState } from '../../../domain/lead/lead-state.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { fact, stored } from '../support/facts.ts'
import { makePlaybook, scoring } from '../support/make-playbook.ts'

const rules = compileRules(makePlaybook())
const given = (...facts: readonly Fact[]): LeadState => stored(foldLead(facts, rules))
const stagesOf = ({ stages }: LeadState) =>
  stages.map(({ stage, factId, cycle }) => `${cycle} ${stage} ${factId}`)

describe('attributes', () => {
  test('the latest occurredAt wins, whatever came in last', () => {
    const { attributes } = given(
      fact('b', 'profile.updated', '03-02T08:00', { fields: { company: 'New', role: 'buyer' } }),
      fact('a', 'form.submitted', '03-01T08:00', { form: 'plain', fields: { company: 'Old', phone: '1' } }),
    )
    expect(attributes).toEqual({
      company: { value: 'New', at: '2026-03-02T08:00:00.000Z', factId: 'b' },
      phone: { value: '1', at: '2026-03-01T08:00:00.000Z', factId: 'a', given: 'form' },
      role: { value: 'buyer', at: '2026-03-02T08:00:00.000Z', factId: 'b' },
    })
  })

  test('a name that would reach into objects is dropped', () => {
    const fields = JSON.parse('{"__proto__": {"x": 1}, "constructor": "c"}')
    const { attributes } = given(fact('a', 'profile.updated', '03-01T08:00', { fields }))
    expect(Object.keys(attributes)).toEqual(['constructor'])
    expect(Object.getPrototypeOf(attributes)).toBe(Object.prototype)
  })
})

describe('stages', () => {
  test('skips to the highest whose condition holds, and stays there', () => {
    const state = given(
      fact('a', 'page.viewed', '03-01T08:00'),
      fact('b', 'order.completed', '03-02T08:00'),
      fact('c', 'quote.requested', '03-03T08:00'),
    )
    expect(stagesOf(state)).toEqual([
      '1 awareness a',
      '1 interest b',
      '1 consideration b',
      '1 intent b',
      '1 evaluation b',
      '1 purchase b',
    ])
    expect(
      state.stages.filter(({ implied }) => implied).map(({ stage, from }) => `${from} > ${stage}`),
    ).toEqual([
      'awareness > interest',
      'interest > consideration',
      'consideration > intent',
      'intent > evaluation',
    ])
    expect(state.stage).toEqual({
      stage: 'purchase',
      from: 'awareness',
      at: '2026-03-02T08:00:00.000Z',
      factId: 'b',
      condition: 'did("order.completed")',
      cycle: 1,
    })
  })

  test('one fact can open the way to a stage that asks for the stage itself', () => {
    const state = given(
      fact('a', 'sales.engaged', '03-01T08:00'),
      fact('b', 'quote.requested', '03-02T08:00'),
    )
    expect(stagesOf(state)).toEqual([
      '1 awareness a',
      '1 interest b',
      '1 consideration b',
      '1 intent b',
      '1 evaluation b',
    ])
  })

  test('a window is judged at the moment of each fact: five views in 7 days, the first not exactly 7 days ago', () => {
    const views = (...moments: readonly string[]) =>
      given(...moments.map((at, index) => fact(`v${index}`, 'page.viewed', at)))
    const four = ['03-01T12:00', '03-02T12:00', '03-03T12:00', '03-04T12:00'] as const
    expect(views(...four, '03-08T12:00').stage.stage).toBe('awareness')
    expect(views(...four, '2026-03-08T11:59:59.999Z').stage.stage).toBe('intent')
  })
})

describe('what has been seen', () => {
  test('times are kept for the types and the windows that some condition asks about, and no longer', () => {
    const two = [fact('a', 'page.viewed', '03-01T08:00'), fact('b', 'page.viewed', '03-08T08:00')]
    expect(given(...two).seen['page.viewed']?.times).toEqual([Date.parse('2026-03-08T08:00:00.000Z')])
    const { seen } = given(
      ...two,
      fact('c', 'page.viewed', '03-09T08:00'),
      fact('d', 'demo.requested', '03-09T08:00'),
    )
    expect(seen['page.viewed']).toEqual({
      count: 3,
      first: '2026-03-01T08:00:00.000Z',
      last: '2026-03-09T08:00:00.000Z',
      times: [Date.parse('2026-03-08T08:00:00.000Z'), Date.parse('2026-03-09T08:00:00.000Z')],
    })
    expect(seen['demo.requested']?.times).toEqual([])
  })
})

describe('where', () => {
  test('sees the score before the points of the activity at hand, which then count', () => {
    const once = { id: 'first', on: 'page.viewed', where: 'score < 30', points: 30 }
    const shy = compileRules(makePlaybook({ scoring: { ...scoring, fit: [], engagement: [once] } }))
    const log = [fact('a', 'page.viewed', '03-01T08:00'), fact('b', 'page.viewed', '03-02T08:00')]
    const state = stored(foldLead(log, shy))
    expect(state.band).toMatchObject({ id: 'warm', factId: 'a', score: 30 })
    expect(state.engagement.first?.sum).toBe(30)
  })
})

describe('extending', () => {
  const before = given(fact('b', 'page.viewed', '03-02T08:00'))

  test('an empty log is no lead', () => {
    expect(foldLead([], rules)).toBeUndefined()
    expect(extendLead(undefined, [], rules)).toBeUndefined()
  })

  test('a known fact leaves the very same state', () => {
    expect(extendLead(before, [fact('b', 'page.viewed', '03-02T08:00')], rules)).toBe(before)
  })

  test('a fact that belongs earlier asks for the whole log, also within the same millisecond', () => {
    expect(extendLead(before, [fact('z', 'page.viewed', '03-01T08:00')], rules)).toBeUndefined()
    expect(extendLead(before, [fact('a', 'page.viewed', '03-02T08:00')], rules)).toBeUndefined()
    expect(
      extendLead(before, [fact('c', 'page.viewed', '03-02T08:00')], rules)?.seen['page.viewed']?.count,
    ).toBe(2)
  })

  test('a repeat from long ago asks for the whole log rather than count twice', () => {
    const log = Array.from({ length: 80 }, (_, index) =>
      fact(`f${index}`, 'page.viewed', new Date(Date.UTC(2026, 2, 1, index)).toISOString()),
    )
    const [first] = log
    expect(first && extendLead(given(...log), [first], rules)).toBeUndefined()
    expect(first && given(...log, first).seen['page.viewed']?.count).toBe(80)
  })
})

test('a state folded under other rules is not built upon', () => {
  const facts = [fact('f-1', 'page.viewed', '01-05T09:00', { path: '/' })]
  const before = stored(foldLead(facts, compileRules(makePlaybook({ rulesVersion: 'old' }))))
  const later = fact('f-2', 'page.viewed', '01-06T09:00', { path: '/' })
  expect(extendLead(before, [later], compileRules(makePlaybook()))).toBeUndefined()
})
