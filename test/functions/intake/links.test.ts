import { describe, expect, test } from 'vitest'
import type { TokenPurpose } from '../../../functions/ports.ts'
import { leadId } from '../../domain/support/facts.ts'
import { browser, intakeWorld, request, tokens, urlencoded } from './intake-world.ts'

const page = { accept: 'text/html' }
const sign = (purpose: TokenPurpose, data: Record<string, string>) =>
  tokens.sign(purpose, { leadId, data }, '2026-03-09T09:00:00.000Z')

const confirmData = { form: 'newsletter', purpose: 'newsletter', language: 'en', factId: 'f-1' }
const confirm = `/confirm/${sign('confirm', confirmData)}`
const unsubscribe = `/u/${sign('unsubscribe', { sendId: 'run:1', email: 'welcome', language: 'en' })}`

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

describe('unsubscribing', () => {
  test('looking changes nothing', async () => {
    const { bus, answer } = intakeWorld()
    const reply = await answer(request('GET', unsubscribe, { headers: page }))
    expect(reply.body).toContain('<html lang="en">')
    expect(bus.submitted).toEqual([])
  })

  test('a mail client’s one click does it at once', async () => {
    const { bus, answer } = intakeWorld()
    const reply = await answer(
      request('POST', unsubscribe, { headers: urlencoded, body: 'List-Unsubscribe=One-Click' }),
    )
    expect(reply.statusCode).toBe(200)
    expect(bus.submitted).toEqual([
      expect.objectContaining({
        type: 'email.unsubscribed',
        subject: { leadId },
        properties: { how: 'one-click', sendId: 'run:1', email: 'welcome' },
      }),
    ])
  })

  test('so does a click sent as parts', async () => {
    const { bus, answer } = intakeWorld()
    const body =
      '--b\r\ncontent-disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
    await answer(
      request('POST', unsubscribe, { headers: { 'content-type': 'multipart/form-data; boundary=b' }, body }),
    )
    expect(bus.submitted[0]?.properties.how).toBe('one-click')
  })

  test('the page’s button does it, too', async () => {
    const { bus, answer } = intakeWorld()
    const reply = await answer(request('POST', unsubscribe, { headers: browser }))
    expect(reply.body).toContain('You are unsubscribed')
    expect(bus.submitted[0]?.properties.how).toBe('page')
  })

  test('repeats of a day are one fact, a later day’s is another', async () => {
    const { bus, times, answer } = intakeWorld()
    for (const now of ['2026-03-02T09:00:00.000Z', '2026-03-02T23:00:00.000Z', '2026-03-03T09:00:00.000Z']) {
      times.now = now
      await answer(request('POST', unsubscribe))
    }
    const [first, second, third] = bus.submitted.map(({ id }) => id)
    expect(first).toBe(second)
    expect(first).not.toBe(third)
  })
})

describe.each([
  ['forged', `${confirm.slice(0, -2)}${confirm.endsWith('AA') ? 'BB' : 'AA'}`],
  ['for another purpose', `/confirm/${sign('unsubscribe', confirmData)}`],
  ['without its data', `/confirm/${sign('confirm', {})}`],
  ['for another purpose', `/u/${sign('confirm', confirmData)}`],
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
