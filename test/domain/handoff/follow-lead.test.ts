import { describe, expect, it } from 'vitest'
import { activityOfAnswer } from '../../../domain/handoff/answer-handoff.ts'
import { followLead } from '../../../domain/handoff/follow-lead.ts'
import type { Handoff, HandoffAnswer } from '../../../domain/handoff/handoff.ts'
import { requestHandoff } from '../../../domain/handoff/request-handoff.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { deepFreeze } from '../support/deep-freeze.ts'
import { fact, leadId, leadIdOf, stored } from '../support/facts.ts'
import { makePlaybook } from '../support/make-playbook.ts'
import { team } from './teams.ts'

const rules = compileRules(makePlaybook())
const handoffId = `${leadId}.1`
const qualifying: readonly Fact[] = [
  { ...fact('a', 'page.viewed', '03-01T08:00'), email: 'ada@example.com' },
  fact('b', 'consent.granted', '03-01T09:00', { purpose: 'newsletter' }),
  fact('c', 'demo.requested', '03-01T10:00'),
  fact('d', 'quote.requested', '03-01T11:00'),
]
const requestedAt = '2026-03-01T11:00:05.000Z'
const at = (time: string) => `2026-${time}:00.000Z`

const dach = team()
const requested: Handoff = {
  ...requestHandoff({
    qualified: { leadId, cycle: 1, score: 70, stage: 'intent', decisionId: 'q', correlationId: 'c' },
    choice: { team: dach, member: dach.members[0], because: 'routed' },
    rules: { accept: { escalate: 4 * 3_600_000 } },
    now: requestedAt,
  }),
  outbox: [],
}
const followed = (facts: readonly Fact[], parts: Partial<Handoff> = {}, root = leadId): Handoff => {
  const state = stored(foldLead([...qualifying, ...facts], rules))
  const next = followLead(deepFreeze({ ...requested, ...parts }), { leadId: root, state })
  expect(followLead(next, { leadId: root, state })).toBe(next)
  return next
}
const acceptedAt = (time: string): HandoffAnswer => ({ state: 'accepted', at: at(time), by: 'anna' })
const byActivity = { by: 'activity' } as const
const accepted = fact('x', 'handoff.accepted', '03-02T09:00', { handoffId })
const unnamed = fact('x', 'handoff.accepted', '03-02T09:00')
const rejected = fact('r', 'handoff.rejected', '03-02T09:00', { reason: 'not-now' })
const closing = fact('r', 'handoff.rejected', '03-02T09:00', { reason: 'wrong-fit' })
const won = fact('w', 'deal.won', '03-03T09:00', { amount: 5, currency: 'EUR' })
const proposal = fact('p', 'proposal.sent', '03-02T09:00', { dealId: 'crm-7' })

