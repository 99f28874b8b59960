import { describe, expect, it } from 'vitest'
import { decide } from '../../../domain/lead/decide.ts'
import { draftOf, foldLead } from '../../../domain/lead/fold.ts'
import { LeadView } from '../../../domain/lead/lead-view.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { fact, leadId, stored } from '../support/facts.ts'
import { days, makePlaybook, scoring } from '../support/make-playbook.ts'

const renewal = {
  id: 'renewal',
  version: '1',
  enter: { activity: 'deal.won' },
  reenter: 'always',
  program: [
    { type: 'wait-date', attribute: 'renewsAt', days: -60, time: '09:00' },
    { type: 'email', email: 'renewal' },
  ],
} as const
const lossNote = { ...renewal, id: 'loss', enter: { activity: 'deal.lost' } } as const
const engagement = [...scoring.engagement, { id: 'win', on: 'deal.won', points: 25, halfLife: days(30) }]
const rules = compileRules(
  makePlaybook({ sequences: { renewal, loss: lossNote }, scoring: { ...scoring, engagement } }),
)

const money = { amount: '12500.50', currency: 'EUR' }
const won = fact('won', 'deal.won', '01-05T09:00', { dealId: '42', ...money, renewsAt: '2026-12-31' })
const lost = fact('lost', 'deal.lost', '01-05T09:00', { dealId: '42', reason: 'price' })
const edited = (of: Fact, more = {}): Fact =>
  fact('edited', of.type, '02-20T09:00', { dealId: '42', ...more })

const told = (before: readonly Fact[], after: readonly Fact[]) =>
  decide({ leadId }, stored(foldLead(before, rules)), stored(foldLead(after, rules)))
    .filter(({ type }) => type !== 'LeadScored')
    .map(({ type, data }) => (type === 'ActivityRecorded' ? `${type} ${String(data.activity)}` : type))

const view = (facts: readonly Fact[]): LeadView => {
  const draft = draftOf(facts, rules)
  if (!draft) throw new Error('there is no lead')
  const lead = new LeadView(draft, rules, 'lead')
  lead.moveTo(Date.parse('2026-02-20T09:00:00.000Z'))
  return lead
}

describe('a deal that is over and is said to be over again', () => {
  it.each([
    ['won, its title edited', won, edited(won)],
    ['won, at another price', won, edited(won, { amount: '20000', currency: 'EUR' })],
    ['lost, for another reason', lost, edited(lost, { reason: 'late' })],
    ['won, then lost', won, edited(lost)],
    ['lost, then won without being opened again', lost, edited(won)],
  ])('tells nothing and counts for nothing: %s', (_, first, second) => {
    expect(told([first], [first, second])).toEqual([])
    const after = view([first, second])
    expect(after.did(second.type, days(30))).toBe(false)
    expect(after.count(first.type)).toBe(1)
    expect(after.engagement()).toBe(view([first]).engagement())
  })

  it('comes to the same in whichever order it is told', () => {
    const [one, other] = [foldLead([won, edited(won)], rules), foldLead([edited(won), won], rules)]
    expect(stored(one).triggers).toEqual(stored(other).triggers)
    expect(stored(other).deals).toMatchObject([{ closedBy: 'won' }])
  })

  it('corrects the date of the renewal, which begins nothing', () => {
    expect(told([won], [won, edited(won, { renewsAt: '2027-06-30' })])).toEqual([
      'ActivityRecorded date.corrected',
    ])
  })

  it('wins once the first win is taken back, or the deal was opened again', () => {
    const voided = fact('no', 'activity.voided', '02-21T09:00', { activityId: 'won' })
    expect(told([won, edited(won)], [won, edited(won), voided])).toContain('ActivityRecorded deal.won')
    const reopened = fact('again', 'deal.moved', '02-01T09:00', {
      dealId: '42',
      phase: 'proposal',
      reason: 'a mistake',
    })
    expect(told([won, reopened], [won, reopened, edited(won)])).toEqual([
      'DealPhaseChanged',
      'DealWon',
      'ActivityRecorded deal.won',
    ])
  })

  it('is another deal under another id', () => {
    const other = fact('other', 'deal.won', '02-20T09:00', { dealId: '43' })
    expect(told([won], [won, other])).toContain('ActivityRecorded deal.won')
    expect(view([won, other]).count('deal.won')).toBe(2)
  })
})
