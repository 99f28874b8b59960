import { describe, expect, test } from 'vitest'
import type { ChannelCost } from '../../../domain/activity/parse-activity.ts'
import type { LeadId } from '../../../domain/model/activity.ts'
import { makeRecordActivities } from '../../../functions/record/record-activities.ts'
import { activityMessage } from '../fakes/bus-message.ts'
import { activityOfAnna, recordWorld } from './record-world.ts'

/** A recorder that notes what it tells the figures: a message for each list. */
const tellingWorld = () => {
  const world = recordWorld()
  const told: (readonly LeadId[])[] = []
  const costs = new Map<string, ChannelCost>()
  const counted = { costs: 0 }
  const figures = {
    leadsChanged: async (leadIds: readonly LeadId[]) => void told.push(leadIds),
    costsChanged: async () => {
      counted.costs += 1
    },
  }
  const keep = async (cost: ChannelCost) => void costs.set(cost.id, costs.get(cost.id) ?? cost)
  const ports = { ...world.ports, figures, costs: { keep } }
  return { ...world, ports, told, costs, counted, record: makeRecordActivities(ports) }
}

const viewed = (id: string, email: string) =>
  activityMessage({ ...activityOfAnna(id, 'page.viewed', 2), subject: { email } })

describe('the figures are told', () => {
  test('once of a batch, however many activities and leads are in it', async () => {
    const { record, told, leads } = tellingWorld()
    await record([
      viewed('a1', 'anna@example.com'),
      viewed('a2', 'anna@example.com'),
      viewed('b1', 'ben@example.com'),
    ])
    expect(told.map((leadIds) => [...leadIds].sort())).toEqual([[...leads.items.keys()].sort()])
  })

  test('again with a repeat: whoever died after the commit may have told nobody', async () => {
    const { record, told, lead } = tellingWorld()
    await record([viewed('a1', 'anna@example.com')])
    await record([viewed('a1', 'anna@example.com')])
    expect(told).toEqual([[lead().leadId], [lead().leadId]])
  })

  test('after what they are told of is committed; where that fails, the batch comes again', async () => {
    const { ports, leads } = tellingWorld()
    const committed: number[] = []
    const leadsChanged = async () => {
      committed.push(leads.items.size)
      throw new Error('SQS is down')
    }
    const record = makeRecordActivities({ ...ports, figures: { ...ports.figures, leadsChanged } })
    await expect(record([viewed('a1', 'anna@example.com')])).rejects.toThrow('SQS is down')
    expect(committed).toEqual([1])
  })

  test('of what a channel cost, which is kept once', async () => {
    const { record, told, costs, counted } = tellingWorld()
    const cost = {
      id: 'c1',
      type: 'channel.cost',
      occurredAt: '2026-03-01T00:00:00.000Z',
      properties: { source: 'google', amount: '12.50', currency: 'EUR' },
    }
    const failures = await record([
      activityMessage(cost),
      activityMessage({ ...cost, properties: { ...cost.properties, amount: '99' } }),
      activityMessage({ ...cost, id: 'c2', properties: {} }),
    ])
    expect(failures.size).toBe(1)
    expect([...costs.values()]).toMatchObject([{ source: 'google', amount: '12.50' }])
    expect([told, counted.costs]).toEqual([[], 1])
  })
})
