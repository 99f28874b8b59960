import { describe, expect, it } from 'vitest'
import { activityOfAnswer, answerHandoff } from '../../../domain/handoff/answer-handoff.ts'
import { chooseTeam } from '../../../domain/handoff/choose-team.ts'
import type { HandoffRules, Team } from '../../../domain/handoff/handoff-rules.ts'
import { handoffIdOf, leadIdOfHandoff, requestHandoff } from '../../../domain/handoff/request-handoff.ts'
import type { LeadId } from '../../../domain/lead/lead-id.ts'
import { parseLeadId } from '../../../domain/lead/lead-id.ts'

const now = '2026-11-23T09:00:00.000Z'
const leadId = parseLeadId('lead-0001') as LeadId

const team = (id: string): Team => ({
  id,
  timeZone: 'Europe/Berlin',
  hours: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' },
  holidays: [],
  strategy: 'round-robin',
  members: [
    { name: 'Anna', email: 'anna@sales.example.com' },
    { name: 'Ben', email: 'ben@sales.example.com' },
  ],
})

const rules: HandoffRules = {
  qualify: 'score >= 60',
  require: ['email'],
  teams: { dach: team('dach'), world: team('world') },
  route: [{ when: 'lead.country == "DE"', team: 'dach' }, { team: 'world' }],
  accept: { remind: 2 * 3_600_000, escalate: 4 * 3_600_000 },
  reject: { 'not-now': { type: 'recycle', stage: 'interest' } },
}

const request = (turn = 0) =>
  requestHandoff(
    {
      leadId,
      cycle: 2,
      score: 71.5,
      stage: 'intent',
      decisionId: `${leadId}:qualified:2`,
      correlationId: 'c',
    },
    team('dach'),
    turn,
    rules,
    now,
  )

describe('requesting a handoff', () => {
  it('takes the members in turn', () => {
    expect([0, 1, 2, 3].map((turn) => request(turn).owner.name)).toEqual(['Anna', 'Ben', 'Anna', 'Ben'])
  })

  it('is due when it would be escalated, in business hours', () => {
    expect(request().dueAt).toBe('2026-11-23T13:00:00.000Z')
  })

  it('tells nobody outside who the lead or the owner is', () => {
    expect(JSON.stringify(request().outbox)).not.toMatch(/@|Anna/)
  })

  it('has an id that names its lead', () => {
    expect(leadIdOfHandoff(handoffIdOf(leadId, 12))).toBe(leadId)
  })
})

describe('answering a handoff', () => {
  const accept = { type: 'accept', by: 'anna@sales.example.com' } as const
  const reject = { type: 'reject', by: 'anna@sales.example.com', reason: 'not-now' } as const
  const open = Object.freeze({ ...request(), outbox: Object.freeze([]) })

  it('accepts an open one', () => {
    const result = answerHandoff(open, accept, rules, now)
    expect(result).toMatchObject({
      type: 'answered',
      handoff: { answer: { state: 'accepted', at: now, by: accept.by } },
    })
  })

  it('rejects an open one for a reason of the list, and tells the log', () => {
    const result = answerHandoff(open, reject, rules, now)
    if (result.type !== 'answered') throw new Error(result.type)
    expect(result.handoff.outbox.map(activityOfAnswer)).toEqual([
      {
        id: `${open.handoffId}:rejected`,
        type: 'handoff.rejected',
        subject: { leadId },
        occurredAt: now,
        timeAssumed: false,
        properties: { handoffId: open.handoffId, reason: 'not-now' },
      },
    ])
  })

  it('refuses a reason that the team does not have', () => {
    expect(answerHandoff(open, { ...reject, reason: 'constructor' }, rules, now)).toEqual({
      type: 'unknown-reason',
      reasons: ['not-now'],
    })
  })

  it('lets the first answer stand', () => {
    const first = answerHandoff(open, accept, rules, now)
    if (first.type !== 'answered') throw new Error(first.type)
    expect(answerHandoff(first.handoff, reject, rules, now).type).toBe('no-longer-open')
    expect(answerHandoff(first.handoff, { ...accept, by: 'ben@sales.example.com' }, rules, now).type).toBe(
      'no-longer-open',
    )
    expect(answerHandoff(first.handoff, accept, rules, now).type).toBe('repeated')
  })
})

describe('routing', () => {
  it('takes the first route that matches, the last otherwise', () => {
    expect(chooseTeam(rules, () => true).id).toBe('dach')
    expect(chooseTeam(rules, () => false).id).toBe('world')
  })

  it('is a defect when nothing matches', () => {
    expect(() => chooseTeam({ ...rules, route: [{ when: 'false', team: 'dach' }] }, () => false)).toThrow(
      /no route/,
    )
  })
})
