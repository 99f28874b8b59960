import { describe, expect, test } from 'vitest'
import type { Endpoint } from '../../../domain/model/endpoint.ts'
import type { JsonObject } from '../../../domain/model/json.ts'
import {
  afterAttempt,
  afterFailure,
  giveUp,
  newDelivery,
  newEndpoint,
} from '../../../domain/webhook/delivery.ts'
import { apiApp } from '../../../functions/api/api-route.ts'
import { webhookRoutes } from '../../../functions/api/webhook-routes.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { leadId, requested } from '../../domain/webhook/sample-webhook.ts'
import { memoryAudit } from '../fakes/memory-audit.ts'
import { memoryDeliveries, memoryEndpointStates, plainWebhookSecrets } from '../fakes/memory-webhooks.ts'
import { resultOf, send } from '../http/call-app.ts'

const now = '2026-03-02T09:00:00.000Z'
const notify: readonly Endpoint[] = [
  { id: 'crm', type: 'webhook', url: 'https://crm.example.com/hook', events: ['DealWon'], lead: true },
  {
    id: 'channel',
    type: 'slack',
    url: 'https://hooks.slack.com/services/T/B/secret',
    events: ['DealWon'],
    lead: false,
  },
]

const makeWorld = () => {
  const { deliveries, lists } = memoryDeliveries()
  const endpoints = memoryEndpointStates()
  const told: JsonObject[] = []
  const playbook = makePlaybook()
  const app = apiApp(
    webhookRoutes,
    {
      rules: { playbook: { handoff: { ...playbook.handoff, notify } } },
      endpoints,
      deliveries,
      deliveryLists: lists,
      webhookSecrets: plainWebhookSecrets(),
      enqueueWebhook: async (message: JsonObject) => {
        told.push(message)
      },
      clock: () => now,
    },
    { audit: { audit: memoryAudit(), clock: () => now, newId: () => 'entry' } },
  )
  const call = (
    method: string,
    path: string,
    {
      groups = '[admin]',
      body,
      query = {},
    }: { groups?: string; body?: unknown; query?: Record<string, string> } = {},
  ) =>
    send(app, `/api/webhooks${path}`, {
      method,
      query,
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? '' : JSON.stringify(body),
      claims: { sub: 'someone', name: 'Sam', 'cognito:groups': groups },
    }).then(resultOf)
  const add = async (number: number, state: 'pending' | 'failed' | 'delivered') => {
    const fresh = newDelivery(
      'crm',
      { ...requested, decisionId: `${leadId}.1:n${number}` },
      `2026-03-02T09:00:0${number}.000Z`,
    )
    const stored = await deliveries.add(fresh)
    if (state === 'failed') await deliveries.commit(giveUp(stored, 'attempts'))
    if (state === 'delivered')
      await deliveries.commit(afterAttempt(stored, { type: 'answered', status: 204, answer: '' }, now, 0))
  }
  return { endpoints, told, call, add }
}

