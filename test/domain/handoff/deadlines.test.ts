import { describe, expect, it } from 'vitest'
import { answerHandoff, hadIt, passDeadlines, passOn } from '../../../domain/handoff/answer-handoff.ts'
import {
  dueDeadlines,
  type Handoff,
  isOverdue,
  overdueSince,
  pendingDeadlines,
  startDeadlines,
} from '../../../domain/handoff/handoff.ts'
import { requestHandoff, withdrawHandoff } from '../../../domain/handoff/request-handoff.ts'
import type { HandoffRules, Team } from '../../../domain/model/handoff-rules.ts'
import { dataOf } from '../support/decided-data.ts'
import { leadId } from '../support/facts.ts'

const hour = 3_600_000
const accept = { remind: 2 * hour, escalate: 4 * hour, reassign: 8 * hour }
const reject = { 'wrong-fit': { type: 'close' } } as const
const anna = { name: 'Anna', email: 'anna@sales.example.com' }
const ben = { name: 'Ben', email: 'ben@sales.example.com' }
const berlin: Team = {
  id: 'dach',
  timeZone: 'Europe/Berlin',
  hours: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' },
  holidays: ['2026-12-25'],
  strategy: 'round-robin',
  lead: { name: 'Lea', email: 'lea@sales.example.com' },
  members: [anna, ben],
}
const newYork: Team = { ...berlin, id: 'us', timeZone: 'America/New_York', holidays: ['2026-11-26'] }

const qualified = {
  leadId,
  cycle: 1,
  score: 71.5,
  stage: 'intent',
  decisionId: `${leadId}:qualified:1`,
  correlationId: 'c',
} as const
/** A Friday afternoon in Berlin. */
const now = '2026-11-27T14:30:00.000Z'
const requested = (team: Team = berlin, rules: Pick<HandoffRules, 'accept'> = { accept }): Handoff => ({
  ...requestHandoff({ qualified, choice: { team, member: anna, because: 'routed' }, rules, now }),
  outbox: [],
})

describe('the clock of an owner', () => {
  it.each([
    ['in Berlin, over the weekend', berlin, '2026-11-30T08:30', '2026-11-30T10:30', '2026-11-30T14:30'],
    ['in New York, where it is morning', newYork, '2026-11-27T16:30', '2026-11-27T18:30', '2026-11-30T14:30'],
  ])('%s', (_name, team, remindAt, escalateAt, reassignAt) => {
    const full = (minute: string) => `${minute}:00.000Z`
    expect(startDeadlines(now, accept, team)).toEqual({
      dueAt: full(escalateAt),
      deadlines: {
        remindAt: full(remindAt),
        escalateAt: full(escalateAt),
        reassignAt: full(reassignAt),
      },
      passed: [],
    })
  })

  it('has what the playbook sets, and is due within a working day otherwise', () => {
    expect(startDeadlines(now, { remind: hour }, berlin)).toEqual({
      dueAt: '2026-11-30T14:30:00.000Z',
      deadlines: { remindAt: '2026-11-27T15:30:00.000Z' },
      passed: [],
    })
  })

  it('comes due one after the other, at the very moment', () => {
    const handoff = requested()
    const due = (at: string) => dueDeadlines(handoff, at).map(({ type }) => type)
    expect(due('2026-11-30T08:29:59.999Z')).toEqual([])
    expect(due('2026-11-30T08:30:00.000Z')).toEqual(['remind'])
    expect(due('2026-11-30T10:30:00.000Z')).toEqual(['remind', 'escalate'])
    expect(due('2026-12-24T00:00:00.000Z')).toEqual(['remind', 'escalate', 'reassign'])
  })

  it.each([
    ['an acceptance', (handoff: Handoff) => answered(handoff, 'accept')],
    ['a rejection', (handoff: Handoff) => answered(handoff, 'reject')],
    ['a withdrawal', (handoff: Handoff) => withdrawHandoff(handoff, now)],
  ])('is stopped by %s', (_name, stop) => {
    const stopped = stop(requested())
    expect(pendingDeadlines(stopped)).toEqual([])
    expect(dueDeadlines(stopped, '2027-01-01T00:00:00.000Z')).toEqual([])
    expect(isOverdue(stopped, '2027-01-01T00:00:00.000Z')).toBe(false)
  })

  const answered = (handoff: Handoff, type: 'accept' | 'reject', at = now): Handoff => {
    const reply =
      type === 'accept'
        ? ({ type, by: anna.email } as const)
        : ({ type, by: anna.email, reason: 'wrong-fit' } as const)
    const rules = { qualify: '', require: [], teams: {}, route: [], accept, reject }
    const result = answerHandoff(handoff, reply, rules, at)
    if (result.type !== 'answered') throw new Error(result.type)
    return result.handoff
  }

  it('says since when a lead has waited too long, also once it was answered', () => {
    const handoff = requested()
    const { dueAt } = handoff
    const late = '2026-12-01T09:00:00.000Z'
    expect([overdueSince(handoff, now), overdueSince(handoff, late)]).toEqual([undefined, dueAt])
    expect([isOverdue(handoff, now), isOverdue(handoff, dueAt), isOverdue(handoff, late)]).toEqual([
      false,
      true,
      true,
    ])
    expect(overdueSince(answered(handoff, 'accept', late), '2027-01-01T00:00:00.000Z')).toBe(dueAt)
    expect(overdueSince(answered(handoff, 'accept', now), '2027-01-01T00:00:00.000Z')).toBeUndefined()
  })
})

