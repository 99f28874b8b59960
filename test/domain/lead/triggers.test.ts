import { describe, expect, test } from 'vitest'
import { decide } from '../../../domain/lead/decide.ts'
import { extendLead, foldLead } from '../../../domain/lead/fold.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import type { Sequence, SequenceTrigger } from '../../../domain/model/sequence.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { dataOf } from '../support/decided-data.ts'
import { fact, leadId } from '../support/facts.ts'
import { makePlaybook } from '../support/make-playbook.ts'

const sequence = (id: string, enter: SequenceTrigger): Sequence => ({
  id,
  version: '1',
  enter,
  reenter: 'always',
  program: [{ type: 'wait-for', activity: 'sample.returned', timeout: 1000 }],
})
const rules = compileRules(
  makePlaybook({
    sequences: {
      hot: sequence('hot', { when: 'band == "hot"' }),
      webinar: sequence('webinar', { activity: 'webinar.attended' }),
      stage: sequence('stage', { stage: 'interest' }),
    },
  }),
)

const told = (facts: readonly Fact[], before: readonly Fact[] = []) => {
  const state = foldLead(facts, rules)
  if (!state) throw new Error('no state')
  return decide({ leadId }, foldLead(before, rules), state).flatMap((one) =>
    one.type === 'ActivityRecorded' || one.type === 'SequenceTriggered'
      ? [[one.id.slice(leadId.length), one.occurredAt, dataOf(one).activity ?? dataOf(one).sequence]]
      : [],
  )
}

const idsOf = (decisions: ReturnType<typeof told>) => decisions.map(([id]) => id)

const attended = fact('w1', 'webinar.attended', '01-05T09:00')
const again = fact('w2', 'webinar.attended', '01-07T09:00')
const demo = (id: string, at: string) => fact(id, 'demo.requested', at)
const quote = (id: string, at: string) => fact(id, 'quote.requested', at)

describe('an activity that sequences follow', () => {
  test('is told by its fact, of several the last', () => {
    expect(told([attended, again])).toEqual([
      [':activity:webinar.attended:w2', '2026-01-07T09:00:00.000Z', 'webinar.attended'],
    ])
  })

  test('is told where one only waits for it', () => {
    expect(idsOf(told([fact('s', 'sample.returned', '01-05T09:00')]))).toEqual([
      ':activity:sample.returned:s',
    ])
  })

  test('is told once, and no other is', () => {
    expect(told([attended, fact('p', 'page.viewed', '01-06T09:00')], [attended])).toEqual([])
  })
})

describe('a condition that sequences begin with', () => {
  const rise = [demo('d', '01-05T09:00'), quote('q', '01-05T10:00')]

  test('is told with the fact that made it true, and not again while it stays true', () => {
    expect(told(rise)).toEqual([[':when@hot:q', '2026-01-05T10:00:00.000Z', 'hot']])
    expect(told([...rise, demo('d2', '01-05T11:00')], rise)).toEqual([])
  })

  test('is told again once points have faded and come back', () => {
    const later = demo('d3', '04-05T09:00')
    const latest = quote('q3', '04-05T10:00')
    expect(idsOf(told([...rise, later, latest], rise))).toEqual([':when@hot:q3'])
  })

  test('is a rising edge even where it faded unseen just before the fact that brings it back', () => {
    const many = [demo('d', '01-05T09:00'), quote('q', '01-05T10:00')]
    // By February the score is below 60; the one fact lifts it above again.
    expect(idsOf(told([...many, quote('q2', '02-05T10:00')], many))).toEqual([':when@hot:q2'])
  })

  test('comes to the same in one go and one by one', () => {
    const all = [...rise, attended, quote('q2', '02-05T10:00')]
    const step = all
      .toSorted((a, b) => (a.occurredAt < b.occurredAt ? -1 : 1))
      .reduce<ReturnType<typeof foldLead>>((state, one) => extendLead(state, [one], rules), undefined)
    expect(step).toEqual(foldLead(all, rules))
  })
})
