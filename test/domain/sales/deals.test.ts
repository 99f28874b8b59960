import { describe, expect, it } from 'vitest'
import type { Fact } from '../../../domain/model/activity.ts'
import type { Deal } from '../../../domain/model/deal.ts'
import type { JsonObject } from '../../../domain/model/json.ts'
import { applyDealActivity, type DealStay } from '../../../domain/sales/deals.ts'
import { deepFreeze } from '../support/deep-freeze.ts'
import { fact } from '../support/facts.ts'

type Step = readonly [type: string, properties?: JsonObject]

/** One activity an hour, `a1` first. */
const play = (...steps: readonly Step[]): { deals: readonly Deal[]; stays: readonly DealStay[] } => {
  const stays: DealStay[] = []
  let deals: readonly Deal[] = []
  for (const [index, [type, properties]] of steps.entries()) {
    const hour = String(index).padStart(2, '0')
    const after = applyDealActivity(deals, fact(`a${index + 1}`, type, `05-04T${hour}:00`, properties))
    deals = deepFreeze(after.deals)
    if (after.stay) stays.push(after.stay)
  }
  return { deals, stays }
}

const accepted: Step = ['handoff.accepted', { handoffId: 'lead-0001.1' }]
const way = ({ phases }: Deal | { phases: [] } = { phases: [] }) => phases.map(({ phase }) => phase)
const of = (deals: readonly Deal[]) => deals.map((deal) => [deal.dealId, deal.status, ...way(deal)])
const offer: Step = ['proposal.sent', { amount: '900', currency: 'EUR' }]

describe('the phase that an activity means', () => {
  it.each<[Step, string]>([
    [['contact.requested'], 'lead_qualification'],
    [['sales.engaged', { channel: 'phone' }], 'lead_qualification'],
    [['needs.recorded', { needs: ['speed'] }], 'needs_analysis'],
    [['proposal.sent'], 'proposal'],
    [['proposal.accepted'], 'proposal'],
    [['proposal.declined', { reason: 'price' }], 'proposal'],
    [['negotiation.started'], 'negotiation'],
    [['negotiation.ended', { outcome: 'agreed' }], 'negotiation'],
    [['deal.moved', { phase: 'negotiation' }], 'negotiation'],
    [['deal.moved', { phase: 'closing' }], 'closing'],
    [['deal.won'], 'closing'],
    [['deal.lost'], 'closing'],
  ])('%j brings a deal that opened on acceptance to %s, past what lies between', (step, phase) => {
    const { deals, stays } = play(accepted, step)
    expect(stays).toEqual([])
    expect(deals).toHaveLength(1)
    expect(way(deals[0])).toEqual(
      phase === 'lead_qualification' ? ['lead_qualification'] : ['lead_qualification', phase],
    )
  })

  it.each(['onboarding.completed', 'customer.rated', 'order.completed'])('%s follows a win', (type) => {
    expect(of(play(accepted, ['deal.won'], [type]).deals)).toEqual([
      ['lead-0001.1', 'won', 'lead_qualification', 'closing', 'post_sale'],
    ])
  })

  it('is walked through one after the other', () => {
    const { deals } = play(
      accepted,
      ['needs.recorded'],
      offer,
      ['negotiation.started'],
      ['deal.won', { amount: 800, currency: 'EUR' }],
      ['onboarding.completed'],
      ['customer.rated', { rating: 5 }],
    )
    expect(deals).toEqual([
      {
        dealId: 'lead-0001.1',
        handoffId: 'lead-0001.1',
        status: 'won',
        openedAt: '2026-05-04T00:00:00.000Z',
        closedAt: '2026-05-04T04:00:00.000Z',
        closedBy: 'a5',
        value: { amount: '800.00', currency: 'EUR' },
        phases: [
          { phase: 'lead_qualification', at: '2026-05-04T00:00:00.000Z', factId: 'a1' },
          { phase: 'needs_analysis', at: '2026-05-04T01:00:00.000Z', factId: 'a2' },
          { phase: 'proposal', at: '2026-05-04T02:00:00.000Z', factId: 'a3' },
          { phase: 'negotiation', at: '2026-05-04T03:00:00.000Z', factId: 'a4' },
          { phase: 'closing', at: '2026-05-04T04:00:00.000Z', factId: 'a5' },
          { phase: 'post_sale', at: '2026-05-04T05:00:00.000Z', factId: 'a6' },
        ],
      },
    ])
  })
})

