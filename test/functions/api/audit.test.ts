import { expect, test } from 'vitest'
import { apiApp, post } from '../../../functions/api/api-route.ts'
import { send } from '../http/call-app.ts'
import { apiWorld, now } from './api-world.ts'

const done = () => async () => ({ type: 'ok', body: {} }) as const

const json = (value: unknown): string => JSON.stringify(value)

test('what a person does is noted with who, what, to whom and as what', async () => {
  const world = apiWorld()
  const leadId = await world.addLead(1)
  const other = await world.addLead(2)
  const path = `/api/leads/${leadId}`
  const activity = json({ id: 'call-1', type: 'sales.engaged', properties: { channel: 'phone' } })
  await world.call(`${path}/activities`, { method: 'POST', groups: '[sales]', body: activity })
  await world.call(`${path}/merge`, { method: 'POST', groups: '[marketing]', body: json({ leadId: other }) })
  await world.call(`${path}/export`)
  await world.call(path, { method: 'DELETE' })
  expect(world.audit.entries).toEqual(
    [
      { action: 'activity.recorded', role: 'sales', after: { type: 'sales.engaged', activityId: 'call-1' } },
      { action: 'lead.merged', role: 'marketing', after: { leadId: other } },
      { action: 'lead.exported', role: 'marketing' },
      { action: 'lead.erased', role: 'marketing' },
    ].map((entry) => ({
      id: 'fresh-id',
      at: now,
      actor: 'Sam',
      target: `leads/${leadId}`,
      ...entry,
      ...(entry.role === 'marketing' && entry.action !== 'lead.merged' && { role: expect.any(String) }),
    })),
  )
})

test('what only reads, and what was refused, is not noted', async () => {
  const world = apiWorld()
  const leadId = await world.addLead(1)
  await world.call(`/api/leads/${leadId}`)
  await world.call(`/api/leads/${leadId}`, { method: 'DELETE', groups: '[sales]' })
  await world.call('/api/leads/nobody-of-ours', { method: 'DELETE' })
  await world.call(`/api/leads/${leadId}/merge`, { method: 'POST', body: json({ leadId }) })
  await world.call('/api/audit')
  expect(world.audit.entries).toEqual([])
})

test('what cannot be noted is no success', async () => {
  const pause = post('/api/sending/pause', { roles: ['admin'], action: 'sending.paused' }, done)
  const audit = { add: async () => Promise.reject(new Error('the table is away')) }
  const app = apiApp([pause], {}, { audit: { audit, clock: () => now, newId: () => 'id' } })
  const claims = { name: 'Sam', 'cognito:groups': '[admin]' }
  await expect(send(app, '/api/sending/pause', { method: 'POST', claims })).rejects.toThrow(
    'the table is away',
  )
  expect(() => apiApp([pause], {})).toThrow('noted')
})

test('the list is filtered by who, what, to what and since when, and admins alone read it', async () => {
  const world = apiWorld()
  const leadId = await world.addLead(1)
  await world.call(`/api/leads/${leadId}/export`)
  await world.call('/api/sending/pause', { method: 'POST' })
  const shown = async (query: Readonly<Record<string, string>>) => {
    const result = await world.call('/api/audit', { query })
    if (result.type !== 'ok') return result.type
    return (result.body as { items: { action: string }[] }).items.map(({ action }) => action)
  }
  const all = ['sending.paused', 'lead.exported']
  expect(await shown({})).toEqual(all)
  expect(await shown({ actor: 'Sam' })).toEqual(all)
  expect(await shown({ actor: 'Eve' })).toEqual([])
  expect(await shown({ action: 'lead.exported' })).toEqual(['lead.exported'])
  expect(await shown({ target: 'leads' })).toEqual(['lead.exported'])
  expect(await shown({ target: `leads/${leadId}` })).toEqual(['lead.exported'])
  expect(await shown({ from: '2026-03-03' })).toEqual([])
  expect(await shown({ from: '2026-03-02T09:00:00Z' })).toEqual(all)
  for (const query of [{ action: 'lead.read' }, { from: 'yesterday' }, { cursor: '!' }, { cursor: 'e30' }])
    expect(await shown(query)).toBe('bad-input')
  for (const groups of ['[sales]', '[marketing]'])
    expect((await world.call('/api/audit', { groups })).type).toBe('forbidden')
})

test('a route that changes something cannot be declared without its name', () => {
  // @ts-expect-error: the name is what this is about.
  expect(post('/api/x', { roles: ['admin'] }, done)).toBeDefined()
})
