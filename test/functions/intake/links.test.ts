import { describe, expect, test } from 'vitest'
import type { TokenPurpose } from '../../../functions/ports.ts'
import { leadId } from '../../domain/support/facts.ts'
import { browser, intakeWorld, request, tokens } from './intake-world.ts'

const page = { accept: 'text/html' }
const sign = (purpose: TokenPurpose, data: Record<string, string>) =>
  tokens.sign(purpose, { leadId, data }, '2026-03-09T09:00:00.000Z')

const confirmData = { form: 'newsletter', purpose: 'newsletter', language: 'en', factId: 'f-1' }
const confirm = `/confirm/${sign('confirm', confirmData)}`

describe('confirming', () => {
  test('looking shows what is confirmed, and changes nothing', async () => {
    const { bus, answer } = intakeWorld()
    for (const method of ['GET', 'HEAD']) {
      const reply = await answer(request(method, confirm, { headers: page }))
      expect(reply.statusCode).toBe(200)
      expect(reply.body).toContain('Yes, I want news.')
    }
    expect(bus.submitted).toEqual([])
  })

  test('the button records the consent with its evidence', async () => {
    const { bus, answer } = intakeWorld()
    const reply = await answer(request('POST', confirm, { headers: browser }))
    expect(reply.body).toContain('Sign-up confirmed')
    expect(bus.submitted).toEqual([
      expect.objectContaining({
        id: 'f-1:confirmed',
        type: 'consent.granted',
        subject: { leadId },
        timeAssumed: true,
        properties: {
          form: 'newsletter',
          purpose: 'newsletter',
          language: 'en',
          wording: 'Yes, I want news.',
          wordingHash: '79745e8b57c4a55b30ef610ac45a9aa26d5b67a17da9e52ac0a8aa127ce5bd9d',
          submission: 'f-1',
          confirmed: true,
          how: 'double-opt-in',
        },
      }),
    ])
  })

  test('again is the same fact, however long the id it rests on', async () => {
    const { bus, answer } = intakeWorld()
    const long = `/confirm/${sign('confirm', { ...confirmData, factId: 'x'.repeat(128) })}`
    for (const path of [long, long]) await answer(request('POST', path))
    const [first, second] = bus.submitted
    expect(first?.id).toBe(second?.id)
    expect(first?.id.length).toBeLessThanOrEqual(128)
  })

  test('counts though the playbook has lost the form', async () => {
    const { bus, answer } = intakeWorld()
    const path = `/confirm/${sign('confirm', { ...confirmData, form: 'gone' })}`
    expect((await answer(request('POST', path))).statusCode).toBe(200)
    expect(bus.submitted[0]?.properties).not.toHaveProperty('wording')
  })
})

test('what shows preferences is another function; nothing else is allowed there', async () => {
  const reply = await intakeWorld().answer(request('PUT', '/u/token'))
  expect(reply).toMatchObject({ statusCode: 405, headers: { allow: 'GET, POST' } })
})

describe.each([
  ['forged', `${confirm.slice(0, -2)}${confirm.endsWith('AA') ? 'BB' : 'AA'}`],
  ['for another purpose', `/confirm/${sign('unsubscribe', confirmData)}`],
  ['without its data', `/confirm/${sign('confirm', {})}`],
])('a link that is %s: %s', (_, path) => {
  test.each(['GET', 'POST'])('%s answers 404 and changes nothing', async (method) => {
    const { bus, answer } = intakeWorld()
    const reply = await answer(request(method, path))
    expect(reply.statusCode).toBe(404)
    expect(reply.headers?.['content-type']).toBe('application/problem+json')
    const shown = await answer(request(method, path, { headers: page }))
    expect(shown).toMatchObject({ statusCode: 404, headers: { 'content-type': 'text/html; charset=utf-8' } })
    expect(bus.submitted).toEqual([])
  })
})

test('an expired link answers 404', async () => {
  const { times, answer } = intakeWorld()
  times.now = '2026-03-09T09:00:00.000Z'
  expect((await answer(request('POST', confirm))).statusCode).toBe(404)
})
