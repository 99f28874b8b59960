import { describe, expect, test } from 'vitest'
import { parseTestEmail, type TestEmail, testEmailMessage } from '../../../domain/email/preview-email.ts'
import type { JsonObject } from '../../../domain/model/json.ts'
import type { Broadcast } from '../../../domain/sending/broadcast.ts'
import { type EmailFigure, figureOf } from '../../../domain/sending/email-figures.ts'
import { secretSeal } from '../../../functions/adapters/link-keys.ts'
import { memoryPlaybooks } from '../../../functions/adapters/memory-playbooks.ts'
import { apiApp } from '../../../functions/api/api-route.ts'
import { emailRoutes } from '../../../functions/emails/email-routes.ts'
import { makeSendTest } from '../../../functions/send/send-test.ts'
import type { CountedEmail } from '../../../functions/send-ports.ts'
import { leadIdOf } from '../../domain/support/facts.ts'
import { oneKey } from '../fakes/link-keys.ts'
import { memoryAudit } from '../fakes/memory-audit.ts'
import { replyOf, resultOf, send } from '../http/call-app.ts'
import { playbookWorld } from '../playbook/playbook-world.ts'
import { address, playbook, sendWorld } from '../send/send-world.ts'

const company = {
  id: 'c',
  type: 'profile.updated',
  occurredAt: '2026-01-05T08:00:00.000Z',
  properties: { fields: { firstName: 'Anna', company: 'Muster AG', language: 'en' } },
}

const { interest } = playbook.sequences
if (!interest) throw new Error('the sequence is missing')
const live = {
  ...playbook,
  settings: {
    ...playbook.settings,
    purposes: { newsletter: { name: { en: 'News' }, description: { en: 'News' } } },
  },
  sequences: { interest: { ...interest, program: [{ type: 'email', email: 'welcome' }] as const } },
}
const figure = (counted: object): EmailFigure => ({ ...figureOf([]), ...counted })
const figures = new Map([
  ['-', new Map([['confirm', figure({ requested: 4, sent: 4 })]])],
  ['interest', new Map([['welcome', figure({ requested: 2, sent: 1, held: 1, opened: 1 })]])],
  ['broadcast.b1', new Map([['welcome', figure({ requested: 8, sent: 8, clicked: 3 })]])],
])
const spring = {
  ...{ broadcastId: 'b1', name: 'Spring', email: 'welcome', at: 'now', status: 'sent' as const },
  ...{ createdAt: '2026-01-04T08:00:00.000Z', startedAt: '2026-01-04T09:00:00.000Z', by: 'Mara', version: 0 },
}

/** The routes, and the sender that they hand test emails to. */
const emailWorld = async (sent: readonly Broadcast[] = []) => {
  const { ports, outgoing, times } = sendWorld([company])
  const { store, compile, digest, packedBytes, save, files } = await playbookWorld()
  const seal = secretSeal(oneKey('a secret'))
  const queued: JsonObject[] = []
  const list = {
    byAddress: async (email: string) => (email === address ? ports.leads.load(leadIdOf(lead)) : undefined),
  }
  const app = apiApp(
    emailRoutes,
    {
      ...{ store, compile, digest, packedBytes, seal, leads: ports.leads, clock: ports.clock, list },
      playbooks: memoryPlaybooks(live),
      emailFigures: {
        ofSequence: async (sequence: string) => figures.get(sequence) ?? new Map(),
        ofEmail: async ({ sequence, email }: CountedEmail) => figures.get(sequence)?.get(email) ?? figure({}),
      },
      broadcasts: {
        page: async ({ limit, cursor = '0' }: { readonly limit: number; readonly cursor?: string }) => {
          const end = Number(cursor) + limit
          return {
            items: sent.slice(Number(cursor), end),
            ...(end < sent.length && { next: String(end) }),
          }
        },
      },
      requestTest: async (test: TestEmail) => {
        queued.push(testEmailMessage(test))
      },
    },
    { audit: { audit: memoryAudit(), clock: ports.clock, newId: () => 'entry' } },
  )
  const sendTest = makeSendTest({ ...ports, seal })
  return {
    outgoing,
    times,
    queued,
    save,
    files,
    call: (
      method: string,
      path: string,
      body?: unknown,
      group = 'marketing',
      claims: object = { name: 'Mara', email: 'mara@example.com' },
    ) =>
      send(app, path, {
        method,
        headers: { 'content-type': 'application/json' },
        body: body === undefined ? '' : JSON.stringify(body),
        claims: { ...claims, 'cognito:groups': `[${group}]` },
      }).then(resultOf),
    show: (path: string, accept: string) =>
      send(app, path, {
        headers: { accept },
        claims: { name: 'Mara', 'cognito:groups': '[marketing]' },
      }).then(replyOf),
    deliver: async () => {
      for (const message of queued.splice(0)) {
        const test = parseTestEmail(message)
        if (test === undefined) throw new Error('not a test email')
        await sendTest(test)
      }
    },
  }
}
const lead = 'lead-0001'
const to = 'mara@example.com'
const bad = (path: string) => ({ type: 'bad-input', errors: [expect.objectContaining({ path })] })

