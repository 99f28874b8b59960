import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../support/runs.ts'
import { hookWorld, linked, won } from './hook-world.ts'

const anna = { email: 'anna@example.com' }

describe('a delivery', () => {
  it('is answered with what became of it, and good events are kept when others are bad', async () => {
    const { deliver, bus } = hookWorld()
    const answer = await deliver([
      linked('d1', 1, anna),
      { id: 'x', kind: 'renamed' },
      won('d1', 2),
      { ...won('d1', 3), at: 'yesterday' },
      won('d2', 4),
      won('d1', 5, '-5'),
    ])
    expect(answer).toMatchObject({ status: 202 })
    expect(answer.body).toEqual({
      accepted: 3,
      ignored: 1,
      unmatched: 1,
      rejected: [{ index: 3, errors: [expect.objectContaining({ path: 'occurredAt' })] }],
      warnings: [{ index: 5, errors: [expect.objectContaining({ path: 'properties.amount' })] }],
    })
    expect(bus.submitted.map(({ id, subject }) => [id, subject])).toEqual([
      ['crm:deal.opened:l-d1-1', anna],
      ['crm:deal.won:w-d1-2', anna],
      ['crm:deal.won:w-d1-5', anna],
    ])
    expect(bus.submitted.at(-1)?.properties).toEqual({ dealId: 'd1' })
  })

  it('of one event alone, and of none, is a delivery too', async () => {
    const { deliver } = hookWorld()
    expect((await deliver(linked('d1', 1, anna))).body).toMatchObject({ accepted: 1 })
    expect((await deliver([])).body).toEqual({
      accepted: 0,
      ignored: 0,
      unmatched: 0,
      rejected: [],
      warnings: [],
    })
  })
})

describe('a deal of nobody yet', () => {
  it('waits until it is known whose it is, and then goes on the bus in the order of time', async () => {
    const { deliver, bus, deals } = hookWorld()
    expect((await deliver([won('d1', 5)])).body).toMatchObject({ accepted: 0, unmatched: 1 })
    expect((await deliver([won('d1', 4)])).body).toMatchObject({ accepted: 0, unmatched: 1 })
    expect(bus.submitted).toEqual([])
    expect((await deliver([linked('d1', 1, anna)])).body).toMatchObject({ accepted: 1, unmatched: 0 })
    expect(bus.submitted.map(({ id }) => id)).toEqual([
      'crm:deal.opened:l-d1-1',
      'crm:deal.won:w-d1-4',
      'crm:deal.won:w-d1-5',
    ])
    expect(deals.waiting()).toEqual([])
  })

  it('is known by its own source alone', async () => {
    const { deliver, bus, deals } = hookWorld()
    await deals.setOwner('other', 'd1', { leadId: (await hookWorldOwner()).leadId, taughtAt: 'x' })
    await deliver([won('d1', 5)])
    expect(bus.submitted).toEqual([])
  })

  it('belongs to who was named last in time, whichever comes last', async () => {
    for (const order of [
      [1, 3],
      [3, 1],
    ] as const) {
      const { deliver, deals } = hookWorld()
      for (const minute of order) await deliver([linked('d1', minute, { lead: `lead-000${minute}` })])
      expect(deals.owners.get('crm#d1')?.leadId).toBe('lead-0003')
    }
  })

  it('is found by somebody who keeps it while somebody else says whose it is', async () => {
    const { deliver, bus, deals } = hookWorld()
    const owner = await hookWorldOwner()
    const { keep } = deals
    Object.assign(deals, {
      keep: async (...given: Parameters<typeof keep>) => {
        await keep(...given)
        await deals.setOwner('crm', 'd1', owner)
      },
    })
    expect((await deliver([won('d1', 5)])).body).toMatchObject({ accepted: 1, unmatched: 0 })
    expect(bus.submitted).toMatchObject([{ subject: { leadId: owner.leadId } }])
    expect(deals.waiting()).toEqual([])
  })

  it('is not lost where the bus takes nothing: the CRM delivers again', async () => {
    const { deliver, bus, deals } = hookWorld()
    await deliver([won('d1', 5)])
    const { submit } = bus
    Object.assign(bus, { submit: () => Promise.reject(new Error('throttled')) })
    await expect(deliver([linked('d1', 1, anna)])).rejects.toThrow('throttled')
    expect(deals.waiting()).toHaveLength(1)
    Object.assign(bus, { submit })
    await deliver([linked('d1', 1, anna)])
    expect(bus.submitted.map(({ type }) => type)).toEqual(['deal.opened', 'deal.won'])
    expect(deals.waiting()).toEqual([])
  })
})

/** Whoever the world's address book says. */
const hookWorldOwner = async () => {
  const { deliver, deals } = hookWorld()
  await deliver([linked('any', 1, anna)])
  const owner = deals.owners.get('crm#any')
  if (!owner) throw new Error('nobody')
  return owner
}

it('in whatever order, however often and in whatever portions: each activity comes, and all about one person', async () => {
  const events = [
    linked('d1', 1, anna),
    won('d1', 2),
    won('d1', 3),
    linked('d2', 1, { lead: 'lead-0002' }),
    won('d2', 4),
  ]
  const portions = fc
    .shuffledSubarray([...events, ...events, ...events], { minLength: 15, maxLength: 15 })
    .chain((all) =>
      fc
        .array(fc.integer({ min: 1, max: 4 }), { minLength: 15, maxLength: 15 })
        .map((sizes) => ({ all, sizes })),
    )
  await fc.assert(
    fc.asyncProperty(portions, async ({ all, sizes }) => {
      const { deliver, bus, deals } = hookWorld()
      let rest = all
      for (const size of sizes) {
        if (rest.length > 0) await deliver(rest.slice(0, size))
        rest = rest.slice(size)
      }
      const byId = new Map(bus.submitted.map((one) => [one.id, one]))
      expect([...byId.keys()].sort()).toEqual([
        'crm:deal.opened:l-d1-1',
        'crm:deal.opened:l-d2-1',
        'crm:deal.won:w-d1-2',
        'crm:deal.won:w-d1-3',
        'crm:deal.won:w-d2-4',
      ])
      const whom = (deal: string) =>
        new Set(
          bus.submitted
            .filter(({ properties }) => properties.dealId === deal)
            .map(({ subject }) => JSON.stringify(subject)),
        )
      expect([...whom('d1')].every((one) => one.includes('anna'))).toBe(true)
      expect([...whom('d2')]).toEqual(['{"leadId":"lead-0002"}'])
      expect(deals.waiting()).toEqual([])
    }),
    { numRuns: runs(50) },
  )
})
