import { describe, expect, test } from 'vitest'
import { outcomeOf } from '../../../domain/backtest/backtest.ts'
import { fact } from '../support/facts.ts'

const accepted = fact('a', 'handoff.accepted', '03-02T09:00')
const rejected = fact('r', 'handoff.rejected', '03-03T09:00', { reason: 'not-now' })
const won = fact('w', 'deal.won', '03-04T09:00', { amount: '10', currency: 'EUR' })
const lost = fact('l', 'deal.lost', '03-05T09:00', { reason: 'price' })

describe('what sales made of a lead', () => {
  test.each([
    ['nothing was said', [fact('v', 'page.viewed', '03-01T09:00')], undefined],
    ['accepted', [accepted], { type: 'good', since: accepted.occurredAt }],
    ['rejected', [rejected], { type: 'bad', since: rejected.occurredAt }],
    [
      'accepted, then won: good from the first word on',
      [won, accepted],
      { type: 'good', since: accepted.occurredAt },
    ],
    ['accepted, then rejected', [rejected, accepted], { type: 'bad', since: rejected.occurredAt }],
    ['rejected, then won after all', [rejected, won], { type: 'good', since: won.occurredAt }],
    ['won, then lost', [accepted, won, lost], { type: 'bad', since: lost.occurredAt }],
    [
      'won, another one lost, and the won one edited: said before, and no last word',
      [
        { ...won, properties: { dealId: 'd1' } },
        { ...lost, properties: { dealId: 'd2' } },
        fact('w2', 'deal.won', '03-06T09:00', { dealId: 'd1' }),
      ],
      { type: 'bad', since: lost.occurredAt },
    ],
    [
      'a rejection that was taken back',
      [accepted, rejected, fact('x', 'activity.voided', '03-06T09:00', { activityId: 'r' })],
      { type: 'good', since: accepted.occurredAt },
    ],
  ])('%s', (_what, facts, expected) => {
    expect(outcomeOf(facts)).toEqual(expected)
  })
})
