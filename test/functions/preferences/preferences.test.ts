import { describe, expect, test } from 'vitest'
import { foldLead } from '../../../domain/lead/fold.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { digest } from '../../../functions/adapters/digest.ts'
import { memoryLeads } from '../../../functions/adapters/memory-leads.ts'
import type { TokenPurpose } from '../../../functions/ports.ts'
import { preferencesApp } from '../../../functions/preferences/confirm-consent.ts'
import { fact, leadId, stored } from '../../domain/support/facts.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { memoryBus } from '../fakes/memory-bus.ts'
import { answerOf, browser, request, tokens, urlencoded } from '../intake/intake-world.ts'

const page = { accept: 'text/html' }
const sign = (purpose: TokenPurpose, data: Record<string, string>) =>
  tokens.sign(purpose, { leadId, data }, '2026-03-09T09:00:00.000Z')
const link = `/u/${sign('unsubscribe', { sendId: 'run:1', email: 'welcome', language: 'en' })}`

const base = makePlaybook()
const playbook = {
  ...base,
  settings: {
    ...base.settings,
    purposes: {
      newsletter: { name: { en: 'Letters' }, description: { en: 'News by email.' } },
      advice: { name: { en: 'Advice' }, description: { en: 'On your request.' } },
    },
  },
}
const rules = compileRules(playbook)
const granted = fact('g-1', 'consent.granted', '03-01T08:00', {
  purpose: 'newsletter',
  wording: 'Yes, <I> want news.',
})

const preferenceWorld = async (facts = [granted]) => {
  const leads = memoryLeads()
  const bus = memoryBus()
  const times = { now: '2026-03-02T09:00:00.000Z' }
  let ids = 0
  await leads.append(leadId, facts)
  if (facts.length > 0)
    await leads.commit({ leadId, version: 0, outbox: [], state: stored(foldLead(facts, rules)) }, 0)
  const answer = answerOf(
    preferencesApp({
      leads,
      bus,
      tokens,
      clock: () => times.now,
      playbook,
      newFactId: () => `new-${++ids}`,
      digest,
    }),
  )
  const post = (fields: Record<string, string>) =>
    answer(request('POST', link, { headers: browser, body: new URLSearchParams(fields).toString() }))
  return { answer, post, bus, times, leads }
}

describe('the page', () => {
  test('shows what was agreed to, word for word, and changes nothing', async () => {
    const { answer, bus } = await preferenceWorld()
    const reply = await answer(request('GET', link, { headers: page }))
    const { statusCode, body } = reply
    expect(statusCode).toBe(200)
    expect(body).toContain('<html lang="en">')
    expect(body).toContain('Yes, &lt;I&gt; want news.')
    expect(body).toMatch(/name="purpose\.newsletter"[^>]* checked>/)
    expect(body).not.toMatch(/name="purpose\.advice"[^>]* checked>/)
    expect(body).toContain('1 March 2026')
    expect(await answer(request('HEAD', link, { headers: page }))).toEqual({ ...reply, body: '' })
    expect(bus.submitted).toEqual([])
  })

  test('is the same for somebody who is not there', async () => {
    const { answer } = await preferenceWorld([])
    expect((await answer(request('GET', link, { headers: page }))).statusCode).toBe(200)
  })
})

describe('choosing', () => {
  test('records each purpose that changes, with the words on the page', async () => {
    const { post, bus } = await preferenceWorld()
    await post({ preferences: '1', 'purpose.advice': 'on', frequency: 'normal' })
    expect(bus.submitted.map(({ type, subject, properties }) => ({ type, subject, properties }))).toEqual([
      {
        type: 'consent.withdrawn',
        subject: { leadId },
        properties: { purpose: 'newsletter', language: 'en', how: 'preference-page' },
      },
      {
        type: 'consent.granted',
        subject: { leadId },
        properties: {
          purpose: 'advice',
          wording: 'Advice: On your request.',
          wordingHash: digest('Advice: On your request.'),
          language: 'en',
          how: 'preference-page',
        },
      },
    ])
  })

  test('what stands already is not recorded again', async () => {
    const { post, bus } = await preferenceWorld()
    const reply = await post({ preferences: '1', 'purpose.newsletter': 'on', frequency: 'normal' })
    expect(reply.body).toContain('Saved')
    expect(bus.submitted).toEqual([])
  })

  test('a pause lasts thirty days', async () => {
    const { post, bus } = await preferenceWorld()
    await post({ preferences: '1', 'purpose.newsletter': 'on', frequency: 'pause' })
    expect(bus.submitted[0]?.properties).toEqual({
      fields: { frequency: 'pause', pausedUntil: '2026-04-01T09:00:00.000Z' },
    })
  })
})

