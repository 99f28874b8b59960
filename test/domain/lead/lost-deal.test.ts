import { describe, expect, test } from 'vitest'
import { decide } from '../../../domain/lead/decide.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import { withSales } from '../../../domain/lead/sales.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import type { Disposition } from '../../../domain/model/handoff-rules.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { fact, leadId, stored } from '../support/facts.ts'
import { days, makePlaybook } from '../support/make-playbook.ts'

const given = makePlaybook()
const rulesWith = (lost?: Readonly<Record<string, Disposition>>) =>
  compileRules(
    makePlaybook({
      handoff: { ...given.handoff, qualify: 'did("quote.requested")', require: [], ...(lost && { lost }) },
    }),
  )
const rules = rulesWith({
  price: { type: 'recycle', stage: 'consideration', pause: days(90), sequence: 'cheaper' },
  bankrupt: { type: 'close' },
  default: { type: 'recycle', stage: 'interest' },
})

const quoted = fact('q', 'quote.requested', '03-01T08:00')
const deal = (id: string, type: string, at: string, dealId: string, further: Fact['properties'] = {}) =>
  fact(id, type, at, { dealId, ...further })
const sent = (dealId = 'd1') => deal(`s-${dealId}`, 'proposal.sent', '03-02T08:00', dealId)
const lost = (reason: string | undefined, dealId = 'd1', at = '03-10T08:00') =>
  deal(`l-${dealId}`, 'deal.lost', at, dealId, reason === undefined ? {} : { reason })
const stateOf = (...facts: readonly Fact[]) => stored(foldLead([quoted, ...facts], rules))

describe('a deal that is lost', () => {
  test('sends the lead back as its reason says', () => {
    const state = stateOf(sent(), lost('price'))
    const [at, pausedUntil] = ['2026-03-10T08:00:00.000Z', '2026-06-08T08:00:00.000Z']
    expect(state).toMatchObject({ cycle: 2, stage: { stage: 'consideration', from: 'intent' } })
    expect(state.recycles).toEqual([
      { cycle: 2, at, factId: 'l-d1', reason: 'price', lost: true, pausedUntil, sequence: 'cheaper' },
    ])
    expect(state.paused).toEqual({ until: pausedUntil, at, factId: 'l-d1', reason: 'price' })
    expect(withSales(state)).toBe(false)
  })

  test.each(['taste', undefined])('for reason %s as "default" says', (reason) => {
    expect(stateOf(sent(), lost(reason))).toMatchObject({ cycle: 2, stage: { stage: 'interest' } })
  })

  test('for a reason that closes, for good', () => {
    const state = stateOf(sent(), lost('bankrupt'))
    expect(state).toMatchObject({ cycle: 1, paused: { reason: 'bankrupt' } })
    expect(state.paused?.until).toBeUndefined()
  })

  test('changes nothing while another is open, and does once that is lost too', () => {
    const both = [sent('d1'), sent('d2'), lost('price', 'd1')]
    expect(stateOf(...both)).toMatchObject({ cycle: 1, recycles: [] })
    expect(withSales(stateOf(...both))).toBe(true)
    expect(stateOf(...both, lost('bankrupt', 'd2', '03-11T08:00'))).toMatchObject({
      cycle: 1,
      paused: { reason: 'bankrupt' },
    })
  })

  test('changes nothing for a customer', () => {
    const won = deal('w', 'deal.won', '03-05T08:00', 'd2')
    expect(stateOf(sent('d1'), sent('d2'), won, lost('price', 'd1'))).toMatchObject({
      cycle: 1,
      recycles: [],
    })
  })

  test('changes nothing where the playbook says nothing of it', () => {
    const log = [quoted, sent(), lost('price')]
    expect(foldLead(log, rulesWith())).toMatchObject({ cycle: 1, recycles: [] })
    const other = rulesWith({ price: { type: 'close' } })
    expect(foldLead([quoted, sent(), lost('taste')], other)?.paused).toBeUndefined()
  })

  test('that was open for the moment of its loss alone counts as well', () => {
    expect(stateOf(lost('price'))).toMatchObject({ cycle: 2 })
  })

  test('is told as lost', () => {
    const before = stateOf(sent())
    const told = decide({ leadId }, before, stateOf(sent(), lost('price')))
    const back = told.filter(({ type }) => type === 'LeadRecycled' || type === 'SequenceTriggered')
    expect(back).toMatchObject([
      { type: 'LeadRecycled', data: { because: 'lost', reason: 'price', sequence: 'cheaper' } },
      { type: 'SequenceTriggered', data: { sequence: 'cheaper' } },
    ])
  })

  test('the lead may come to sales once more after the pause', () => {
    const again = fact('q2', 'quote.requested', '06-20T08:00')
    const state = stateOf(sent(), lost('price'), again)
    expect(state.qualifications).toMatchObject([{ cycle: 1 }, { cycle: 2, factId: 'l-d1', pauseOver: true }])
  })
})