describe('which deal an activity is about', () => {
  it.each<[string, readonly Step[], unknown]>([
    ['contact alone is no business yet', [['contact.requested'], ['sales.engaged']], []],
    ['an order without a deal is none either', [['order.completed', { amount: 5 }]], []],
    ['rating without a deal is none either', [['customer.rated', { rating: 4 }]], []],
    ['work of sales opens one', [['needs.recorded']], [['a1', 'open', 'needs_analysis']]],
    ['a win out of the blue opens and closes one', [['deal.won']], [['a1', 'won', 'closing']]],
    [
      'an unknown id is what the CRM calls the one that came from the handoff',
      [accepted, ['proposal.sent', { dealId: 'crm-7' }], ['deal.won', { dealId: 'crm-7' }]],
      [['lead-0001.1', 'won', 'lead_qualification', 'proposal', 'closing']],
    ],
    [
      'our own id names it as well, after that too',
      [accepted, ['proposal.sent', { dealId: 'crm-7' }], ['deal.lost', { dealId: 'lead-0001.1' }]],
      [['lead-0001.1', 'lost', 'lead_qualification', 'proposal', 'closing']],
    ],
    [
      'a CRM may count',
      [accepted, ['proposal.sent', { dealId: 7 }], ['deal.won', { dealId: '7' }]],
      [['lead-0001.1', 'won', 'lead_qualification', 'proposal', 'closing']],
    ],
    [
      'a second unknown id is a second deal',
      [accepted, ['proposal.sent', { dealId: 'crm-7' }], ['proposal.sent', { dealId: 'crm-8' }]],
      [
        ['lead-0001.1', 'open', 'lead_qualification', 'proposal'],
        ['crm-8', 'open', 'proposal'],
      ],
    ],
    [
      'a further one is another deal, and the CRM’s id still stands for the one from the handoff',
      [
        accepted,
        ['deal.opened', { dealId: 'second', further: true }],
        ['proposal.sent', { dealId: 'crm-7' }],
      ],
      [
        ['lead-0001.1', 'open', 'lead_qualification', 'proposal'],
        ['second', 'open', 'lead_qualification'],
      ],
    ],
    [
      'a further one that is there already is that one',
      [accepted, ...Array<Step>(2).fill(['deal.opened', { dealId: 'second', further: true }])],
      [
        ['lead-0001.1', 'open', 'lead_qualification'],
        ['second', 'open', 'lead_qualification'],
      ],
    ],
    [
      'any other activity that says so opens none',
      [accepted, ['proposal.sent', { dealId: 'crm-7', further: true }]],
      [['lead-0001.1', 'open', 'lead_qualification', 'proposal']],
    ],
    [
      'one that came with an id of its own is not taken for another',
      [
        ['proposal.sent', { dealId: 'crm-7' }],
        ['needs.recorded', { dealId: 'crm-8' }],
      ],
      [
        ['crm-7', 'open', 'proposal'],
        ['crm-8', 'open', 'needs_analysis'],
      ],
    ],
    [
      'without an id it is the one opened last that is open still',
      [accepted, ['deal.opened'], ['deal.lost'], ['negotiation.started']],
      [
        ['lead-0001.1', 'open', 'lead_qualification', 'negotiation'],
        ['a2', 'lost', 'lead_qualification', 'closing'],
      ],
    ],
    [
      'after a win new work opens a further one',
      [accepted, ['deal.won'], offer],
      [
        ['lead-0001.1', 'won', 'lead_qualification', 'closing'],
        ['a3', 'open', 'proposal'],
      ],
    ],
    [
      'what follows a win is about the one won last',
      [['deal.won', { dealId: 'one' }], ['deal.won', { dealId: 'two' }], ['onboarding.completed']],
      [
        ['one', 'won', 'closing'],
        ['two', 'won', 'closing', 'post_sale'],
      ],
    ],
    [
      'also while another one is open',
      [['deal.won', { dealId: 'one' }], ['deal.opened'], ['order.completed']],
      [
        ['one', 'won', 'closing', 'post_sale'],
        ['a2', 'open', 'lead_qualification'],
      ],
    ],
    [
      'and not about one that was lost since',
      [['deal.won', { dealId: 'one' }], ['deal.lost', { dealId: 'two' }], ['customer.rated']],
      [
        ['one', 'won', 'closing', 'post_sale'],
        ['two', 'lost', 'closing'],
      ],
    ],
    [
      'each handoff has its own, however often it is told that it was accepted',
      [accepted, accepted, ['deal.lost'], ['handoff.accepted', { handoffId: 'lead-0001.2' }]],
      [
        ['lead-0001.1', 'lost', 'lead_qualification', 'closing'],
        ['lead-0001.2', 'open', 'lead_qualification'],
      ],
    ],
    [
      'an acceptance that names no handoff opens one all the same',
      [['handoff.accepted']],
      [['a1', 'open', 'lead_qualification']],
    ],
  ])('%s', (_, steps, expected) => {
    const { deals, stays } = play(...steps)
    expect(of(deals)).toEqual(expected)
    expect(stays).toEqual([])
  })

  it('is the one that sales began between the request and the acceptance', () => {
    const needs = fact('n', 'needs.recorded', '05-04T09:00')
    const accept = fact('h', 'handoff.accepted', '05-04T10:00', { handoffId: 'lead-0001.1' })
    const { deals } = applyDealActivity([], needs)
    const qualifiedAt = (at: string) => applyDealActivity(deals, accept, at).deals
    expect(qualifiedAt('2026-05-04T08:00:00.000Z')).toMatchObject([{ dealId: 'n', handoffId: 'lead-0001.1' }])
    // Older business is another matter.
    expect(qualifiedAt('2026-05-04T09:30:00.000Z')).toMatchObject([
      { dealId: 'n' },
      { dealId: 'lead-0001.1' },
    ])
  })

  it('is called by both ids once it was adopted', () => {
    const { deals } = play(accepted, ['proposal.sent', { dealId: 'crm-7' }])
    expect(deals).toMatchObject([{ dealId: 'lead-0001.1', externalId: 'crm-7', handoffId: 'lead-0001.1' }])
  })
})