describe('deadlines that have come', () => {
  const late = '2026-12-01T09:00:00.000Z'
  const types = ({ outbox }: Handoff) =>
    outbox.map((one) => [one.type, dataOf(one).email].filter(Boolean).join(' '))

  it('are told once, in their order', () => {
    const handoff = requested()
    const passed = passDeadlines(handoff, dueDeadlines(handoff, late), berlin, late)
    expect(types(passed)).toEqual([
      'HandoffReminded',
      'EmailRequested reminder',
      'HandoffEscalated',
      'EmailRequested escalation',
    ])
    expect(passed.passed).toEqual(['remind', 'escalate', 'reassign'])
    expect(dueDeadlines(passed, late)).toEqual([])
    expect(new Set(passed.outbox.map(({ id }) => id)).size).toBe(4)
    expect(JSON.stringify(passed.outbox)).not.toMatch(/@|Anna|Lea/)
  })

  it('escalate to nobody by email where the team has no lead, or the lead has it', () => {
    const { lead: _, ...leaderless } = berlin
    const escalate = (handoff: Handoff, team: Team | undefined) =>
      types(passDeadlines(handoff, [{ type: 'escalate', at: late }], team, late))
    const { lead } = berlin
    if (!lead) throw new Error('no lead')
    expect(escalate(requested(), leaderless)).toEqual(['HandoffEscalated'])
    expect(escalate(requested(), undefined)).toEqual(['HandoffEscalated'])
    expect(escalate({ ...requested(), owner: lead }, berlin)).toEqual(['HandoffEscalated'])
  })

  it('give it to somebody else, whose clock starts anew and whose emails are others', () => {
    const handoff = requested()
    const passed = passDeadlines(handoff, dueDeadlines(handoff, late), berlin, late)
    const given = passOn(
      { ...passed, outbox: [] },
      { team: berlin, member: ben, because: 'deadline' },
      { accept },
      late,
    )
    expect(given).toMatchObject({
      owner: { name: 'Ben' },
      dueAt: '2026-12-01T13:00:00.000Z',
      deadlines: startDeadlines(late, accept, berlin).deadlines,
      passed: [],
      overdueSince: handoff.dueAt,
    })
    expect(hadIt(given)).toEqual([anna.email, ben.email])
    const later = passDeadlines(given, dueDeadlines(given, '2026-12-03T00:00:00.000Z'), berlin, now)
    const before = new Set(passed.outbox.map(({ id }) => id))
    expect(later.outbox.filter(({ id }) => before.has(id))).toEqual([])
  })

  it('end with the lead of the team, who is reminded once and keeps it', () => {
    const { lead } = berlin
    if (!lead) throw new Error('no lead')
    const given = passOn(requested(), { team: berlin, member: lead, because: 'deadline' }, { accept }, late)
    expect(given).toMatchObject({ owner: { name: 'Lea' }, dueAt: '2026-12-01T13:00:00.000Z' })
    expect(given.deadlines).toEqual({ remindAt: '2026-12-01T11:00:00.000Z' })
  })
})
