import { describe, expect, it } from 'vitest'
import { linkIn } from './client.ts'
import { useStory } from './use-story.ts'

const minute = 60_000

/** A lead's way to sales, told a minute apart. */
const story = [
  ['page.viewed', { path: '/pricing' }],
  ['consent.granted', { purpose: 'newsletter' }],
  ['newsletter.subscribed', {}],
  ['profile.updated', { fields: { country: 'DE', employees: 250, role: 'energy', language: 'en' } }],
  ['content.viewed', {}],
  ['demo.requested', {}],
  ['prices.compared', {}],
  ['quote.requested', {}],
  ['profile.updated', { fields: { country: 'AT', firstName: 'Uli' } }],
  ['sales.engaged', { channel: 'phone' }],
  ['offer.rated', { rating: 5 }],
  ['order.completed', { orderId: 'o-9', amount: '990.00', currency: 'EUR' }],
] as const

const shuffled = <Item>(items: readonly Item[], seed: number): Item[] => {
  let state = seed
  const random = () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
  return items
    .map((item) => [random(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item)
}

describe('the same activities in any order, each of them three times', () => {
  const client = useStory()

  it('end in the same score, stage, explanation and number of emails and handoffs', async () => {
    const begin = Date.parse(await client.now()) - story.length * minute
    const activities = (name: string) =>
      story.map(([type, properties], index) => ({
        id: `${name}-${String(index).padStart(2, '0')}`,
        type,
        subject: { email: `${name}@order.example.net` },
        occurredAt: new Date(begin + index * minute).toISOString(),
        properties,
      }))

    const names = ['straight', 'shuffled-1', 'shuffled-2', 'shuffled-3', 'reversed', 'settled']
    await client.postEvents(activities('straight'))
    for (const seed of [1, 2, 3]) {
      const three = activities(`shuffled-${seed}`)
      for (const activity of shuffled([...three, ...three, ...three], seed))
        await client.postEvents([activity])
    }
    for (const activity of activities('reversed').reverse()) {
      await client.postEvents([activity, activity, activity])
      await client.settle()
    }
    for (const activity of activities('settled')) {
      await client.postEvents([activity])
      await client.settle()
    }
    await client.settle()
    await client.advance('30d')

    const outcome = async (name: string) => {
      const lead = await client.leadByEmail(`${name}@order.example.net`)
      const { score, rules, stage } = await client.explanation(lead.leadId)
      const mails = await client.inbox(`${name}@order.example.net`)
      const because = JSON.stringify(stage.because).replaceAll(name, '').replaceAll(lead.leadId, 'lead')
      return {
        stage: {
          id: stage.id,
          because,
          // Nobody answers: each handoff expires so long after it was asked for.
          ...(!because.includes(':rejected') && { reachedAt: stage.reachedAt }),
        },
        rules: rules.map(({ rule, points, activityId }) => ({
          rule,
          points,
          activityId: activityId.replace(name, ''),
        })),
        mails: mails.length,
        handoffs: lead.handoffs.length,
        // The clock goes on while one lead after the other is asked for.
        score: expect.closeTo(score, 2),
      }
    }
    const first = await outcome('straight')
    expect(first.handoffs).toBe(1)
    expect(first.mails).toBeGreaterThan(1)
    for (const name of names.slice(1)) {
      const { score } = await client.leadByEmail(`${name}@order.example.net`)
      expect({ name, ...(await outcome(name)), score }).toEqual({ name, ...first })
    }
    // Nobody answered in all that time: each of those who had it since was told once.
    const owners = await Promise.all(
      (await client.handoffs()).map(({ handoffId }) =>
        client.get<{ assignments: readonly unknown[] }>(`/api/handoffs/${handoffId}`),
      ),
    )
    const told = (await client.inbox()).filter(({ tags }) => tags.email === 'handoff')
    expect(new Set(told.map(({ tags }) => tags.leadId)).size).toBe(names.length)
    expect(told).toHaveLength(owners.flatMap(({ assignments }) => assignments).length)
    expect(told.map((mail) => linkIn(mail, '/h/'))).toHaveLength(told.length)
  })
})