describe('what leaves a deal where it is', () => {
  const negotiating: readonly Step[] = [accepted, offer, ['negotiation.started']]
  const won: readonly Step[] = [accepted, ['deal.won', { amount: 5, currency: 'EUR' }]]
  const lost: readonly Step[] = [accepted, ['deal.lost', { reason: 'price' }]]
  const stay = { dealId: 'lead-0001.1', status: 'open' }
  it.each<[string, readonly Step[], Step, object]>([
    [
      'needs in a negotiation',
      negotiating,
      ['needs.recorded'],
      { ...stay, phase: 'negotiation', wanted: 'needs_analysis', because: 'backwards' },
    ],
    [
      'a proposal in a negotiation',
      negotiating,
      ['proposal.sent', { reason: '' }],
      { ...stay, phase: 'negotiation', wanted: 'proposal', because: 'backwards' },
    ],
    [
      'a move back',
      negotiating,
      ['deal.moved', { phase: 'lead_generation' }],
      { ...stay, phase: 'negotiation', wanted: 'lead_generation', because: 'backwards' },
    ],
    [
      'onboarding before a win',
      negotiating,
      ['onboarding.completed'],
      { ...stay, phase: 'negotiation', wanted: 'post_sale', because: 'not-won' },
    ],
    [
      'a move past the end before a win',
      negotiating,
      ['deal.moved', { phase: 'post_sale' }],
      { ...stay, phase: 'negotiation', wanted: 'post_sale', because: 'not-won' },
    ],
    [
      'onboarding after a loss',
      lost,
      ['onboarding.completed'],
      { ...stay, status: 'lost', phase: 'closing', wanted: 'post_sale', because: 'not-won' },
    ],
    [
      'a second win',
      won,
      ['deal.won'],
      { ...stay, status: 'won', phase: 'closing', wanted: 'closing', because: 'closed' },
    ],
    [
      'a loss after a win',
      won,
      ['deal.lost'],
      { ...stay, status: 'won', phase: 'closing', wanted: 'closing', because: 'closed' },
    ],
    [
      'a win after a loss',
      lost,
      ['deal.won', { dealId: 'lead-0001.1' }],
      { ...stay, status: 'lost', phase: 'closing', wanted: 'closing', because: 'closed' },
    ],
    [
      'work on a deal that is over',
      lost,
      ['needs.recorded', { dealId: 'lead-0001.1', reason: 'again' }],
      { ...stay, status: 'lost', phase: 'closing', wanted: 'needs_analysis', because: 'closed' },
    ],
    [
      'a move of one that is over, without a reason',
      lost,
      ['deal.moved', { phase: 'negotiation' }],
      { ...stay, status: 'lost', phase: 'closing', wanted: 'negotiation', because: 'closed' },
    ],
    [
      'a late answer to its proposal',
      won,
      ['proposal.accepted'],
      { ...stay, status: 'won', phase: 'closing', wanted: 'proposal', because: 'closed' },
    ],
  ])('%s', (_, before, step, expected) => {
    const { deals } = play(...before)
    const after = play(...before, step)
    expect(after.stays).toEqual([expected])
    expect(after.deals).toEqual(deals)
  })

  it('the answer to a proposal or the end of a negotiation is no step back', () => {
    const { deals, stays } = play(
      ...negotiating,
      ['proposal.declined'],
      ['deal.moved', { phase: 'closing' }],
      ['negotiation.ended'],
    )
    expect(stays).toEqual([])
    expect(way(deals[0])).toEqual(['lead_qualification', 'proposal', 'negotiation', 'closing'])
  })

  it('a negotiation is over when that is said first, unless nobody saw it begin', () => {
    const ends = (...steps: readonly Step[]) =>
      play(...steps).deals[0]?.phases.map(({ phase, endedAt }) => [phase, endedAt])
    expect(ends(['negotiation.started'], ['negotiation.ended'], ['negotiation.ended'])).toEqual([
      ['negotiation', '2026-05-04T01:00:00.000Z'],
    ])
    expect(ends(accepted, ['negotiation.ended'])?.[1]).toEqual(['negotiation', undefined])
    expect(ends(['negotiation.started'], ['proposal.accepted'])).toEqual([['negotiation', undefined]])
  })

  it('with a reason it goes back, and its value with it', () => {
    const again: Step = ['proposal.sent', { amount: '700.50', currency: 'EUR', reason: 'other scope' }]
    const { deals, stays } = play(...negotiating, again, ['negotiation.started'])
    expect(stays).toEqual([])
    expect(way(deals[0])).toEqual([
      'lead_qualification',
      'proposal',
      'negotiation',
      'proposal',
      'negotiation',
    ])
    expect(deals[0]).toMatchObject({ value: { amount: '700.50', currency: 'EUR' } })
    expect(deals[0]?.phases[3]).toMatchObject({ reason: 'other scope', factId: 'a4' })
  })

  it('a proposal that does not move it back tells its value all the same', () => {
    const { deals, stays } = play(...negotiating, ['proposal.sent', { amount: 7, currency: 'JPY' }])
    expect(stays).toMatchObject([{ because: 'backwards' }])
    expect(deals[0]?.value).toEqual({ amount: '7', currency: 'JPY' })
  })

  it.each([['won', won] as const, ['lost', lost] as const])(
    'with a reason one that was %s is opened again',
    (_, closed) => {
      const { deals, stays } = play(
        ...closed,
        ['deal.moved', { phase: 'negotiation', reason: 'the budget is back' }],
        ['deal.won', { amount: 6, currency: 'EUR' }],
      )
      expect(stays).toEqual([])
      expect(of(deals)).toEqual([
        ['lead-0001.1', 'won', 'lead_qualification', 'closing', 'negotiation', 'closing'],
      ])
      expect(deals[0]).toMatchObject({ closedBy: 'a4', value: { amount: '6.00', currency: 'EUR' } })
      expect(deals[0]).not.toHaveProperty('reason')
    },
  )

  it('what a CRM says of its amount counts, also after the win', () => {
    const tells = (amount: string): Step => ['deal.opened', { dealId: 'crm-7', amount, currency: 'EUR' }]
    const { deals, stays } = play(accepted, tells('5'), ['deal.won'], tells('6.50'))
    expect(stays).toEqual([])
    expect(deals).toMatchObject([{ status: 'won', value: { amount: '6.50', currency: 'EUR' } }])
  })

  it('an amount that is none leaves the value alone', () => {
    const { deals } = play(accepted, offer, ['deal.won', { amount: 'much', currency: 'EUR' }])
    expect(deals[0]).toMatchObject({ status: 'won', value: { amount: '900.00', currency: 'EUR' } })
  })
})