describe('a handoff that nobody has answered, and its lead', () => {
  it.each<[string, readonly Fact[], HandoffAnswer]>([
    ['nothing has come', [], { state: 'requested' }],
    ['it was accepted', [accepted], { state: 'accepted', at: at('03-02T09:00'), ...byActivity }],
    ['without a word of which', [unnamed], { state: 'accepted', at: at('03-02T09:00'), ...byActivity }],
    [
      'it was rejected',
      [rejected],
      { state: 'rejected', at: at('03-02T09:00'), ...byActivity, reason: 'not-now' },
    ],
    ['for good', [closing], { state: 'rejected', at: at('03-02T09:00'), ...byActivity, reason: 'wrong-fit' }],
    [
      'for a reason that there is not',
      [{ ...rejected, properties: { reason: 'x' } }],
      { state: 'requested' },
    ],
    ['it was won', [won], { state: 'won', at: at('03-03T09:00') }],
    ['sales has begun, and not said that they take it', [proposal], { state: 'requested' }],
    ['it was won after work', [proposal, won], { state: 'won', at: at('03-03T09:00') }],
    ['it was lost', [fact('l', 'deal.lost', '03-03T09:00')], { state: 'lost', at: at('03-03T09:00') }],
    [
      'it was accepted and won',
      [unnamed, won],
      { state: 'won', at: at('03-03T09:00'), accepted: { at: at('03-02T09:00'), ...byActivity } },
    ],
    [
      'the first answer stands',
      [closing, { ...accepted, id: 'y', occurredAt: at('03-02T10:00') }],
      {
        ...{ state: 'rejected', at: at('03-02T09:00'), ...byActivity, reason: 'wrong-fit' },
      },
    ],
    ['older business was won', [fact('o', 'deal.opened', '03-01T07:00'), won], { state: 'requested' }],
    [
      'of what was said before the request came to be',
      [fact('x', 'handoff.accepted', '03-01T11:00', { handoffId })],
      { state: 'accepted', at: requestedAt, ...byActivity },
    ],
  ])('%s', (_name, facts, answer) => {
    expect(followed(facts).answer).toEqual(answer)
  })

  it.each([
    ['HandoffAccepted', accepted, { handoffId, because: { activityId: 'x' } }],
    ['HandoffRejected', rejected, { handoffId, reason: 'not-now', because: { activityId: 'r' } }],
  ] as const)('tells %s under its usual id, and no second activity', (type, answer, data) => {
    const next = followed([answer])
    expect(next.outbox).toMatchObject([{ id: `${handoffId}:${next.answer.state}`, type, data }])
    expect(next.outbox.map((one) => activityOfAnswer(one, next))).toEqual([undefined])
  })

  it('remembers that its answer came late', () => {
    expect(followed([{ ...closing, occurredAt: at('03-09T09:00') }]).overdueSince).toBe(requested.dueAt)
  })

  it('is not about what became of another cycle', () => {
    const again = { handoffId: `${leadId}.2` }
    expect(followed([rejected], again).answer).toEqual({ state: 'requested' })
    const second = fact('z', 'quote.requested', '04-20T11:00')
    expect(followed([rejected, second, { ...won, occurredAt: at('04-21T09:00') }]).answer.state).toBe(
      'rejected',
    )
    expect(followed([rejected, second, { ...won, occurredAt: at('04-21T09:00') }], again).answer.state).toBe(
      'won',
    )
  })

  it('of a lead that was merged goes by what became of the person since', () => {
    const person = leadIdOf('lead-0002')
    expect(followed([], {}, person).answer.state).toBe('requested')
    expect(followed([closing], {}, person).answer.state).toBe('rejected')
    expect(followed([rejected], {}, person).answer.state).toBe('rejected')
    expect(followed([closing], { requestedAt: at('03-02T10:00') }, person).answer.state).toBe('requested')
  })
})

describe('business of before the handoff, which is no deal of its own', () => {
  const recycling = compileRules(
    makePlaybook({
      handoff: {
        ...makePlaybook().handoff,
        lost: { default: { type: 'recycle', stage: 'interest', pause: 30 * 86_400_000 } },
      },
    }),
  )
  const opened = fact('o', 'deal.opened', '03-01T07:00', { dealId: 'crm-7' })
  const lost = fact('l', 'deal.lost', '03-03T09:00', { dealId: 'crm-7' })
  const lostAt = { state: 'lost', at: at('03-03T09:00') } as const

  it.each([
    ['that nobody has answered', { state: 'requested' }],
    ['that is lost already', lostAt],
    ['that was accepted, won and taken back', { state: 'won', at: at('03-02T09:00') }],
  ] as const)('loses with the lead one %s, once', (_, answer) => {
    const state = stored(foldLead([...qualifying, opened, lost], recycling))
    const next = followLead(deepFreeze({ ...requested, answer }), { leadId, state })
    expect(next.answer).toEqual(lostAt)
    expect(followLead(next, { leadId, state })).toBe(next)
  })

  it('leaves it waiting where the loss is taken back', () => {
    const takenBack = fact('v', 'activity.voided', '03-04T09:00', { activityId: 'l' })
    const state = stored(foldLead([...qualifying, opened, lost, takenBack], recycling))
    expect(followLead(deepFreeze({ ...requested, answer: lostAt }), { leadId, state }).answer).toEqual({
      state: 'requested',
    })
  })
})

describe('an answered handoff, and its lead', () => {
  it('stays accepted while its acceptance is on its way to the log, and when it is given back later', () => {
    for (const facts of [[], [{ ...closing, occurredAt: at('03-02T11:00') }]])
      expect(followed(facts, { answer: acceptedAt('03-02T10:00') }).answer.state).toBe('accepted')
  })

  it('was accepted in vain where it had been given back before', () => {
    const late = { ...accepted, occurredAt: at('03-02T10:00') }
    const answer = acceptedAt('03-02T10:00')
    expect(followed([closing, late], { answer }).answer).toMatchObject({
      state: 'rejected',
      reason: 'wrong-fit',
    })
    expect(followed([rejected, late], { answer }).answer).toMatchObject({
      state: 'rejected',
      reason: 'not-now',
    })
  })

  it('stays rejected or withdrawn, whatever comes', () => {
    const gone = { state: 'expired', at: requestedAt, reason: 'withdrawn' } as const
    expect(followed([accepted, won], { answer: gone }).answer).toEqual(gone)
  })
})
