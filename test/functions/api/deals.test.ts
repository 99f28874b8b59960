import { describe, expect, it } from 'vitest'
import type { Fact, LeadId } from '../../../domain/model/activity.ts'
import type { JsonObject } from '../../../domain/model/json.ts'
import { fact, leadIdOf } from '../../domain/support/facts.ts'
import { apiWorld } from './api-world.ts'

const dealId = 'lead-0001.1'
const accepted = fact('accepted', 'handoff.accepted', '03-01T12:00', { handoffId: dealId })
const proposal = fact('proposal', 'proposal.sent', '03-01T13:00', {
  dealId: 'crm-7',
  amount: '1234.50',
  currency: 'EUR',
})
const negotiation = fact('negotiation', 'negotiation.started', '03-01T14:00')
const won = fact('won', 'deal.won', '03-01T15:00')
const lost = fact('lost', 'deal.lost', '03-01T15:00')

const withFacts = async (...facts: readonly Fact[]) => {
  const world = apiWorld()
  const leadId = await world.addLead(1)
  await world.add(leadId, facts)
  const record = (type: string, properties: JsonObject = {}, rest: JsonObject = {}, id: LeadId = leadId) =>
    world.call(`/api/leads/${id}/activities`, {
      method: 'POST',
      groups: '[sales]',
      body: JSON.stringify({ type, properties, ...rest }),
    })
  return { world, leadId, record }
}

describe('the deals of a lead', () => {
  it('are shown with their phases, their value and how long they took', async () => {
    const { world, leadId } = await withFacts(accepted, proposal)
    expect(await world.call(`/api/leads/${leadId}`)).toMatchObject({
      body: {
        deals: [
          {
            dealId,
            externalId: 'crm-7',
            handoffId: dealId,
            status: 'open',
            phase: 'proposal',
            phases: [
              {
                phase: 'lead_qualification',
                since: '2026-03-01T12:00:00.000Z',
                until: '2026-03-01T13:00:00.000Z',
                days: 0.042,
                reason: null,
                activityId: 'accepted',
              },
              // Up to now: 2 March, 09:00.
              { phase: 'proposal', since: '2026-03-01T13:00:00.000Z', until: null, days: 0.833 },
            ],
            value: '1234.50',
            currency: 'EUR',
            openedAt: '2026-03-01T12:00:00.000Z',
            closedAt: null,
            reason: null,
            owner: null,
          },
        ],
      },
    })
  })

  it('stand still once they are closed, and are shown as of a moment', async () => {
    const { world, leadId } = await withFacts(accepted, proposal, won)
    const show = (query = {}) => world.call(`/api/leads/${leadId}`, { query })
    expect(await show()).toMatchObject({
      body: { deals: [{ status: 'won', closedAt: won.occurredAt, phases: [{}, {}, { days: 0 }] }] },
    })
    expect(await show({ at: '2026-03-01T13:30:00Z' })).toMatchObject({
      body: { deals: [{ status: 'open', phase: 'proposal', closedAt: null }] },
    })
  })

  it('are none for a lead without', async () => {
    const { world, leadId } = await withFacts()
    expect(await world.call(`/api/leads/${leadId}`)).toMatchObject({ body: { deals: [] } })
  })
})

