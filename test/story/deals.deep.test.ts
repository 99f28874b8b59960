import { describe, expect, it } from 'vitest'
import { scoringClient } from './scoring-client.ts'
import { useStory } from './use-story.ts'

interface DealView {
  readonly dealId: string
  readonly externalId: string | null
  readonly status: string
  readonly phase: string
  readonly phases: readonly { readonly phase: string }[]
  readonly value: string | null
  readonly currency: string | null
  readonly reason: string | null
  readonly owner: { readonly email: string } | null
}

interface Problem {
  readonly status: number
  readonly detail: string
  readonly current?: object
  readonly errors?: readonly { readonly path: string }[]
}

describe('deals, from the acceptance of a handoff to what follows a win', () => {
  const client = useStory()
  const story = scoringClient(client)

  /** A lead that sales has accepted. @returns its id; that of its handoff is the deal's. */
  const handedOver = async (email: string): Promise<string> => {
    await story.record(
      { email },
      ['consent.granted', { purpose: 'newsletter' }],
      ['demo.requested'],
      ['quote.requested'],
    )
    const leadId = await story.idOf(email)
    const answer = await client.post(`/api/handoffs/${leadId}.1/accept`, undefined)
    expect(answer.status).toBe(200)
    await client.settle()
    return leadId
  }
  const byHand = (leadId: string, type: string, properties: object = {}) =>
    client.post(`/api/leads/${leadId}/activities`, { type, properties })
  /** One after the other, each settled before the next: messages overtake each other on the bus. */
  const done = async (
    leadId: string,
    ...steps: readonly (readonly [type: string, properties?: object])[]
  ): Promise<void> => {
    for (const [type, properties] of steps) {
      const response = await byHand(leadId, type, properties)
      if (response.status !== 202) throw new Error(`${type}: ${response.status} ${await response.text()}`)
      await client.settle()
    }
  }
  const refused = async (leadId: string, type: string, properties: object = {}): Promise<Problem> =>
    (await (await byHand(leadId, type, properties)).json()) as Problem
  const deals = async (leadId: string) =>
    (await client.get<{ deals: readonly DealView[] }>(`/api/leads/${leadId}`)).deals
  const way = (deal: DealView | undefined) => deal?.phases.map(({ phase }) => phase)

  it('goes through the phases, and no step back without a reason', async () => {
    const leadId = await handedOver('karl@werk.example.net')
    const dealId = `${leadId}.1`
    expect(await deals(leadId)).toMatchObject([
      { dealId, status: 'open', phase: 'lead_qualification', owner: { email: expect.stringContaining('@') } },
    ])
    await done(
      leadId,
      ['needs.recorded', { needs: ['speed', 'price'] }],
      ['proposal.sent', { proposalId: 'p-1', amount: '1234.50', currency: 'EUR' }],
      ['negotiation.started'],
    )
    expect(await refused(leadId, 'needs.recorded')).toMatchObject({
      status: 409,
      detail: expect.stringContaining('is in phase negotiation, and needs_analysis comes before it'),
      current: { dealId, phase: 'negotiation' },
    })
    expect(await refused(leadId, 'onboarding.completed')).toMatchObject({ status: 409 })
    expect(await refused(leadId, 'deal.won', { amount: -1, currency: 'EUR' })).toMatchObject({
      status: 422,
      errors: [{ path: 'properties.amount' }],
    })
    await done(
      leadId,
      ['proposal.sent', { amount: 1100.1, currency: 'EUR', reason: 'smaller scope' }],
      ['deal.won'],
    )
    expect(await refused(leadId, 'deal.won', { dealId })).toMatchObject({ status: 409 })
    await done(leadId, ['onboarding.completed'])

    const [deal] = await deals(leadId)
    expect(deal).toMatchObject({ status: 'won', phase: 'post_sale', value: '1100.10', currency: 'EUR' })
    expect(way(deal)).toEqual([
      ...['lead_qualification', 'needs_analysis', 'proposal', 'negotiation'],
      ...['proposal', 'closing', 'post_sale'],
    ])
    const moves = (await story.told('DealPhaseChanged', leadId)).map(({ from, to }) => `${from} ${to}`)
    expect(moves.toSorted()).toEqual(
      [
        [null, 'lead_qualification'],
        ['lead_qualification', 'needs_analysis'],
        ['needs_analysis', 'proposal'],
        ['proposal', 'negotiation'],
        ['negotiation', 'proposal'],
        ['proposal', 'closing'],
        ['closing', 'post_sale'],
      ]
        .map(([from, to]) => `${from} ${to}`)
        .toSorted(),
    )
    expect((await story.show(leadId)).handoffs).toMatchObject([{ handoffId: dealId, state: 'won' }])
    expect(await story.told('DealWon', leadId)).toMatchObject([
      { dealId, handoffId: dealId, amount: '1100.10', currency: 'EUR' },
    ])
  })

  it('takes the reports of a CRM five times and in the wrong order, and a second deal beside it', async () => {
    const email = 'lena@werk.example.net'
    const leadId = await handedOver(email)
    const now = Date.parse(await client.now())
    const at = (minutes: number) => new Date(now + minutes * 60_000).toISOString()
    await client.advance('2h')
    const report = (id: string, type: string, occurredAt: string, properties: object) => ({
      id,
      type,
      subject: { email },
      occurredAt,
      properties: { dealId: 'crm-1', ...properties },
    })
    const reports = [
      report('crm-e1', 'needs.recorded', at(10), {}),
      report('crm-e2', 'proposal.sent', at(20), { amount: 5000, currency: 'JPY' }),
      report('crm-e3', 'deal.moved', at(30), { phase: 'negotiation' }),
      report('crm-e4', 'deal.lost', at(40), { reason: 'price' }),
    ]
    for (const batch of [reports.toReversed(), reports, reports.slice(1, 3), reports.toReversed(), reports]) {
      expect(await client.postEvents(batch)).toMatchObject({ rejected: [] })
      if (batch.length === reports.length) await client.settle()
    }
    const [first] = await deals(leadId)
    expect(first).toMatchObject({
      dealId: `${leadId}.1`,
      externalId: 'crm-1',
      status: 'lost',
      value: '5000',
      currency: 'JPY',
      reason: 'price',
    })
    expect(way(first)).toEqual([
      ...['lead_qualification', 'needs_analysis', 'proposal', 'negotiation', 'closing'],
    ])
    expect(await story.told('DealLost', leadId)).toMatchObject([{ reason: 'price', amount: '5000' }])

    // What comes too late for it is kept, and says why it changed nothing.
    await client.postEvents([report('crm-e5', 'proposal.sent', at(60), {})])
    await client.postEvents([
      report('crm-e6', 'proposal.sent', at(70), { dealId: 'crm-2', amount: '0.10', currency: 'EUR' }),
    ])
    await client.settle()
    const late = (await story.timeline(leadId)).items.find(({ id }) => id === 'crm-e5')
    expect(late?.followed).toContainEqual({
      type: 'dealStayed',
      dealId: `${leadId}.1`,
      status: 'lost',
      phase: 'closing',
      wanted: 'proposal',
      because: 'closed',
    })
    expect(await refused(leadId, 'deal.won', { dealId: 'crm-3' })).toMatchObject({
      status: 422,
      errors: [{ path: 'properties.dealId' }],
    })
    await done(leadId, ['deal.won', { dealId: 'crm-2' }])
    expect(await deals(leadId)).toMatchObject([
      { externalId: 'crm-1', status: 'lost' },
      { dealId: 'crm-2', status: 'won', value: '0.10', currency: 'EUR', owner: null },
    ])
  })

  it('takes back a win that was a mistake', async () => {
    const leadId = await handedOver('mara@werk.example.net')
    const answer = await byHand(leadId, 'deal.won', { amount: '10', currency: 'EUR' })
    const { id } = (await answer.json()) as { id: string }
    await client.settle()
    const state = async () => (await story.show(leadId)).handoffs.map((handoff) => handoff.state)
    expect(await state()).toEqual(['won'])
    await done(leadId, ['activity.voided', { activityId: id }])
    expect(await state()).toEqual(['accepted'])
    expect(await deals(leadId)).toMatchObject([{ status: 'open', phase: 'lead_qualification', value: null }])
    expect(await story.told('DealOutcomeWithdrawn', leadId)).toMatchObject([
      { dealId: `${leadId}.1`, outcome: 'won', phase: 'lead_qualification' },
    ])
    await done(leadId, ['deal.lost', { reason: 'price' }])
    expect(await state()).toEqual(['lost'])
    await done(leadId, ['deal.moved', { phase: 'proposal', reason: 'they called back' }])
    expect(await state()).toEqual(['accepted'])
    await done(leadId, ['deal.won'])
    expect(await state()).toEqual(['won'])
  })

  it('opens a second deal by hand beside the one from the handoff', async () => {
    const leadId = await handedOver('nele@werk.example.net')
    await done(
      leadId,
      ['proposal.sent', { amount: '1234.50', currency: 'EUR' }],
      ['deal.opened', { dealId: 'second', amount: '77.10', currency: 'USD' }],
    )
    expect(await deals(leadId)).toMatchObject([
      { dealId: `${leadId}.1`, externalId: null, value: '1234.50', currency: 'EUR', phase: 'proposal' },
      { dealId: 'second', externalId: null, value: '77.10', currency: 'USD', phase: 'lead_qualification' },
    ])
  })
})