describe('webhooks in the console', () => {
  test('are shown with how they fare, and a channel without the address that lets anybody write there', async () => {
    const { call, add, endpoints } = makeWorld()
    await add(1, 'pending')
    await add(2, 'failed')
    await add(3, 'failed')
    await endpoints.commit(
      'crm',
      afterFailure(newEndpoint, { type: 'answered', status: 503, answer: 'x' }, 'u', now),
    )
    const result = await call('GET', '', { groups: '[marketing]' })
    expect(result).toMatchObject({
      type: 'ok',
      body: {
        items: [
          {
            id: 'crm',
            type: 'webhook',
            url: 'https://crm.example.com/hook',
            status: 'resting',
            pending: 1,
            delivered: 0,
            failed: 2,
            lastError: { at: now, status: 503 },
          },
          {
            id: 'channel',
            type: 'slack',
            url: 'https://hooks.slack.com/…',
            status: 'active',
            lastError: null,
          },
        ],
      },
    })
    expect(JSON.stringify(result)).not.toContain('T/B/secret')
  })

  test('are enabled again by hand', async () => {
    const { call, endpoints } = makeWorld()
    const gone = { type: 'answered', status: 410, answer: '' } as const
    await endpoints.commit('crm', afterFailure(newEndpoint, gone, 'https://crm.example.com/hook', now))
    expect(await call('GET', '')).toMatchObject({ body: { items: [{ status: 'disabled' }, {}] } })
    expect(await call('POST', '/crm/enable')).toMatchObject({ type: 'ok', body: { status: 'active' } })
  })

  test('have secrets for admins alone, which rotate', async () => {
    const { call } = makeWorld()
    const { secretOf } = plainWebhookSecrets()
    expect(await call('GET', '/crm/secret')).toEqual({
      type: 'ok',
      body: { id: 'crm', generation: 1, secret: secretOf('crm', 1) },
    })
    expect(await call('POST', '/crm/rotate')).toEqual({
      type: 'ok',
      body: {
        id: 'crm',
        generation: 2,
        secret: secretOf('crm', 2),
        previousUntil: '2026-03-03T09:00:00.000Z',
      },
    })
    expect(await call('GET', '/crm/secret')).toMatchObject({ body: { generation: 2 } })
    for (const groups of ['[marketing]', '[sales]'])
      for (const [method, path] of [
        ['GET', '/crm/secret'],
        ['POST', '/crm/rotate'],
        ['POST', '/crm/replay'],
      ] as const)
        expect(await call(method, path, { groups })).toMatchObject({ type: 'forbidden' })
    expect(await call('GET', '/channel/secret')).toMatchObject({ type: 'not-found' })
    expect(await call('GET', '/nobody/secret')).toMatchObject({ type: 'not-found' })
  })

  test('list their deliveries over all states or one, page by page', async () => {
    const { call, add } = makeWorld()
    await add(1, 'failed')
    await add(2, 'pending')
    await add(3, 'delivered')
    await add(4, 'failed')
    const seen: unknown[] = []
    let query: Record<string, string> = { limit: '1' }
    for (let page = 0; page < 9; page += 1) {
      const { body } = (await call('GET', '/crm/deliveries', { query })) as {
        body: { items: { deliveryId: string; state: string }[]; next?: string }
      }
      seen.push(...body.items.map(({ deliveryId, state }) => `${state} ${deliveryId.slice(-1)}`))
      if (body.next === undefined) break
      query = { limit: '1', cursor: body.next }
    }
    expect(seen).toEqual(['pending 2', 'delivered 3', 'failed 4', 'failed 1'])
    expect(await call('GET', '/channel/deliveries', { query })).toMatchObject({
      type: 'bad-input',
      errors: [{ path: 'cursor' }],
    })
    expect(await call('GET', '/crm/deliveries', { query: { state: 'failed', limit: '1' } })).toMatchObject({
      body: { items: [{ state: 'failed', givenUp: 'attempts', leadId, webhookId: `${leadId}~002e1:n4` }] },
    })
    expect(await call('GET', '/crm/deliveries', { query: { cursor: 'eHh4' } })).toMatchObject({
      type: 'bad-input',
    })
    expect(await call('GET', '/crm/deliveries', { query: { state: 'lost' } })).toMatchObject({
      type: 'bad-input',
    })
  })

  test('are asked to send again since a moment, failed ones or all', async () => {
    const { call, told } = makeWorld()
    const since = '2026-03-02T08:00:00+01:00'
    expect(await call('POST', '/crm/replay', { body: { since } })).toMatchObject({ type: 'accepted' })
    expect(await call('POST', '/crm/replay', { body: { since, all: true } })).toMatchObject({
      type: 'accepted',
    })
    const utc = '2026-03-02T07:00:00.000Z'
    expect(told).toEqual([
      { type: 'replay', endpoint: 'crm', since: utc, states: ['failed'] },
      { type: 'replay', endpoint: 'crm', since: utc, states: ['failed', 'delivered'] },
    ])
    for (const body of [undefined, {}, { since: 'yesterday' }, { since, all: 'yes' }])
      expect(await call('POST', '/crm/replay', { body })).toMatchObject({ type: 'bad-input' })
    expect(told).toHaveLength(2)
  })

  test('are asked to send one delivery again', async () => {
    const { call, add, told } = makeWorld()
    await add(1, 'failed')
    const path = `/crm/deliveries/${leadId}.${leadId}~002e1:n1/replay`
    expect(await call('POST', path)).toMatchObject({ type: 'accepted' })
    expect(told).toEqual([
      { type: 'replay-one', leadId, endpoint: 'crm', webhookId: `${leadId}~002e1:n1`, attempts: 0 },
    ])
    for (const unknown of [`${leadId}.other`, 'x', 'a.b.c'])
      expect(await call('POST', `/crm/deliveries/${unknown}/replay`)).toMatchObject({ type: 'not-found' })
  })
})