describe('an activity by hand', () => {
  it.each<[string, readonly Fact[], string, JsonObject]>([
    ['a step on', [accepted], 'needs.recorded', { needs: ['speed'] }],
    ['a step past others', [accepted], 'negotiation.started', {}],
    ['a step back with a reason', [accepted, negotiation], 'needs.recorded', { reason: 'a new buyer' }],
    ['a call in any phase', [accepted, negotiation], 'sales.engaged', { channel: 'phone' }],
    ['an answer to a proposal', [accepted, negotiation], 'proposal.declined', { reason: 'price' }],
    [
      'by the id of the CRM',
      [accepted, proposal],
      'deal.won',
      { dealId: 'crm-7', amount: 5, currency: 'EUR' },
    ],
    ['what follows a win', [accepted, won], 'customer.rated', { rating: 5 }],
    ['a further deal', [accepted, won], 'deal.opened', { dealId: 'crm-8' }],
    ['a lost one opened again', [accepted, lost], 'deal.moved', { phase: 'proposal', reason: 'budget' }],
    ['rating without any deal', [], 'customer.rated', { rating: 5 }],
    ['contact without any deal', [], 'contact.requested', {}],
  ])('fits: %s', async (_, facts, type, properties) => {
    const { world, record } = await withFacts(...facts)
    expect(await record(type, properties)).toMatchObject({ type: 'accepted' })
    expect(world.bus.submitted).toMatchObject([{ type }])
  })

  it.each<[string, readonly Fact[], string, JsonObject, RegExp, object]>([
    [
      'a step back without a reason',
      [accepted, negotiation],
      'needs.recorded',
      {},
      /^Deal lead-0001\.1 is in phase negotiation, and needs_analysis comes before it: give a reason/,
      { dealId, status: 'open', phase: 'negotiation' },
    ],
    [
      'a win of what is won',
      [accepted, won],
      'deal.won',
      { dealId },
      /^Deal lead-0001\.1 is won: onboarding/,
      { dealId, status: 'won', phase: 'closing' },
    ],
    [
      'work on what is lost',
      [accepted, lost],
      'negotiation.started',
      { dealId },
      /^Deal lead-0001\.1 is lost: nothing follows; to open it again, record deal\.moved/,
      { dealId, status: 'lost', phase: 'closing' },
    ],
    [
      'onboarding before a win',
      [accepted, proposal],
      'onboarding.completed',
      {},
      /^Deal lead-0001\.1 is in phase proposal: post_sale follows a win/,
      { dealId, status: 'open', phase: 'proposal' },
    ],
  ])('conflicts: %s', async (_, facts, type, properties, detail, current) => {
    const { world, record } = await withFacts(...facts)
    expect(await record(type, properties)).toEqual({
      type: 'conflict',
      detail: expect.stringMatching(detail),
      current,
    })
    expect(world.bus.submitted).toEqual([])
  })

  it('opens a further deal, whatever is open and nameless', async () => {
    const { world, leadId, record } = await withFacts(accepted)
    const second = { dealId: 'second', amount: '77.10', currency: 'USD' }
    expect(await record('deal.opened', second, { occurredAt: '2026-03-01T13:00:00Z' })).toMatchObject({
      type: 'accepted',
    })
    const [given] = world.bus.submitted
    expect(given?.properties).toEqual({ ...second, further: true, by: 'Sam', how: 'by-hand' })
    await world.add(leadId, [fact('given', 'deal.opened', '03-01T13:00', given?.properties)])
    expect(await world.call(`/api/leads/${leadId}`)).toMatchObject({
      body: {
        deals: [
          { dealId, externalId: null, value: null },
          { dealId: 'second', externalId: null, value: '77.10', currency: 'USD' },
        ],
      },
    })
  })

  it('conflicts: a deal that is opened twice', async () => {
    const { record } = await withFacts(accepted, proposal)
    expect(await record('deal.opened', { dealId: 'crm-7' })).toMatchObject({ type: 'conflict' })
  })

  it.each<[string, JsonObject, string]>([
    ['deal.won', { dealId: 'crm-9' }, 'properties.dealId'],
    ['deal.won', { amount: -5, currency: 'EUR' }, 'properties.amount'],
    ['deal.won', { amount: 5, currency: 'EUX' }, 'properties.currency'],
    ['proposal.sent', { amount: 5 }, 'properties.currency'],
    ['proposal.sent', { amount: 5.5, currency: 'JPY' }, 'properties.amount'],
    ['deal.moved', { phase: 'evaluation' }, 'properties.phase'],
    ['handoff.accepted', {}, 'type'],
    ['handoff.rejected', { reason: 'not-now' }, 'type'],
  ])('is bad input: %s %j', async (type, properties, path) => {
    const { record } = await withFacts(accepted, proposal)
    expect(await record(type, properties)).toMatchObject({ type: 'bad-input', errors: [{ path }] })
  })

  it('of an earlier day takes its place, and is no step back', async () => {
    const { record } = await withFacts(accepted, negotiation)
    const earlier = { occurredAt: '2026-03-01T12:30:00Z' }
    expect(await record('needs.recorded', {}, earlier)).toMatchObject({ type: 'accepted' })
    expect(await record('needs.recorded', {}, { occurredAt: '2026-03-01T14:30:00Z' })).toMatchObject({
      type: 'conflict',
    })
  })

  it('sent again under its id is no conflict', async () => {
    const { record } = await withFacts(accepted, won)
    expect(await record('deal.won', {}, { id: 'won' })).toMatchObject({ type: 'accepted' })
    expect(await record('deal.won', {}, { id: 'won-2' })).toMatchObject({ type: 'conflict' })
  })

  it('is not held up by what a program sent in vain, nor by its own first arrival', async () => {
    const inVain = fact('in-vain', 'needs.recorded', '03-01T14:30')
    const opened = fact('opened', 'deal.opened', '03-01T15:00', { dealId: 'crm-8' })
    const { record } = await withFacts(accepted, proposal, negotiation, inVain, opened)
    expect(await record('negotiation.ended')).toMatchObject({ type: 'accepted' })
    expect(await record('deal.opened', { dealId: 'crm-8' }, { id: 'opened' })).toMatchObject({
      type: 'accepted',
    })
  })

  it('may name the handoff whose acceptance is still on its way to the log', async () => {
    const { world, record } = await withFacts()
    expect(await record('needs.recorded', { dealId })).toMatchObject({ type: 'bad-input' })
    await world.handoffs.commit({
      handoffId: dealId,
      leadId: leadIdOf('lead-0001'),
      team: 'dach',
      owner: { name: 'Anna Berg', email: 'anna@sales.example.com' },
      assignments: [],
      score: 70,
      stage: 'intent',
      requestedAt: '2026-03-01T11:00:00.000Z',
      dueAt: '2026-03-01T15:00:00.000Z',
      answer: { state: 'accepted', at: '2026-03-01T12:00:00.000Z', by: 'Anna Berg' },
      version: 0,
      outbox: [],
    })
    expect(await record('needs.recorded', { dealId })).toMatchObject({ type: 'accepted' })
  })

  it('about a merged lead is judged by the deals of the person', async () => {
    const { world, leadId, record } = await withFacts(accepted, negotiation)
    const member = await world.addLead(2)
    const stored = await world.leads.load(member)
    if (!stored?.state) throw new Error('no lead')
    await world.leads.commit({ ...stored, state: stored.state, mergedInto: leadId }, 0)
    expect(await record('needs.recorded', {}, {}, member)).toMatchObject({ type: 'conflict' })
  })
})
