import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { type CompiledHook, compileHook, mapEvent } from '../../domain/hook/map-event.ts'
import { eventsOf } from '../../domain/hook/waiting-events.ts'
import type { Json } from '../../domain/model/json.ts'
import { noChecks, readShape } from '../../domain/playbook/faults.ts'
import { hookSchema } from '../../domain/playbook/schema/hook-schema.ts'
import { readYaml } from '../../domain/playbook/yaml-file.ts'
import { hubspotEvent, pipedriveBody, salesforceBody } from '../domain/hook/vendor-bodies.ts'

const options = {
  arrivedAt: '2026-03-02T12:00:00.000Z',
  identity: { case: 'same' },
  fingerprint: (text: string) => String(text.length),
} as const

const shipped = async (source: string): Promise<CompiledHook> => {
  const file = `templates/hooks/${source}.yaml`
  const { value } = readShape(readYaml(file, await readFile(file, 'utf8')), hookSchema, noChecks)
  if (!value) throw new Error(`${file} cannot be read`)
  return compileHook(value)
}

const mapped = async (source: string, body: Json) => {
  const hook = await shipped(source)
  const found = eventsOf(hook.hook, body)
  if (found.type === 'refused') throw new Error(JSON.stringify(found.errors))
  return found.events.flatMap((event) => {
    const { activities, errors } = mapEvent(hook, { event, body }, options)
    expect(errors).toEqual([])
    return activities.map(({ type, subject, occurredAt, properties }) => ({
      type,
      subject,
      occurredAt,
      properties,
    }))
  })
}

const lead = 'b3c1d0a2-0000-4000-8000-000000000001'
const time = 1772442000000
const occurredAt = '2026-03-02T09:00:00.000Z'

describe('HubSpot', () => {
  const deal = { dealId: '13980341987' }
  it.each([
    [['trichter_lead_id', lead], 'deal.opened', { leadId: lead }, deal],
    [
      ['dealstage', 'qualifiedtobuy'],
      'deal.moved',
      deal,
      { ...deal, phase: 'needs_analysis', reason: 'moved in HubSpot' },
    ],
    [
      ['dealstage', 'contractsent'],
      'deal.moved',
      deal,
      { ...deal, phase: 'negotiation', reason: 'moved in HubSpot' },
    ],
    [['dealstage', 'closedwon'], 'deal.won', deal, deal],
    [['dealstage', 'closedlost'], 'deal.lost', deal, deal],
    [['amount', '12500.50'], 'deal.opened', deal, { ...deal, amount: '12500.50', currency: 'EUR' }],
  ] as const)('%j', async ([name, value], type, subject, properties) => {
    expect(await mapped('hubspot', [hubspotEvent(name, value, time)])).toEqual([
      { type, subject, occurredAt, properties },
    ])
  })

  it('ignores what it does not know, a property that was emptied, and other objects', async () => {
    expect(
      await mapped('hubspot', [
        hubspotEvent('dealname', 'Leak audit', time),
        hubspotEvent('dealstage', '1234567', time),
        hubspotEvent('amount', '', time),
        hubspotEvent('trichter_lead_id', '', time),
        hubspotEvent('dealstage', 'closedwon', time, { subscriptionType: 'contact.propertyChange' }),
        { subscriptionType: 'deal.creation', objectId: 5 },
      ]),
    ).toEqual([])
  })

  it('knows an event that is delivered again, and tells two with one event id apart', async () => {
    const hook = await shipped('hubspot')
    const idOf = (event: Json) => mapEvent(hook, { event, body: [event] }, options).activities[0]?.id
    const first = hubspotEvent('dealstage', 'closedwon', time)
    expect(idOf({ ...first, attemptNumber: 3 })).toBe(idOf(first))
    expect(idOf({ ...first, objectId: 5 })).not.toBe(idOf(first))
  })
})

describe('Pipedrive', () => {
  const key = '0123456789abcdef0123456789abcdef01234567'
  const money = { dealId: '42', amount: '12500.5', currency: 'EUR' }
  it.each([
    [{ stage_id: 1 }, 'deal.moved', { ...money, phase: 'lead_qualification', reason: 'moved in Pipedrive' }],
    [{ stage_id: 5 }, 'deal.moved', { ...money, phase: 'negotiation', reason: 'moved in Pipedrive' }],
    [{ status: 'won' }, 'deal.won', money],
    [{ status: 'lost', lost_reason: 'Too expensive' }, 'deal.lost', { ...money, reason: 'Too expensive' }],
  ])('%j', async (data, type, properties) => {
    const body = pipedriveBody(data, '2026-03-02T09:00:00.000Z')
    expect(await mapped('pipedrive', body)).toEqual([
      { type, subject: { dealId: '42' }, occurredAt, properties },
    ])
    const known = pipedriveBody(
      data,
      '2026-03-02T09:00:00.000Z',
      {},
      { [key]: { type: 'varchar', value: lead } },
    )
    expect(await mapped('pipedrive', known)).toEqual([
      { type, subject: { leadId: lead }, occurredAt, properties },
    ])
  })

  it.each([
    [{}, { entity: 'person' }],
    [{}, { action: 'delete' }],
    [{ stage_id: 77 }, {}],
    [{ status: 'deleted' }, {}],
  ])('ignores %j %j', async (data, meta) => {
    expect(await mapped('pipedrive', pipedriveBody(data, '2026-03-02T09:00:00.000Z', meta))).toEqual([])
  })
})

describe('Salesforce', () => {
  const changedAt = '2026-03-02T10:00:00.000+0100'
  const money = { dealId: '0068d00000AbCdEAAV', amount: '12500.5', currency: 'EUR' }
  it.each([
    ['Prospecting', 'deal.moved', { ...money, phase: 'lead_generation', reason: 'moved in Salesforce' }],
    ['Proposal/Price Quote', 'deal.moved', { ...money, phase: 'proposal', reason: 'moved in Salesforce' }],
    ['Negotiation/Review', 'deal.moved', { ...money, phase: 'negotiation', reason: 'moved in Salesforce' }],
    ['Closed Won', 'deal.won', money],
    ['Closed Lost', 'deal.lost', { ...money, reason: 'Price' }],
  ])('%s', async (stage, type, properties) => {
    const body = salesforceBody(stage, changedAt, { lossReason: 'Price' })
    for (const [whom, subject] of [
      [{ leadId: lead, email: 'anna@example.com' }, { leadId: lead }],
      [{ email: 'anna@example.com' }, { email: 'anna@example.com' }],
      [{}, { dealId: '0068d00000AbCdEAAV' }],
    ] as const)
      expect(await mapped('salesforce', { ...body, ...whom })).toEqual([
        { type, subject, occurredAt, properties },
      ])
  })

  it('ignores a stage that it does not know', async () => {
    expect(await mapped('salesforce', salesforceBody('On Hold', changedAt))).toEqual([])
  })
})
