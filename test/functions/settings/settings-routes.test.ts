import { describe, expect, it } from 'vitest'
import { apiApp } from '../../../functions/api/api-route.ts'
import { settingsRoutes } from '../../../functions/settings/settings-routes.ts'
import type { Member, MemberRole, Refused } from '../../../functions/settings-ports.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { memoryAudit } from '../fakes/memory-audit.ts'
import { resultOf, send } from '../http/call-app.ts'

const settingsWorld = (refused?: Refused) => {
  let keys: ReadonlyMap<string, string> = new Map([['crm', 'an-old-key-of-the-crm']])
  const all = new Map<string, Member>()
  const add = (id: string, email: string, roles: readonly MemberRole[]) =>
    all.set(id, { id, email, roles, status: 'active', since: null })
  add('u1', 'ada@example.com', ['admin'])
  const asked: string[] = []
  const audit = memoryAudit()
  const ports = {
    sender: { identity: async () => 'absent' as const, account: async () => undefined },
    readTexts: async (name: string) => {
      asked.push(name)
      return name === '_dmarc.example.com' ? ['v=DMARC1; p=reject'] : []
    },
    apiKeys: {
      list: async () => keys,
      replace: async (given: ReadonlyMap<string, string>) => {
        keys = given
      },
    },
    members: {
      list: async () => [...all.values()],
      invite: async (email: string, roles: readonly MemberRole[]) => {
        if (refused) return refused
        add('u2', email, roles)
        return { id: 'u2' }
      },
      change: async (id: string, roles: readonly MemberRole[]) => {
        add(id, all.get(id)?.email ?? '', roles)
        return undefined
      },
      setEnabled: async (id: string, isEnabled: boolean) => {
        const member = all.get(id)
        if (member) all.set(id, { ...member, status: isEnabled ? 'active' : 'disabled' })
        return refused
      },
    },
    countDeadLetters: async () => [
      { worker: 'record', queue: 'q1', count: 2 },
      { worker: 'send', queue: 'q2', count: 0 },
    ],
    playbook: makePlaybook(),
    region: 'eu-central-1',
    newKey: () => 'trk_a-new-key-that-nobody-guesses',
  }
  const noted = { audit, clock: () => '2026-03-02T09:00:00.000Z', newId: () => `n${Math.random()}` }
  const app = apiApp(settingsRoutes, ports, { audit: noted })
  const call = async (method: string, path: string, body?: object, groups = '[admin]') =>
    resultOf(
      await send(app, path, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
        claims: { sub: 'u1', name: 'Ada', email: 'ada@example.com', 'cognito:groups': groups },
      }),
    )
  const actions = async () =>
    (await audit.page({ from: '', before: undefined, now: '2027', limit: 9, matches: () => true })).items.map(
      ({ action, target }) => `${action} ${target}`,
    )
  return { call, actions, asked, keys: () => keys }
}

describe('keys for programs', () => {
  it('are listed by their ends, made once, and revoked', async () => {
    const { call, actions, keys } = settingsWorld()
    expect(await call('GET', '/api/settings/keys')).toMatchObject({
      body: { items: [{ name: 'crm', ends: '-crm' }] },
    })
    expect(await call('POST', '/api/settings/keys', { name: 'shop' })).toMatchObject({
      type: 'ok',
      body: { name: 'shop', key: 'trk_a-new-key-that-nobody-guesses' },
    })
    expect(await call('POST', '/api/settings/keys', { name: 'crm' })).toMatchObject({ type: 'conflict' })
    expect(await call('DELETE', '/api/settings/keys/crm')).toMatchObject({ type: 'ok' })
    expect(await call('DELETE', '/api/settings/keys/crm')).toMatchObject({ type: 'not-found' })
    expect([...keys().keys()]).toEqual(['shop'])
    expect((await actions()).toSorted()).toEqual([
      'key.made settings/keys/shop',
      'key.revoked settings/keys/crm',
    ])
  })

  it.each(['', 'Shop', 'a b', 'x'.repeat(41)])('are not made for %j', async (name) => {
    const { call } = settingsWorld()
    expect(await call('POST', '/api/settings/keys', { name })).toMatchObject({
      type: 'bad-input',
      errors: [{ path: 'name' }],
    })
  })

  it.each(['[marketing]', '[sales]'])('are not for %s', async (groups) => {
    const { call } = settingsWorld()
    expect(await call('GET', '/api/settings/keys', undefined, groups)).toMatchObject({ type: 'forbidden' })
    expect(await call('GET', '/api/settings/members', undefined, groups)).toMatchObject({ type: 'forbidden' })
  })
})