describe('bounds', () => {
  const opened = (count: number): readonly Step[] =>
    Array.from({ length: count }, (_, index) => ['deal.opened', { dealId: `d${index}` }] as const)
  const at = (index: number, type: string, properties: JsonObject): Fact =>
    fact(`z${index}`, type, '05-05T00:00', properties)

  it('no more than a hundred deals are kept', () => {
    let deals: readonly Deal[] = []
    for (const [index, [type, properties = {}]] of opened(100).entries())
      deals = applyDealActivity(deals, at(index, type, properties)).deals
    expect(applyDealActivity(deals, at(0, 'deal.opened', { dealId: 'one-more' }))).toMatchObject({
      deals: { length: 100 },
      stay: { because: 'too-many' },
    })
    // Those that are there go on.
    const won = applyDealActivity(deals, at(0, 'deal.moved', { dealId: 'd3', phase: 'lead_qualification' }))
    expect(won.stay).toBeUndefined()
  })

  it('nor five hundred phases', () => {
    let { deals } = play(accepted)
    for (let index = 0; index < 600; index += 1)
      deals = applyDealActivity(
        deals,
        at(index, 'deal.moved', {
          phase: index % 2 === 0 ? 'negotiation' : 'proposal',
          reason: 'x'.repeat(900),
        }),
      ).deals
    expect(deals[0]?.phases).toHaveLength(500)
    expect(applyDealActivity(deals, at(0, 'deal.lost', {})).deals).toMatchObject([{ status: 'lost' }])
    expect(deals[0]?.phases.every(({ reason = '' }) => reason.length <= 200)).toBe(true)
  })
})

