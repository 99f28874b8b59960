import { describe, expect, test } from 'vitest'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { LeadState } from '../../../domain/lead/lead-state.ts'
import { type Fact, parseLeadId } from '../../../domain/model/activity.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { fact, leadId, stored } from '../support/facts.ts'
import { makePlaybook } from '../support/make-playbook.ts'

const other = parseLeadId('lead-0002') ?? leadId
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
    expect(stagesOf(state)).toEqual([
      '1 awareness a',
      '1 interest c',
      '1 consideration c',
      '1 intent d',
      '2 interest r',
    ])
    expect(state.cycle).toBe(2)
    const [at, until] = ['2026-03-02T08:00:00.000Z', '2026-04-01T08:00:00.000Z']
    expect(state.paused).toEqual({ until, at, factId: 'r', reason: 'not-now' })
    expect(state.recycles).toEqual([{ cycle: 2, at, factId: 'r', reason: 'not-now', pausedUntil: until }])
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
    const again = (at: string) => given(...qualifying, rejected('not-now'), fact('z', 'quote.requested', at))
    expect(again('2026-04-01T07:59:59.999Z').qualifications).toHaveLength(1)
    expect(again('04-01T08:00').qualifications).toMatchObject([{ cycle: 1 }, { cycle: 2, factId: 'z' }])
  })

  test('counts begin anew for stages, and go on for everything else', () => {
    const stages = makePlaybook().funnel.stages.map((stage) =>
      stage.id === 'evaluation' ? { ...stage, enter: 'count("page.viewed") >= 2' } : stage,
    )
    const counting = compileRules(makePlaybook({ funnel: { stages } }))
    const recycledThen = (...facts: readonly Fact[]) =>
      stored(
        foldLead(
          [...qualifying, fact('e', 'page.viewed', '03-01T12:00'), rejected('not-now'), ...facts],
          counting,
        ),
      )
    expect(recycledThen(fact('x', 'page.viewed', '03-03T08:00')).stage.stage).toBe('interest')
    const twice = recycledThen(
      fact('x', 'page.viewed', '03-03T08:00'),
      fact('y', 'page.viewed', '03-04T08:00'),
    )
    expect(twice.stage).toMatchObject({ stage: 'evaluation', factId: 'y' })
    expect(twice.seen['page.viewed']?.count).toBe(4)
  })

  test('without a pause the lead may qualify again, but not by the rejection itself', () => {
    const eager = compileRules(
      makePlaybook({ handoff: { ...makePlaybook().handoff, qualify: 'score >= 60' } }),
    )
    const log = [...qualifying, rejected('wrong-contact')]
    expect(foldLead(log, eager)?.qualifications).toHaveLength(1)
    const next = fact('x', 'page.viewed', '03-02T09:00')
    expect(foldLead([...log, next], eager)?.qualifications).toMatchObject([
      { cycle: 1 },
      { cycle: 2, factId: 'x' },
    ])
  })

  test('closes for good', () => {
    const state = given(
      ...qualifying,
      rejected('wrong-fit'),
      fact('q', 'quote.requested', '2031-03-31T08:00:00.000Z'),
    )
    expect(state.cycle).toBe(1)
    expect(state.paused).toEqual({ factId: 'r', at: '2026-03-02T08:00:00.000Z', reason: 'wrong-fit' })
    expect(state.qualifications).toHaveLength(1)
  })

  test('stays closed whatever else sales answers', () => {
    const again = { ...rejected('not-now', '03-03T08:00'), id: 's' }
    expect(given(...qualifying, rejected('wrong-fit'), again)).toMatchObject({
      cycle: 1,
      paused: { factId: 'r' },
    })
  })

  test('of the handoff that a merged lead brought along counts, whatever cycle that lead was in', () => {
    const answer = { ...rejected('not-now', '03-02T08:00', 'lead-0002.3'), member: other }
    expect(given(...qualifying, answer).cycle).toBe(2)
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

describe('a handoff that is accepted too late', () => {
  const accept = (handoffId?: string) =>
    fact('x', 'handoff.accepted', '03-03T08:00', handoffId === undefined ? {} : { handoffId })
  const rejected = (reason: string) => fact('r', 'handoff.rejected', '03-02T08:00', { reason })

  test.each(['not-now', 'wrong-fit'])('stays with marketing after a rejection (%s)', (reason) => {
    const before = given(...qualifying, rejected(reason))
    for (const handoffId of ['lead-0001.1', undefined]) {
      const { deals, paused, stage, cycle } = given(...qualifying, rejected(reason), accept(handoffId))
      expect({ deals, paused, stage, cycle }).toEqual({
        ...{ deals: undefined, paused: before.paused, stage: before.stage, cycle: before.cycle },
      })
    }
  })

  test('is a deal where it is the handoff of the present cycle, or of a merged lead', () => {
    const again = fact('z', 'quote.requested', '04-20T11:00')
    const later = { ...accept('lead-0001.2'), occurredAt: '2026-04-21T08:00:00.000Z' }
    expect(given(...qualifying, rejected('not-now'), again, later).deals).toMatchObject([
      { handoffId: 'lead-0001.2' },
    ])
    const theirs = { ...accept('lead-0002.1'), member: other }
    expect(given(...qualifying, rejected('wrong-fit'), theirs).deals).toMatchObject([
      { handoffId: 'lead-0002.1' },
    ])
  })

  test('is the deal that was won before', () => {
    const won = fact('w', 'deal.won', '03-02T08:00', { amount: 5, currency: 'EUR' })
    expect(given(...qualifying, won, accept('lead-0001.1')).deals).toMatchObject([
      { dealId: 'w', handoffId: 'lead-0001.1', status: 'won' },
    ])
  })
})