describe('emails of the playbook', () => {
  test('are listed with their languages and subjects', async () => {
    const { call } = await emailWorld()
    expect(await call('GET', '/api/emails', undefined, 'sales')).toMatchObject({
      body: {
        items: expect.arrayContaining([
          {
            email: 'confirm',
            kind: 'transactional',
            purpose: null,
            languages: ['de', 'en'],
            subject: { de: 'Bitte bestätigen', en: 'Please confirm' },
            usedIn: [{ system: 'confirmation' }],
            figures: figure({ requested: 4, sent: 4 }),
          },
          expect.objectContaining({
            email: 'welcome',
            purpose: 'newsletter',
            usedIn: [{ sequence: 'interest' }],
            figures: figure({ requested: 2, sent: 1, held: 1, opened: 1 }),
          }),
          expect.objectContaining({ email: 'handoff', usedIn: [{ system: 'handoff' }] }),
        ]),
      },
    })
  })

  test('are shown one by one with what became of them by sequence', async () => {
    const { call } = await emailWorld()
    expect(await call('GET', '/api/emails/welcome', undefined, 'sales')).toMatchObject({
      body: {
        email: 'welcome',
        usedIn: [{ sequence: 'interest' }],
        figures: figure({ requested: 2, sent: 1, held: 1, opened: 1 }),
        bySequence: [
          { sequence: 'interest', figures: figure({ requested: 2, sent: 1, held: 1, opened: 1 }) },
        ],
      },
    })
    expect(await call('GET', '/api/emails/confirm')).toMatchObject({
      body: { bySequence: [{ figures: figure({ requested: 4, sent: 4 }) }] },
    })
    expect(await call('GET', '/api/emails/nothing')).toMatchObject({ type: 'not-found' })
    expect(await call('GET', '/api/emails/constructor')).toMatchObject({ type: 'not-found' })
  })

  test('count what broadcasts sent of them, however many there were', async () => {
    const others = Array.from({ length: 150 }, (_, index) => ({
      ...spring,
      broadcastId: `other-${index}`,
      email: 'personal',
    }))
    const { startedAt: _, ...draft } = { ...spring, broadcastId: 'b2', status: 'draft' as const }
    const { call } = await emailWorld([...others, draft, spring])
    const own = { broadcast: 'b1', name: 'Spring' }
    expect(await call('GET', '/api/emails/welcome', undefined, 'sales')).toMatchObject({
      body: {
        usedIn: [{ sequence: 'interest' }, own],
        figures: figure({ requested: 10, sent: 9, held: 1, opened: 1, clicked: 3 }),
        bySequence: [{ sequence: 'interest' }],
        byBroadcast: [{ ...own, figures: figure({ requested: 8, sent: 8, clicked: 3 }) }],
      },
    })
  })

  test('can be those of the draft', async () => {
    const { call, save, files } = await emailWorld()
    expect(JSON.stringify(await call('GET', '/api/emails'))).toContain('personal')
    expect(await call('GET', '/api/emails?draft=true')).toMatchObject({ type: 'conflict' })
    await save(files)
    const listed = await call('GET', '/api/emails?draft=true')
    expect(listed).toMatchObject({ type: 'ok' })
    expect(JSON.stringify(listed)).not.toContain('personal')
    await save(new Map([...files, ['scoring.yaml', 'bands: [']]))
    expect(await call('GET', '/api/emails?draft=true')).toMatchObject({ type: 'bad-input' })
  })
})

