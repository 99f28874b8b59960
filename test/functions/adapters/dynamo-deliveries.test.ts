import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Delivery, newDelivery, newEndpoint, rotated } from '../../../domain/webhook/delivery.ts'
import {
  dynamoDeliveries,
  dynamoDeliveryLists,
  dynamoEndpointStates,
} from '../../../functions/adapters/dynamo-deliveries.ts'
import { dynamoRemains } from '../../../functions/adapters/dynamo-remains.ts'
import { Conflict } from '../../../functions/ports.ts'
import type { Deliveries, DeliveryLists, EndpointStates } from '../../../functions/webhook-ports.ts'
import { leadId, requested } from '../../domain/webhook/sample-webhook.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

const make = (number: number, endpoint = 'crm'): Delivery =>
  newDelivery(
    endpoint,
    { ...requested, decisionId: `${leadId}.1:n${number}` },
    `2026-03-02T09:00:${String(number).padStart(2, '0')}.000Z`,
  )

describe('deliveries in the table', () => {
  let table: TestTable
  let deliveries: Deliveries
  let lists: DeliveryLists
  let states: EndpointStates
  beforeAll(async () => {
    table = await startTable()
    deliveries = dynamoDeliveries(table.client, table.tableName)
    lists = dynamoDeliveryLists(table.client, table.tableName)
    states = dynamoEndpointStates(table.client, table.tableName)
  })
  afterAll(() => table.stop())

  it('are added once, and found as they were', async () => {
    const delivery = make(1)
    const stored = { ...delivery, version: 1 }
    expect(await deliveries.add(delivery)).toEqual(stored)
    expect(await deliveries.add({ ...delivery, createdAt: '2026-04-01T00:00:00.000Z' })).toEqual(stored)
    const { webhookId, endpoint } = delivery
    expect(await deliveries.load({ leadId, endpoint, webhookId })).toEqual(stored)
    expect(await deliveries.load({ leadId, endpoint: 'erp', webhookId })).toBeUndefined()
  })

  it('are committed by one of two, and not where they are gone', async () => {
    const stored = await deliveries.add(make(2))
    await deliveries.commit({ ...stored, attempts: 1 })
    await expect(deliveries.commit({ ...stored, attempts: 2 })).rejects.toBeInstanceOf(Conflict)
    await expect(deliveries.commit({ ...make(3), version: 1 })).rejects.toBeInstanceOf(Conflict)
  })

  it('are listed by endpoint and state, newest first, page by page, from a moment on, and counted', async () => {
    for (let number = 10; number < 20; number += 1) {
      const stored = await deliveries.add(make(number, 'listed'))
      if (number % 2 === 0) await deliveries.commit({ ...stored, state: 'failed' })
    }
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await lists.page({
        endpoint: 'listed',
        state: 'failed',
        since: '2026-03-02T09:00:12.000Z',
        limit: 2,
        ...(cursor !== undefined && { cursor }),
      })
      seen.push(...page.items.map(({ webhookId }) => webhookId.slice(-2)))
      cursor = page.next
    } while (cursor !== undefined)
    expect(seen).toEqual(['18', '16', '14', '12'])
    expect(await lists.count('listed', 'failed')).toBe(5)
    expect(await lists.count('listed', 'pending')).toBe(5)
    expect(await lists.count('listed', 'delivered')).toBe(0)
  })

  it('go with the person, but for the news that they were erased', async () => {
    await deliveries.add(make(30))
    const erased = newDelivery(
      'crm',
      { ...requested, type: 'LeadErased', decisionId: `${leadId}:erased` },
      make(31).createdAt,
    )
    await deliveries.add(erased)
    expect((await deliveries.list(leadId)).length).toBeGreaterThan(0)
    await dynamoRemains(table.client, table.tableName).clear(leadId)
    expect(await deliveries.list(leadId)).toEqual([])
    expect(await deliveries.load({ leadId, endpoint: 'crm', webhookId: erased.webhookId })).toMatchObject({
      state: 'pending',
    })
  })

  it('an endpoint is new until something is known of it, and is committed by one of two', async () => {
    expect(await states.load('crm')).toEqual(newEndpoint)
    const next = rotated(newEndpoint, '2026-03-02T09:00:00.000Z')
    await states.commit('crm', next)
    await expect(states.commit('crm', next)).rejects.toBeInstanceOf(Conflict)
    expect(await states.load('crm')).toEqual({ ...next, version: 1 })
  })
})
