import { describe, expect, it } from 'vitest'
import { activityOfAnswer, answerHandoff } from '../../../domain/handoff/answer-handoff.ts'
import { renderAnsweredPage } from '../../../domain/handoff/answer-page.ts'
import { followDeals } from '../../../domain/handoff/follow-lead.ts'
import { handoffAt, notifySendId } from '../../../domain/handoff/handoff.ts'
import {
  assignOwner,
  type Choice,
  reopenHandoff,
  requestHandoff,
  withdrawHandoff,
} from '../../../domain/handoff/request-handoff.ts'
import { chooseTeam } from '../../../domain/handoff/routing.ts'
import { handoffIdOf, type LeadId, leadIdOfHandoff, parseLeadId } from '../../../domain/model/activity.ts'
import type { HandoffRules, Team } from '../../../domain/model/handoff-rules.ts'

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

const qualified = {
  leadId,
  cycle: 2,
  score: 71.5,
  stage: 'intent',
  decisionId: `${leadId}:qualified:2`,
  correlationId: 'c',
} as const

const choose = (place: 0 | 1 = 0): Choice => {
  const dach = team('dach')
  return { team: dach, member: dach.members[place] ?? dach.members[0], because: 'routed' }
}
const request = (place: 0 | 1 = 0) => requestHandoff({ qualified, choice: choose(place), rules, now })

describe('requesting a handoff', () => {
  it('says who has it, why, and under which place others know them', () => {
    const { owner, assignments, outbox } = request(1)
    expect(owner).toEqual({ name: 'Ben', email: 'ben@sales.example.com' })
    expect(assignments).toEqual([{ team: 'dach', owner, at: now, because: 'routed' }])
    expect(outbox.find(({ type }) => type === 'HandoffAssigned')?.data).toEqual({
      handoffId: `${leadId}.2`,
      team: 'dach',
      member: 1,
      because: 'routed',
      assignment: 1,
    })
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
    expect(result.handoff.outbox.map((decision) => activityOfAnswer(decision, result.handoff))).toEqual([
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

describe('a handoff that was withdrawn', () => {
  const later = '2026-11-24T09:00:00.000Z'
  const withdrawn = Object.freeze(withdrawHandoff({ ...request(1), outbox: [], version: 3 }, later))

  it('is no longer open, and says why', () => {
    expect(withdrawn.answer).toEqual({ state: 'expired', at: later, reason: 'withdrawn' })
    expect(answerHandoff(withdrawn, { type: 'accept', by: 'ben' }, rules, later).type).toBe('no-longer-open')
    const page = renderAnsweredPage(
      { language: 'en', company: { name: 'B', address: 'A', imprint: 'https://b.example' } },
      withdrawn,
      { reasons: rules.reject, timeZone: 'Europe/Berlin' },
    )
    expect(page).toContain('No longer open: the activity that triggered this handoff has been withdrawn.')
  })

  it('is opened again by the same owner, due anew, and tells it under other ids', () => {
    const again = { ...qualified, score: 80 }
    const opened = reopenHandoff(withdrawn, { qualified: again, choice: choose(1), rules, now: later })
    expect(opened).toMatchObject({
      answer: { state: 'requested' },
      owner: { name: 'Ben' },
      score: 80,
      requestedAt: later,
      dueAt: '2026-11-24T13:00:00.000Z',
      version: 3,
      round: 2,
    })
    const before = new Set(request().outbox.map(({ id }) => id))
    expect(opened.outbox.map(({ type }) => type)).toEqual([
      'HandoffRequested',
      'HandoffAssigned',
      'EmailRequested',
    ])
    expect(opened.outbox.filter(({ id }) => before.has(id))).toEqual([])
    expect(opened.outbox[2]).toMatchObject({ data: { sendId: notifySendId(opened) } })
    expect(notifySendId(opened)).not.toBe(notifySendId(withdrawn))
    const third = reopenHandoff(withdrawHandoff(opened, later), {
      qualified: again,
      choice: choose(1),
      rules,
      now: later,
    })
    expect(third.round).toBe(3)
  })
})

describe('a handoff as of a moment', () => {
  const accepted = { state: 'accepted', at: '2026-11-23T10:00:00.000Z', by: 'anna' } as const
  const answered = { ...request(), answer: accepted }

  it.each([
    ['before it was asked for', '2026-11-23T08:59:59.999Z', undefined],
    ['when it is asked for', now, 'requested'],
    ['before it was answered', '2026-11-23T09:59:59.999Z', 'requested'],
    ['when it is answered', accepted.at, 'accepted'],
  ])('%s', (_name, at, state) => {
    expect(handoffAt(answered, at)?.answer.state).toBe(state)
  })

  it('was accepted before it was won, and with its earlier owner before it was given to another', () => {
    const closedAt = '2026-11-25T10:00:00.000Z'
    const { handoffId } = answered
    const deal = { dealId: handoffId, handoffId, status: 'won', phases: [], openedAt: now, closedAt } as const
    const won = followDeals(answered, [deal])
    expect(handoffAt(won, '2026-11-24T10:00:00.000Z')?.answer).toEqual(accepted)
    expect(handoffAt(won, '2026-11-25T10:00:00.000Z')?.answer.state).toBe('won')
    const later = '2026-11-23T09:30:00.000Z'
    const moved = assignOwner(request(), { ...choose(1), because: 'by-hand' }, rules, later)
    expect(handoffAt(moved, now)).toMatchObject({ owner: { name: 'Anna' }, assignments: [{ at: now }] })
    expect(handoffAt(moved, later)).toMatchObject({ owner: { name: 'Ben' } })
  })

  it('has the deadlines of whoever had it, those that had passed by then, and was overdue or not', () => {
    const first = request()
    const escalated = '2026-11-23T14:00:00.000Z'
    const moved = assignOwner(first, { ...choose(1), because: 'deadline' }, rules, escalated)
    const took = { ...moved, answer: { ...accepted, at: '2026-11-24T10:00:00.000Z' } }
    const passedOn = assignOwner(
      took,
      { ...choose(0), because: 'by-hand' },
      rules,
      '2026-11-25T10:00:00.000Z',
    )
    const shown = (at: string) => {
      const { owner, dueAt, deadlines, passed, overdueSince } = handoffAt(passedOn, at) ?? {}
      return [owner?.name, dueAt, deadlines, passed, overdueSince]
    }
    const { dueAt, deadlines } = first
    expect(shown(now)).toEqual(['Anna', dueAt, deadlines, [], undefined])
    expect(shown('2026-11-23T11:00:00.000Z')).toEqual(['Anna', dueAt, deadlines, ['remind'], undefined])
    expect(shown(dueAt)).toEqual(['Anna', dueAt, deadlines, ['remind', 'escalate'], dueAt])
    const second = [moved.dueAt, moved.deadlines] as const
    expect(shown(escalated)).toEqual(['Ben', ...second, [], dueAt])
    expect(shown('2026-11-26T10:00:00.000Z')).toEqual(['Anna', ...second, ['remind'], dueAt])
    expect(second[0]).toBe('2026-11-24T10:00:00.000Z')
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
