import { describe, expect, test } from 'vitest'
import type { Fact } from '../../../domain/activity/activity.ts'
import { extendLead, foldLead } from '../../../domain/lead/fold.ts'
import type { LeadState } from '../../../domain/lead/lead-state.ts'
import { compileRules } from '../../../domain/playbook/rules.ts'
import { fact, stored } from '../support/facts.ts'
import { makePlaybook } from '../support/make-playbook.ts'

const rules = compileRules(makePlaybook())
const given = (...facts: readonly Fact[]): LeadState => stored(foldLead(facts, rules))
const stagesOf = ({ stages }: LeadState) =>
  stages.map(({ stage, factId, cycle }) => `${cycle} ${stage} ${factId}`)

const granted = (id: string, at: string) => fact(id, 'consent.granted', at, { purpose: 'newsletter' })
const known = (id: string, at: string) => ({ ...fact(id, 'page.viewed', at), email: 'ada@example.com' })
const qualifying = [
  known('a', '03-01T08:00'),
  granted('b', '03-01T09:00'),
  fact('c', 'demo.requested', '03-01T10:00'),
  fact('d', 'quote.requested', '03-01T11:00'),
] as const

describe('attributes', () => {
  test('the latest occurredAt wins, whatever came in last', () => {
    const { attributes } = given(
      fact('b', 'profile.updated', '03-02T08:00', { fields: { company: 'New', role: 'buyer' } }),
      fact('a', 'form.submitted', '03-01T08:00', { form: 'plain', fields: { company: 'Old', phone: '1' } }),
    )
    expect(attributes).toEqual({
      company: { value: 'New', at: '2026-03-02T08:00:00.000Z', factId: 'b' },
      phone: { value: '1', at: '2026-03-01T08:00:00.000Z', factId: 'a' },
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
    expect(stagesOf(state)).toEqual(['1 awareness a', '1 purchase b'])
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
    expect(stagesOf(state)).toEqual(['1 awareness a', '1 intent b', '1 evaluation b'])
  })

  test('a window is judged at the moment of each fact: five views in 7 days, the first not exactly 7 days ago', () => {
    const views = (...moments: readonly string[]) =>
      given(...moments.map((at, index) => fact(`v${index}`, 'page.viewed', at)))
    const four = ['03-01T12:00', '03-02T12:00', '03-03T12:00', '03-04T12:00'] as const
    expect(views(...four, '03-08T12:00').stage.stage).toBe('awareness')
    expect(views(...four, '2026-03-08T11:59:59.999Z').stage.stage).toBe('intent')
  })
})

describe('qualification', () => {
  test('comes with the fact that completes the condition, once', () => {
    const state = given(...qualifying, fact('e', 'quote.requested', '03-02T11:00'))
    expect(state.qualifications).toEqual([
      { cycle: 1, at: '2026-03-01T11:00:00.000Z', factId: 'd', score: expect.closeTo(69.97, 1) },
    ])
  })

  test('waits for a known address', () => {
    const [, ...anonymous] = qualifying
    expect(given(...anonymous).qualifications).toEqual([])
    const { qualifications } = given(...anonymous, known('z', '03-01T12:00'))
    expect(qualifications.map(({ factId }) => factId)).toEqual(['z'])
  })

  test('waits for consent', () => {
    const [a, , c, d] = qualifying
    expect(given(a, c, d).qualifications).toEqual([])
  })
})

describe('a handoff that sales rejects', () => {
  const rejected = (reason: string, at = '03-02T08:00', handoffId = 'lead-0001.1') =>
    fact('r', 'handoff.rejected', at, { reason, handoffId })

  test('begins a new cycle at the stage that the reason names, and pauses', () => {
    const state = given(...qualifying, rejected('not-now'))
    expect(stagesOf(state)).toEqual(['1 awareness a', '1 consideration c', '1 intent d', '2 interest r'])
    expect(state.cycle).toBe(2)
    expect(state.paused).toEqual({ until: '2026-04-01T08:00:00.000Z', factId: 'r' })
    expect(state.recycles).toEqual([
      { cycle: 2, at: '2026-03-02T08:00:00.000Z', factId: 'r', reason: 'not-now' },
    ])
  })

  test('what was done before the recycle does not carry the lead up again; what is done anew does', () => {
    const quiet = given(
      ...qualifying,
      rejected('not-now'),
      fact('s', 'email.sent', '03-02T09:00', { email: 'x' }),
    )
    expect(quiet.stage.stage).toBe('interest')
    const active = given(...qualifying, rejected('not-now'), fact('s', 'demo.requested', '03-03T09:00'))
    expect(active.stage).toMatchObject({ stage: 'consideration', cycle: 2, factId: 's' })
  })

  test('does not qualify again before the pause is over, then may', () => {
    const again = (at: string) =>
      given(
        ...qualifying,
        rejected('not-now'),
        fact('q', 'quote.requested', '03-31T08:00'),
        fact('z', 'quote.requested', at),
      )
    expect(again('2026-04-01T07:59:59.999Z').qualifications).toHaveLength(1)
    expect(again('04-01T08:00').qualifications).toMatchObject([{ cycle: 1 }, { cycle: 2, factId: 'z' }])
  })

  test('closes for good', () => {
    const state = given(
      ...qualifying,
      rejected('wrong-fit'),
      fact('q', 'quote.requested', '2031-03-31T08:00:00.000Z'),
    )
    expect(state.cycle).toBe(1)
    expect(state.paused).toEqual({ factId: 'r' })
    expect(state.qualifications).toHaveLength(1)
  })

  test('changes nothing when it answers another cycle, gives an unknown reason, or nobody asked', () => {
    const before = given(...qualifying)
    for (const answer of [rejected('not-now', '03-02T08:00', 'lead-0001.2'), rejected('no-reason-at-all')]) {
      const { cycle, stages, paused } = given(...qualifying, answer)
      expect({ cycle, stages, paused }).toEqual({ cycle: 1, stages: before.stages, paused: undefined })
    }
    expect(given(known('a', '03-01T08:00'), rejected('not-now')).cycle).toBe(1)
  })
})

describe('consent', () => {
  const submitted = (id: string, at: string) =>
    fact(id, 'form.submitted', at, { form: 'newsletter', fields: {}, language: 'en' })

  test('a double opt-in is pending and due for confirmation, then granted', () => {
    const pending = given(submitted('a', '03-01T08:00'))
    expect(pending.consent).toEqual({
      newsletter: { status: 'pending', at: '2026-03-01T08:00:00.000Z', factId: 'a' },
    })
    expect(pending.confirmations).toEqual([
      {
        factId: 'a',
        form: 'newsletter',
        purpose: 'newsletter',
        language: 'en',
        at: '2026-03-01T08:00:00.000Z',
      },
    ])
    const { consent } = given(submitted('a', '03-01T08:00'), granted('b', '03-01T09:00'))
    expect(consent.newsletter).toEqual({ status: 'granted', at: '2026-03-01T09:00:00.000Z', factId: 'b' })
  })

  test('sending the form again neither lowers a granted consent nor asks for it again', () => {
    const state = given(
      submitted('a', '03-01T08:00'),
      granted('b', '03-01T09:00'),
      submitted('c', '03-01T10:00'),
      granted('d', '03-01T11:00'),
    )
    expect(state.consent.newsletter?.factId).toBe('b')
    expect(state.confirmations).toHaveLength(1)
  })

  test('asks at most three times in any 24 hours', () => {
    const moments = ['03-01T08:00', '03-01T09:00', '03-01T10:00', '03-02T07:59', '03-02T08:00', '03-02T08:30']
    const state = given(...moments.map((at, index) => submitted(`f${index}`, at)))
    expect(state.confirmations.map(({ factId }) => factId)).toEqual(['f0', 'f1', 'f2', 'f4'])
  })

  test('forgets confirmations of more than 30 days ago', () => {
    const state = given(submitted('a', '03-01T08:00'), submitted('b', '03-31T08:00'))
    expect(state.confirmations.map(({ factId }) => factId)).toEqual(['b'])
  })

  test('a withdrawal names a purpose or means all of them; a later grant counts again', () => {
    const advice = fact('a', 'consent.granted', '03-01T08:00', { purpose: 'advice' })
    const both = [advice, granted('b', '03-01T09:00')]
    const statuses = (...facts: readonly Fact[]) =>
      Object.fromEntries(
        Object.entries(given(...facts).consent).map(([purpose, { status }]) => [purpose, status]),
      )
    const one = fact('w', 'consent.withdrawn', '03-02T08:00', { purpose: 'advice' })
    const all = fact('w', 'email.unsubscribed', '03-02T08:00')
    expect(statuses(...both, one)).toEqual({ advice: 'withdrawn', newsletter: 'granted' })
    expect(statuses(...both, all)).toEqual({ advice: 'withdrawn', newsletter: 'withdrawn' })
    expect(statuses(...both, all, granted('z', '03-03T08:00'))).toEqual({
      advice: 'withdrawn',
      newsletter: 'granted',
    })
  })
})

describe('what became of emails', () => {
  test('a hard bounce and a complaint suppress, a soft bounce does not; the first reason stays', () => {
    const bounce = (bounceType: string) => fact('b', 'email.bounced', '03-01T08:00', { bounceType })
    const complaint = fact('c', 'email.complained', '03-02T08:00')
    expect(given(bounce('Transient')).suppression).toBeUndefined()
    expect(given(complaint).suppression?.reason).toBe('complained')
    expect(given(bounce('Permanent'), complaint).suppression).toEqual({
      reason: 'bounced',
      at: '2026-03-01T08:00:00.000Z',
      factId: 'b',
    })
  })

  test('opens and clicks are kept by email', () => {
    const { emails } = given(
      fact('o', 'email.opened', '03-01T08:00', { email: 'welcome' }),
      fact('c', 'email.clicked', '03-02T08:00', { email: 'welcome' }),
    )
    expect(emails).toEqual({
      opened: { welcome: '2026-03-01T08:00:00.000Z' },
      clicked: { welcome: '2026-03-02T08:00:00.000Z' },
    })
  })
})

describe('what has been seen', () => {
  test('times are kept for the types and the windows that some condition asks about, and no longer', () => {
    const { seen } = given(
      fact('a', 'page.viewed', '03-01T08:00'),
      fact('b', 'page.viewed', '03-08T08:00'),
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
