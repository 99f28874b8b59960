import { describe, expect, it } from 'vitest'
import type { DealRow } from '../../../functions/api/deal-routes.ts'
import { fact, leadIdOf } from '../../domain/support/facts.ts'
import { apiWorld } from './api-world.ts'

/** Three leads: an open deal in proposal, one that was won, and one lost with another open. */
const dealsWorld = async () => {
  const world = apiWorld()
  const facts = {
    'lead-0001': [
      fact('p1', 'profile.updated', '02-01T08:00', { fields: { firstName: 'Ada', company: 'Nordpack' } }),
      fact('a1', 'proposal.sent', '02-02T08:00', { amount: '500', currency: 'EUR' }),
    ],
    'lead-0002': [fact('b1', 'deal.won', '02-03T08:00', { amount: '90.50', currency: 'EUR' })],
    'lead-0003': [
      fact('c1', 'deal.opened', '02-04T08:00', { dealId: 'first' }),
      fact('c2', 'deal.lost', '02-05T08:00', { dealId: 'first', reason: 'price' }),
      fact('c3', 'deal.opened', '02-06T08:00', { dealId: 'second', further: true }),
    ],
  }
  for (const [id, log] of Object.entries(facts)) await world.add(leadIdOf(id), log)
  const list = async (query: Readonly<Record<string, string>> = {}) => {
    const answer = await world.call('/api/deals', { query })
    if (answer.type !== 'ok') throw new Error(JSON.stringify(answer))
    return answer.body as { readonly items: readonly DealRow[]; readonly next?: string }
  }
  return { ...world, list }
}

const idsOf = ({ items }: { readonly items: readonly DealRow[] }) => items.map(({ dealId }) => dealId)

describe('the list of deals', () => {
  it('shows each with whom it is with, what it is worth and how long it has been where it is', async () => {
    const { list } = await dealsWorld()
    expect((await list({ state: 'open', phase: 'proposal' })).items).toEqual([
      {
        dealId: 'a1',
        externalId: null,
        leadId: 'lead-0001',
        name: 'Ada',
        company: 'Nordpack',
        phase: 'proposal',
        amount: '500.00',
        currency: 'EUR',
        owner: null,
        state: 'open',
        openedAt: '2026-02-02T08:00:00.000Z',
        phaseSince: '2026-02-02T08:00:00.000Z',
        closedAt: null,
        reason: null,
      },
    ])
  })

  it.each([
    [{}, ['a1', 'second', 'b1', 'first']],
    [{ state: 'won' }, ['b1']],
    [{ state: 'lost' }, ['first']],
    [{ owner: 'anna@sales.example.com' }, []],
  ])('is narrowed down by %o', async (query: Readonly<Record<string, string>>, ids) => {
    const { list } = await dealsWorld()
    expect(idsOf(await list(query))).toEqual(ids)
  })

  it('goes on from page to page over all states, each deal once', async () => {
    const { list } = await dealsWorld()
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await list({ limit: '1', ...(cursor !== undefined && { cursor }) })
      seen.push(...idsOf(page))
      cursor = page.next
    } while (cursor !== undefined)
    expect(seen).toEqual(['a1', 'second', 'b1', 'first'])
  })

  it('names every wrong value', async () => {
    const { call, list } = await dealsWorld()
    const { next = '' } = await list({ limit: '1', phase: 'proposal' })
    const others = [{ cursor: next }, { cursor: next, phase: 'proposal', state: 'open' }]
    for (const query of [{ state: 'gone' }, { phase: 'sold' }, { cursor: 'bm9uc2Vuc2U' }, ...others])
      expect(await call('/api/deals', { query })).toMatchObject({
        type: 'bad-input',
        errors: [{ path: Object.keys(query)[0] }],
      })
  })
})
