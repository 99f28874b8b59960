import { describe, expect, test } from 'vitest'
import type { Sequence, SequenceTrigger } from '../../../domain/model/sequence.ts'
import { enterSequence } from '../../../domain/sequence/enter-sequence.ts'
import { isHeld, isHeldBySales, releaseFromSales, resumeRun } from '../../../domain/sequence/resume-run.ts'
import { goesOnWithSales, type Run, salesHold, salesOutcome } from '../../../domain/sequence/run.ts'
import type { SalesHold } from '../../../domain/step/step-kind.ts'
import { stateOf } from '../email/sample-state.ts'
import { dataOf } from '../support/decided-data.ts'
import { askOf, reached, sequence, waitingRun } from './sample-run.ts'

const due = '2026-01-08T09:00:01.000Z'
const since = '2026-01-07T10:00:00.000Z'
const hold: SalesHold = { since, holds: (email) => email !== 'receipt' }
const busy = { ...askOf('lead.language == "de"'), hold }
const waiting: Run = waitingRun({ type: 'waiting', until: due })
const emails = (run: Run) =>
  run.outbox.filter((one) => one.type === 'EmailRequested').map(({ data }) => data.email)

describe('while sales has the lead', () => {
  test('a run is held right before its next marketing email', () => {
    const run = resumeRun(waiting, { sequence, lead: busy, now: due })
    expect(run).toMatchObject({ step: 4, status: { type: 'held', due, next: 5, salesSince: since } })
    expect(emails(run)).toEqual([])
    expect(run.outbox.map((one) => [one.id, dataOf(one).type])).toEqual([
      ['lead-0001:interest:1:2:reached', 'branch'],
      [`lead-0001:interest:1:5:held:${since}`, 'hold'],
    ])
    expect([isHeldBySales(run), isHeld(run)]).toEqual([true, false])
  })

  test('before its first step where that is the email', () => {
    const entry = enterSequence(reached, 'p1', undefined, { sequence, lead: busy, now: due })
    const status = { type: 'held', due, next: 0, salesSince: since }
    expect(entry).toMatchObject({ type: 'entered', run: { step: 0, status } })
  })

  test('what is no marketing goes on', () => {
    const program: Sequence['program'] = [
      { type: 'wait', for: 1 },
      { type: 'notify', team: 'dach', message: 'call' },
      { type: 'set', attributes: { segment: 'hot' } },
      { type: 'email', email: 'receipt' },
      { type: 'email', email: 'offer' },
    ]
    const run = resumeRun(
      { ...waiting, step: 0 },
      { sequence: { ...sequence, program }, lead: busy, now: due },
    )
    expect(run.status).toMatchObject({ type: 'held', next: 4 })
    expect(emails(run)).toEqual(['notify', 'receipt'])
  })

  test('goal and exit end it as ever', () => {
    const run = resumeRun(waiting, { sequence, lead: { ...askOf('did("demo.requested")'), hold }, now: due })
    expect(run.status.type).toBe('goal')
  })
})

describe('once the lead is given back', () => {
  const back = '2026-01-17T10:00:00.000Z'
  const held = () => {
    const run = resumeRun(waiting, { sequence, lead: busy, now: due })
    if (!isHeldBySales(run)) throw new Error(run.status.type)
    return { ...run, outbox: [] }
  }

  test('its email falls due later by as long as sales had the lead', () => {
    const run = releaseFromSales(held(), { sequence, lead: askOf(), now: back }, back)
    const until = '2026-01-18T09:00:01.000Z'
    expect(run).toMatchObject({ step: 4, status: { type: 'waiting', until, renewed: true } })
    const next = resumeRun({ ...run, outbox: [] }, { sequence, lead: askOf(), now: until })
    expect(emails(next)).toEqual(['reminder'])
  })

  test('and at once where that has passed', () => {
    const late = '2026-01-20T10:00:00.000Z'
    expect(emails(releaseFromSales(held(), { sequence, lead: askOf(), now: late }, back))).toEqual([
      'reminder',
    ])
  })

  test('but not while its sequence is paused', () => {
    const run = releaseFromSales(held(), { sequence, lead: askOf(), now: back, paused: true }, back)
    expect(run.status).toEqual({ type: 'held', due: '2026-01-18T09:00:01.000Z', next: 5 })
    expect(isHeld(run)).toBe(true)
  })
})

describe('a sequence', () => {
  const qualified = stateOf({ qualifications: [{ cycle: 1, at: since, factId: 'q', score: 60 }] })
  const playbook = {
    emails: {
      offer: { de: { subject: '', preheader: '', kind: 'marketing', html: '' } },
      receipt: { de: { subject: '', preheader: '', kind: 'transactional', html: '' } },
    },
  } as const

  test.each<[SequenceTrigger, boolean]>([
    [{ stage: 'interest' }, false],
    [{ stage: 'purchase' }, true],
    [{ when: 'band == "hot"' }, false],
    [{ activity: 'webinar.attended' }, false],
    [{ activity: 'deal.won' }, true],
    [{ activity: 'deal.lost' }, false],
    [{ activity: 'handoff.accepted' }, true],
    [{ activity: 'handoff.rejected' }, false],
    [{ activity: 'onboarding.completed' }, true],
    [{ activity: 'customer.rated' }, true],
    [{ activity: 'renewal.due' }, true],
  ])('that begins with %j goes on with sales: %s', (enter, goesOn) => {
    expect(goesOnWithSales({ enter })).toBe(goesOn)
    expect(goesOnWithSales({ enter, withSales: 'hold' })).toBe(false)
    expect(goesOnWithSales({ enter, withSales: 'continue' })).toBe(true)
    expect(salesHold(playbook, { enter }, qualified) === undefined).toBe(goesOn)
  })

  test('holds marketing mail alone, and only while sales has the lead', () => {
    const found = salesHold(playbook, sequence, qualified)
    expect(found?.since).toBe(since)
    expect([found?.holds('offer'), found?.holds('receipt')]).toEqual([true, false])
    expect(salesHold(playbook, sequence, stateOf({}))).toBeUndefined()
  })

  test('that began before a win or the closing of its lead is over, one that began later is not', () => {
    const closedAt = '2026-02-01T00:00:00.000Z'
    const won = stateOf({
      deals: [{ dealId: 'd', status: 'won', phases: [], openedAt: since, closedAt }],
    })
    const closed = stateOf({ paused: { at: closedAt, factId: 'r', reason: 'wrong-fit' } })
    const after = { enteredAt: '2026-02-01T00:00:00.001Z' }
    expect(salesOutcome(waiting, sequence, won)).toBe('customer')
    expect(salesOutcome(waiting, sequence, closed)).toBe('closed')
    expect(salesOutcome(after, sequence, won)).toBeUndefined()
    expect(salesOutcome(after, sequence, closed)).toBeUndefined()
    expect(salesOutcome(waiting, { ...sequence, withSales: 'continue' }, won)).toBeUndefined()
    expect(salesOutcome(waiting, sequence, qualified)).toBeUndefined()
  })
})