describe('members', () => {
  it('are invited with roles, and given others', async () => {
    const { call, actions } = settingsWorld()
    const invited = await call('POST', '/api/settings/members', { email: 'bo@example.com', roles: ['sales'] })
    expect(invited).toMatchObject({ type: 'ok', body: { id: 'u2' } })
    expect(await call('PUT', '/api/settings/members/u2', { roles: ['marketing'] })).toMatchObject({
      type: 'ok',
    })
    expect(await call('GET', '/api/settings/members')).toMatchObject({
      body: { items: [{ id: 'u1' }, { id: 'u2', roles: ['marketing'] }] },
    })
    expect(await actions()).toContain('member.changed settings/members/u2')
  })

  it('are disabled and enabled again, which is in the audit log', async () => {
    const { call, actions } = settingsWorld()
    await call('POST', '/api/settings/members', { email: 'bo@example.com', roles: ['sales'] })
    expect(await call('POST', '/api/settings/members/u2/disable')).toMatchObject({ type: 'ok' })
    expect(await call('GET', '/api/settings/members')).toMatchObject({
      body: { items: [{ status: 'active' }, { id: 'u2', roles: ['sales'], status: 'disabled' }] },
    })
    expect(await call('POST', '/api/settings/members/u2/enable')).toMatchObject({ type: 'ok' })
    expect(await call('GET', '/api/settings/members')).toMatchObject({
      body: { items: [{ status: 'active' }, { id: 'u2', status: 'active' }] },
    })
    expect(await actions()).toEqual(
      expect.arrayContaining(['member.disabled settings/members/u2', 'member.enabled settings/members/u2']),
    )
    expect(await call('POST', '/api/settings/members/u9/disable')).toMatchObject({ type: 'not-found' })
    expect(await call('POST', '/api/settings/members/u1/disable', undefined, '[sales]')).toMatchObject({
      type: 'forbidden',
    })
  })

  it('keep the admin who asks', async () => {
    const { call } = settingsWorld()
    expect(await call('POST', '/api/settings/members/u1/disable')).toMatchObject({ type: 'conflict' })
    expect(await call('PUT', '/api/settings/members/u1', { roles: ['sales'] })).toMatchObject({
      type: 'conflict',
    })
  })

  it('are told at their field what is wrong, and what the pool does not do', async () => {
    const { call } = settingsWorld({ type: 'not-offered', detail: 'On this machine nobody is invited.' })
    expect(await call('POST', '/api/settings/members', { email: 'bo', roles: ['boss'] })).toMatchObject({
      type: 'bad-input',
      errors: [{ path: 'email' }, { path: 'roles.0' }],
    })
    expect(
      await call('POST', '/api/settings/members', { email: 'bo@example.com', roles: ['sales'] }),
    ).toMatchObject({
      type: 'conflict',
      detail: 'On this machine nobody is invited.',
    })
    expect(await call('PUT', '/api/settings/members/u9', { roles: [] })).toMatchObject({ type: 'not-found' })
  })
})

describe('what an admin looks after', () => {
  it('says what is missing for mail to arrive, in the language asked for', async () => {
    const { call, asked } = settingsWorld()
    const { languages } = makePlaybook().settings
    expect(languages.length).toBeGreaterThan(0)
    expect(await call('GET', '/api/settings/checks?language=de', undefined, '[marketing]')).toMatchObject({
      type: 'ok',
      body: {
        items: [
          { id: 'sender', state: 'missing', detail: expect.stringContaining('kennt') },
          { id: 'dkim', state: 'missing' },
          { id: 'spf', state: 'missing' },
          { id: 'dmarc', state: 'ok', detail: expect.stringContaining('p=reject') },
          { id: 'sandbox', state: 'unknown' },
          { id: 'quota', state: 'unknown' },
        ],
      },
    })
    expect(asked).toContain('_dmarc.example.com')
  })

  it('counts dead letters', async () => {
    const { call } = settingsWorld()
    expect(await call('GET', '/api/settings/dead-letters')).toMatchObject({ body: { total: 2 } })
  })
})