describe('unsubscribing', () => {
  test('a mail client’s one click does it at once', async () => {
    const { answer, bus } = await preferenceWorld()
    const reply = await answer(
      request('POST', link, { headers: urlencoded, body: 'List-Unsubscribe=One-Click' }),
    )
    expect(reply.statusCode).toBe(200)
    expect(bus.submitted).toEqual([
      expect.objectContaining({
        type: 'email.unsubscribed',
        subject: { leadId },
        properties: { how: 'one-click', purposes: ['newsletter'], sendId: 'run:1', email: 'welcome' },
      }),
    ])
  })

  test('so does a click sent as parts', async () => {
    const { answer, bus } = await preferenceWorld()
    const body =
      '--b\r\ncontent-disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
    await answer(
      request('POST', link, { headers: { 'content-type': 'multipart/form-data; boundary=b' }, body }),
    )
    expect(bus.submitted[0]?.properties.how).toBe('one-click')
  })

  test.each([
    ['with a line break', 'List-Unsubscribe=One-Click\r\n', urlencoded],
    ['with a line feed', 'List-Unsubscribe=One-Click\n', urlencoded],
    ['in lower case', 'list-unsubscribe=one-click', urlencoded],
    ['in upper case', 'LIST-UNSUBSCRIBE=ONE-CLICK', urlencoded],
    ['as text', 'List-Unsubscribe=One-Click', { 'content-type': 'text/plain' }],
    ['without a type', 'List-Unsubscribe=One-Click\r\n', {}],
    ['as JSON', '{"List-Unsubscribe":"One-Click"}', { 'content-type': 'application/json' }],
  ])('so does one written %s', async (_, body, headers) => {
    const { answer, bus } = await preferenceWorld()
    expect((await answer(request('POST', link, { headers, body }))).statusCode).toBe(200)
    expect(bus.submitted[0]?.properties.how).toBe('one-click')
  })

  test('so does one that says it in the address', async () => {
    const { answer, bus } = await preferenceWorld()
    await answer(request('POST', `${link}?List-Unsubscribe=One-Click`))
    expect(bus.submitted[0]?.properties.how).toBe('one-click')
  })

  test.each([
    ['nothing', ''],
    ['something else', 'a=b'],
    ['nearly that', 'List-Unsubscribe=One-Click-Not'],
  ])('a post that says %s unsubscribes as the page does', async (_, body) => {
    const { answer, bus } = await preferenceWorld()
    expect((await answer(request('POST', link, { headers: urlencoded, body }))).statusCode).toBe(200)
    expect(bus.submitted[0]?.properties.how).toBe('page')
  })

  test('the page’s button does it, too', async () => {
    const { answer, bus } = await preferenceWorld()
    const reply = await answer(request('POST', link, { headers: browser }))
    expect(reply.body).toContain('You have been unsubscribed')
    expect(bus.submitted[0]?.properties.how).toBe('page')
  })

  test('repeats are one fact, until somebody consents anew', async () => {
    const { answer, bus, leads, times } = await preferenceWorld()
    const leave = () => answer(request('POST', link))
    await leave()
    times.now = '2026-03-02T10:00:00.000Z'
    await leave()
    const again = [
      granted,
      fact('w', 'email.unsubscribed', '03-02T09:00'),
      { ...granted, id: 'g-2', occurredAt: '2026-03-02T11:00:00.000Z' },
    ]
    const lead = await leads.load(leadId)
    await leads.commit(
      { leadId, outbox: [], version: lead?.version ?? 0, state: stored(foldLead(again, rules)) },
      0,
    )
    await leave()
    const [first, second, third] = bus.submitted.map(({ id }) => id)
    expect(first).toBe(second)
    expect(first).not.toBe(third)
  })
})

describe.each([
  ['forged', `${link.slice(0, -2)}${link.endsWith('AA') ? 'BB' : 'AA'}`],
  ['for another purpose', `/u/${sign('confirm', {})}`],
])('a link that is %s', (_, path) => {
  test.each(['GET', 'POST'])('%s answers 404 and changes nothing', async (method) => {
    const { answer, bus } = await preferenceWorld()
    expect((await answer(request(method, path))).statusCode).toBe(404)
    expect((await answer(request(method, path, { headers: page }))).headers?.['content-type']).toBe(
      'text/html; charset=utf-8',
    )
    expect(bus.submitted).toEqual([])
  })
})

describe('leaving comes first', () => {
  test('above the settings; what was agreed to is folded; there is a way on afterwards', async () => {
    const { answer, post } = await preferenceWorld()
    const { body = '' } = await answer(request('GET', link, { headers: page }))
    expect(body.indexOf('Unsubscribe from everything')).toBeGreaterThan(0)
    expect(body.indexOf('Unsubscribe from everything')).toBeLessThan(body.indexOf('Letters'))
    expect(body).toMatch(
      /<details><summary>Your consent of 1 March 2026<\/summary><blockquote>Yes, &lt;I&gt; want news\./,
    )
    expect((await post({ preferences: '1', 'purpose.newsletter': 'on' })).body).toContain(
      'Back to your preferences',
    )
    expect((await post({})).body).toContain('Choose here')
  })
})
