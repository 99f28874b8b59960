import { describe, expect, test } from 'vitest'
import { decide } from '../../../domain/lead/decide.ts'
import { extendLead, foldLead } from '../../../domain/lead/fold.ts'
import { nextWake } from '../../../domain/lead/lead-view.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { fact, leadId, stored } from '../support/facts.ts'
import { days, makePlaybook } from '../support/make-playbook.ts'

const playbook = makePlaybook()
/** Points that do not fade, so that a pause alone keeps the lead from sales. */
const lasting = compileRules(
  makePlaybook({
    scoring: {
      ...playbook.scoring,
      fit: [],
      engagement: [{ id: 'quote', on: 'quote.requested', points: 40 }],
    },
    handoff: {
      ...playbook.handoff,
      qualify: 'score >= 80 && stageAtLeast("intent")',
      require: [],
      reject: { 'not-now': { type: 'recycle', stage: 'interest', pause: days(30), sequence: 'again' } },
    },
  }),
)

const log: readonly Fact[] = [
  fact('a', 'quote.requested', '03-01T08:00'),
  fact('b', 'quote.requested', '03-01T09:00'),
  fact('r', 'handoff.rejected', '03-02T08:00', { reason: 'not-now', handoffId: 'lead-0001.1' }),
  fact('c', 'quote.requested', '03-05T08:00'),
]
const until = '2026-04-01T08:00:00.000Z'
const justBefore = '2026-04-01T07:59:59.999Z'
const at = (now: string | undefined, facts = log) => stored(foldLead(facts, lasting, now))

describe('a pause that ends', () => {
  test('sends a lead to sales that is ready by then, at that very moment', () => {
    expect(at(justBefore).qualifications).toHaveLength(1)
    expect(at(until).qualifications[1]).toEqual({
      cycle: 2,
      at: until,
      factId: 'r',
      score: 120,
      pauseOver: true,
    })
  })

  test('sends nobody who is not ready, and is not forgotten', () => {
    const quiet = log.slice(0, 3)
    const state = at(until, quiet)
    expect(state.qualifications).toHaveLength(1)
    expect(state.paused).toMatchObject({ until, over: true })
    const late = fact('z', 'quote.requested', '03-31T08:00')
    expect(extendLead(state, [late], lasting, until)).toBeUndefined()
    expect(at(until, [...quiet, late]).qualifications).toHaveLength(2)
  })

  test('is what wakes the lead, and it alone where nothing fades', () => {
    const now = '2026-03-06T00:00:00.000Z'
    expect(nextWake(at(now), lasting, now)).toBe(until)
    expect(nextWake(at(until), lasting, until)).toBeUndefined()
    expect(
      nextWake(at('2026-03-03T00:00:00.000Z', log.slice(0, 3)), lasting, '2026-03-03T00:00:00.000Z'),
    ).toBe(undefined)
  })

  test('is judged by the points of that moment, not by those of the last fact', () => {
    const fadingIn = (half: number) =>
      compileRules({
        ...lasting.playbook,
        scoring: {
          ...lasting.playbook.scoring,
          engagement: [{ id: 'quote', on: 'quote.requested', points: 40, halfLife: days(half) }],
        },
        handoff: { ...lasting.playbook.handoff, qualify: 'score >= 75' },
      })
    const cyclesIn = (half: number) =>
      foldLead(log, fadingIn(half), until)?.qualifications.map(({ cycle }) => cycle)
    expect([cyclesIn(60), cyclesIn(10)]).toEqual([[1, 2], [1]])
  })

  test('comes before whatever happens at the same moment', () => {
    const same = fact('z', 'quote.requested', until)
    expect(at(until, [...log, same])).toEqual(stored(extendLead(at(until), [same], lasting, until)))
    expect(at(undefined, [...log, same]).qualifications[1]).toMatchObject({ factId: 'r', score: 120 })
  })

  test('is told once, caused by what began the pause', () => {
    const [before, after] = [at(justBefore), stored(extendLead(at(justBefore), [], lasting, until))]
    expect(after).toEqual(at(until))
    expect(decide({ leadId }, before, after)).toMatchObject([
      {
        id: 'lead-0001:qualified:2',
        type: 'LeadQualified',
        occurredAt: until,
        causationId: 'r',
        data: { cycle: 2, stage: 'intent', score: 120 },
      },
    ])
    expect(extendLead(after, [], lasting, until)).toBe(after)
  })
})

describe('a lead that is given back', () => {
  const told = decide({ leadId }, at(undefined, log.slice(0, 2)), at(undefined, log.slice(0, 3)))

  test('is told with the reason, the pause and the sequence', () => {
    expect(told.find(({ type }) => type === 'LeadRecycled')).toMatchObject({
      id: 'lead-0001:recycled:2',
      data: {
        reason: 'not-now',
        because: 'rejected',
        cycle: 2,
        from: 'intent',
        to: 'interest',
        pausedUntil: until,
        sequence: 'again',
      },
    })
  })

  test('enters the sequence, once in each cycle', () => {
    expect(told.find(({ type }) => type === 'SequenceTriggered')).toMatchObject({
      id: 'lead-0001:recycled:2:enter',
      causationId: 'r',
      data: {
        sequence: 'again',
        because: { activityId: 'r' },
        factOccurredAt: '2026-03-02T08:00:00.000Z',
      },
    })
  })

  test('for good is told as closed', () => {
    const closing = compileRules({
      ...lasting.playbook,
      handoff: { ...lasting.playbook.handoff, reject: { 'not-now': { type: 'close' } } },
    })
    const before = foldLead(log.slice(0, 2), closing)
    const after = stored(foldLead(log.slice(0, 3), closing))
    expect(decide({ leadId }, before, after)).toMatchObject([
      { id: 'lead-0001:closed:r', type: 'LeadClosed', data: { reason: 'not-now', cycle: 1 } },
    ])
  })
})