describe('a deal that is over, and is edited', () => {
  const won: readonly Step[] = [accepted, ['deal.won', { dealId: 'crm-7', amount: 12500.5, currency: 'EUR' }]]
  it.each<[string, Step, string]>([
    ['won at another price', ['deal.won', { dealId: 'crm-7', amount: 20000, currency: 'EUR' }], '20000.00'],
    [
      'another price alone',
      ['deal.opened', { dealId: 'crm-7', amount: '20000', currency: 'EUR' }],
      '20000.00',
    ],
    ['won, without a price', ['deal.won', { dealId: 'crm-7' }], '12500.50'],
    ['lost, by somebody else', ['deal.lost', { dealId: 'crm-7', reason: 'x' }], '12500.50'],
  ])('is worth what was said last, and ended when it did: %s', (_, step, amount) => {
    const { deals } = play(...won, step)
    expect(deals).toEqual([{ ...play(...won).deals[0], value: { amount, currency: 'EUR' } }])
  })

  it('keeps why it was lost', () => {
    const lost: readonly Step[] = [accepted, ['deal.lost', { dealId: 'crm-7', reason: 'price' }]]
    expect(play(...lost, ['deal.lost', { dealId: 'crm-7', reason: 'late' }]).deals).toEqual(
      play(...lost).deals,
    )
  })

  it('is opened again with a reason, and won', () => {
    const again: Step = ['deal.moved', { dealId: 'crm-7', phase: 'negotiation', reason: 'a mistake' }]
    const { deals, stays } = play(...won, again, [
      'deal.won',
      { dealId: 'crm-7', amount: 7, currency: 'EUR' },
    ])
    expect(stays).toEqual([])
    expect(deals).toMatchObject([{ status: 'won', closedBy: 'a4', value: { amount: '7.00' } }])
  })
})

describe('a win that names no deal, after another', () => {
  const first = fact('first', 'deal.won', '01-05T09:00')
  const won = (second: Fact) => applyDealActivity(applyDealActivity([], first).deals, second)
  it('belongs to it for a month', () => {
    const after = won(fact('second', 'deal.won', '02-04T08:59'))
    expect(after.deals.map(({ dealId }) => dealId)).toEqual(['first'])
    expect(after.stay).toMatchObject({ because: 'closed' })
  })

  it('is further business from then on', () => {
    const after = won(fact('second', 'deal.won', '02-04T09:00'))
    expect(of(after.deals)).toEqual([
      ['first', 'won', 'closing'],
      ['second', 'won', 'closing'],
    ])
    expect(after.stay).toBeUndefined()
  })

  it('a loss that names none changes nothing, however much later', () => {
    const lost = applyDealActivity([], fact('first', 'deal.lost', '01-05T09:00')).deals
    expect(applyDealActivity(lost, fact('second', 'deal.lost', '06-05T09:00')).deals).toBe(lost)
  })
})