describe('a preview', () => {
  test('is what a lead would get now', async () => {
    const { call } = await emailWorld()
    expect(await call('GET', `/api/emails/welcome/preview?lead=${lead}`)).toEqual({
      type: 'ok',
      body: {
        email: 'welcome',
        language: 'en',
        subject: 'Hello Anna',
        html: expect.stringContaining('https://preview.invalid/unsubscribe'),
        text: expect.any(String),
      },
    })
  })

  test.each([`lead=${address}&lang=en`, `lead=${address.toUpperCase()}`, `lead=${lead}&language=en`])(
    'takes %s',
    async (query) => {
      const { call } = await emailWorld()
      expect(await call('GET', `/api/emails/welcome/preview?${query}`)).toMatchObject({
        body: { subject: 'Hello Anna', language: 'en' },
      })
    },
  )

  test('is the email itself to a browser, which runs and sends nothing of it', async () => {
    const { show } = await emailWorld()
    const path = `/api/emails/welcome/preview?lead=${lead}`
    const shown = await show(path, 'text/html,*/*;q=0.8')
    expect(shown).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'text/html; charset=utf-8', vary: 'Accept' },
      body: expect.stringMatching(/^<html>/),
    })
    const policy = String(shown.headers['content-security-policy']).split('; ')
    expect(policy).toEqual(expect.arrayContaining(["default-src 'none'", 'sandbox', "form-action 'none'"]))
    expect(policy.join()).not.toContain('script-src')
    const told = await show(path, 'application/json')
    expect(told.headers).toMatchObject({ 'content-type': 'application/json', vary: 'Accept' })
    expect(JSON.parse(told.body)).toMatchObject({ subject: 'Hello Anna', html: shown.body })
    const refused = await show('/api/emails/nothing/preview', 'text/html')
    expect(refused).toMatchObject({ statusCode: 404 })
  })

  test.each([
    ['/api/emails/welcome/preview?lead=nobody@example.com', bad('lead')],
    ['/api/emails/nothing/preview', { type: 'not-found' }],
    ['/api/emails/welcome/preview?language=fr', bad('language')],
    ['/api/emails/welcome/preview?lead=lead-9999', bad('lead')],
    ['/api/emails/welcome/preview?draft=perhaps', bad('draft')],
  ])('%s is refused', async (path, refusal) => {
    const { call } = await emailWorld()
    expect(await call('GET', path)).toMatchObject(refusal)
  })
})

describe('a test email', () => {
  test('reaches a colleague, marked, and counts nowhere', async () => {
    const { call, deliver, queued, outgoing } = await emailWorld()
    expect(await call('POST', '/api/emails/welcome/test', { to: 'Mara@Example.com', lead })).toMatchObject({
      type: 'accepted',
    })
    expect(JSON.stringify(queued)).not.toMatch(/mara|anna|muster/i)
    await deliver()
    expect(outgoing).toMatchObject([{ to, subject: '[Test] Hello Anna', tags: { test: 'welcome' } }])
    expect(Object.keys(outgoing[0]?.headers ?? {})).toEqual(['Feedback-ID'])
  })

  test.each([undefined, {}])('goes to whoever asks where nobody is named: %j', async (body) => {
    const { call, deliver, outgoing } = await emailWorld()
    expect(await call('POST', '/api/emails/welcome/test', body)).toMatchObject({ type: 'accepted' })
    await deliver()
    expect(outgoing.map((email) => email.to)).toEqual([to])
    const nameless = await call('POST', '/api/emails/welcome/test', body, 'marketing', { name: 'Robot' })
    expect(nameless).toMatchObject({
      type: 'bad-input',
      errors: [{ path: 'to', message: expect.stringContaining('must be given') }],
    })
  })

  test.each([
    ['to nobody of ours', { to: 'stranger@example.com' }, 'to'],
    ['to no address', { to: 'x' }, 'to'],
    ['with no lead of ours', { to, lead: 'lead-9999' }, 'lead'],
    ['in no language of ours', { to, language: 'fr' }, 'language'],
  ])('%s is refused', async (_, body, path) => {
    const { call, queued } = await emailWorld()
    expect(await call('POST', '/api/emails/welcome/test', body)).toMatchObject(bad(path))
    expect(queued).toEqual([])
  })

  test('is nothing for sales', async () => {
    const { call } = await emailWorld()
    expect(await call('POST', '/api/emails/welcome/test', { to }, 'sales')).toMatchObject({
      type: 'forbidden',
    })
  })

  test('comes twenty times in ten minutes, and then again', async () => {
    const { call, times } = await emailWorld()
    const ask = async () => (await call('POST', '/api/emails/welcome/test', { to })).type
    for (let count = 0; count < 20; count++) expect(await ask()).toBe('accepted')
    expect(await ask()).toBe('too-many')
    times.now = '2026-01-05T09:10:02.000Z'
    expect(await ask()).toBe('accepted')
  })
})
