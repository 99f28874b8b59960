import { describe, expect, test } from 'vitest'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { Activity, Fact } from '../../../domain/model/activity.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { digest } from '../../../functions/adapters/digest.ts'
import { memoryLeads } from '../../../functions/adapters/memory-leads.ts'
import type { TokenPurpose } from '../../../functions/ports.ts'
import { preferencesApp } from '../../../functions/preferences/confirm-consent.ts'
import { fact, leadId, stored } from '../../domain/support/facts.ts'
import { memoryBus } from '../fakes/memory-bus.ts'
import { answerOf, browser, playbook, request, tokens } from '../intake/intake-world.ts'

const page = { accept: 'text/html' }
const sign = (purpose: TokenPurpose, data: Record<string, string>) =>
  tokens.sign(purpose, { leadId, data }, '2026-03-09T09:00:00.000Z')

const data = { form: 'newsletter', purpose: 'newsletter', language: 'en', factId: 'f-1' }
const link = `/confirm/${sign('confirm', data)}`
const rules = compileRules(playbook)

const submitted = fact('f-1', 'form.submitted', '03-01T08:00', {
  form: 'newsletter',
  fields: {},
  language: 'en',
  purpose: 'newsletter',
  wording: 'Yes, I want the news of then.',
})
const confirmed = fact('f-1:confirmed', 'consent.granted', '03-01T09:00', {
  purpose: 'newsletter',
  submission: 'f-1',
  confirmed: true,
})

const world = async (facts: readonly Fact[] = [submitted], live = playbook) => {
  const leads = memoryLeads()
  const bus = memoryBus()
  const times = { now: '2026-03-02T09:00:00.000Z' }
  await leads.append(leadId, facts)
  if (facts.length > 0)
    await leads.commit({ leadId, version: 0, outbox: [], state: stored(foldLead(facts, rules)) }, 0)
  const answer = answerOf(
    preferencesApp({
      leads,
      bus,
      tokens,
      clock: () => times.now,
      playbook: live,
      newFactId: () => 'new',
      digest,
    }),
  )
  return { answer, bus, times }
}

describe('confirming', () => {
  test('looking shows what is confirmed, as it was read, and changes nothing', async () => {
    const { bus, answer } = await world()
    const reply = await answer(request('GET', link, { headers: page }))
    expect(reply.statusCode).toBe(200)
    expect(reply.body).toContain('Yes, I want the news of then.')
    expect(reply.body).toContain('<button')
    expect(await answer(request('HEAD', link, { headers: page }))).toEqual({ ...reply, body: '' })
    expect(bus.submitted).toEqual([])
  })

  test('the button records the consent with its evidence', async () => {
    const { bus, answer } = await world()
    const reply = await answer(request('POST', link, { headers: browser }))
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
          wording: 'Yes, I want the news of then.',
          wordingHash: digest('Yes, I want the news of then.'),
          submission: 'f-1',
          confirmed: true,
          how: 'double-opt-in',
        },
      }),
    ])
  })

  test('whoever has confirmed another form before has this one still to confirm', async () => {
    const further = { ...submitted, id: 'f-2', occurredAt: '2026-03-01T10:00:00.000Z' }
    const { bus, answer } = await world([submitted, confirmed, further])
    const path = `/confirm/${sign('confirm', { ...data, factId: 'f-2' })}`
    const reply = await answer(request('GET', path, { headers: page }))
    expect(reply.body).toContain('<button')
    await answer(request('POST', path, { headers: browser }))
    expect(bus.submitted).toMatchObject([{ id: 'f-2:confirmed', properties: { submission: 'f-2' } }])
  })

  test('the browser that the form was filled in with is theirs from then on', async () => {
    const { bus, answer } = await world([
      { ...submitted, properties: { ...submitted.properties, visitorId: 'laptop' } },
    ])
    await answer(request('POST', link))
    expect(bus.submitted[0]?.properties.visitorId).toBe('laptop')
  })

  test('what a submission does not say is as the form says it', async () => {
    const { bus, answer } = await world([
      fact('f-1', 'form.submitted', '03-01T08:00', { form: 'newsletter' }),
    ])
    await answer(request('POST', link))
    expect(bus.submitted[0]?.properties.wording).toBe('Yes, I want news.')
  })

  test('the box beside a form’s own purpose has words of its own', async () => {
    const optIn = { purpose: 'newsletter', wording: 'And letters.' }
    const asked = fact('f-1', 'form.submitted', '03-01T08:00', { form: 'demo', wording: 'Advice.', optIn })
    const { bus, answer } = await world([asked])
    await answer(request('POST', link))
    expect(bus.submitted[0]?.properties.wording).toBe('And letters.')
  })

  test('again is the same fact, however long the id it rests on', async () => {
    const { bus, answer } = await world()
    const long = `/confirm/${sign('confirm', { ...data, factId: 'x'.repeat(128) })}`
    for (const path of [long, long]) await answer(request('POST', path))
    const [first, second] = bus.submitted
    expect(first?.id).toBe(second?.id)
    expect(first?.id.length).toBeLessThanOrEqual(128)
  })

  test('counts though the playbook has lost the form', async () => {
    const { bus, answer } = await world([])
    expect(bus.submitted).toEqual([])
    const kept = await world([fact('f-1', 'form.submitted', '03-01T08:00', { form: 'gone' })])
    const path = `/confirm/${sign('confirm', { ...data, form: 'gone' })}`
    expect((await kept.answer(request('POST', path))).statusCode).toBe(200)
    expect(kept.bus.submitted[0]?.properties).not.toHaveProperty('wording')
    expect((await answer(request('POST', path))).statusCode).toBe(404)
  })
})

test('what is confirmed already is said to be, and is recorded as the same fact at most', async () => {
  const { bus, answer } = await world([submitted, confirmed])
  const shown = await answer(request('GET', link, { headers: page }))
  expect(shown.statusCode).toBe(200)
  expect(shown.body).toContain('Already confirmed')
  expect(shown.body).not.toContain('<button')
  const posted = await answer(request('POST', link, { headers: browser }))
  expect(posted.body).toContain('Already confirmed')
  expect(bus.submitted.map(({ id }) => id)).toEqual(['f-1:confirmed'])
})

describe('a link for a form and the box beside it', () => {
  const asked = fact('f-1', 'form.submitted', '03-01T08:00', {
    ...submitted.properties,
    optIn: { purpose: 'invitations', wording: 'And ask me to come.' },
  })
  const both = `/confirm/${sign('confirm', { ...data, furtherPurpose: 'invitations' })}`
  const confirmedIn = ({ submitted: all }: { submitted: readonly Activity[] }) =>
    all.map(({ id, properties: { purpose, wording } }) => [id, purpose, wording])
  const evidence = [
    ['f-1:confirmed', 'newsletter', 'Yes, I want the news of then.'],
    ['f-1:opted-in', 'invitations', 'And ask me to come.'],
  ]

  test('shows both wordings, and the button records each with its evidence', async () => {
    const { bus, answer } = await world([asked])
    const { body } = await answer(request('GET', both, { headers: page }))
    for (const [, , wording] of evidence) expect(body).toContain(wording)
    await answer(request('POST', both, { headers: browser }))
    expect(confirmedIn(bus)).toEqual(evidence)
    expect(bus.submitted[1]?.properties).toMatchObject({
      submission: 'f-1',
      confirmed: true,
      wordingHash: digest('And ask me to come.'),
    })
  })

  test('leaves out what was withdrawn since, and still confirms the other', async () => {
    const withdrawn = fact('w', 'consent.withdrawn', '03-01T10:00', { purpose: 'newsletter' })
    const { bus, answer } = await world([asked, withdrawn])
    const { body } = await answer(request('GET', both, { headers: page }))
    expect(body).toContain('And ask me to come.')
    expect(body).not.toContain('Yes, I want the news of then.')
    expect((await answer(request('POST', both, { headers: browser }))).statusCode).toBe(200)
    expect(confirmedIn(bus)).toEqual(evidence.slice(1))
  })

  test('has a button as long as one of both is open', async () => {
    const { answer } = await world([asked, confirmed])
    expect((await answer(request('GET', both, { headers: page }))).body).toContain('<button')
    const alsoIn = { ...confirmed, id: 'f-1:opted-in' }
    const done = await world([
      asked,
      confirmed,
      { ...alsoIn, properties: { ...confirmed.properties, purpose: 'invitations' } },
    ])
    expect((await done.answer(request('GET', both, { headers: page }))).body).toContain('Already confirmed')
  })
})

const withdrawals = [
  ['one click', fact('w', 'email.unsubscribed', '03-01T10:00', { how: 'one-click' })],
  ['the preference page', fact('w', 'consent.withdrawn', '03-01T10:00', { purpose: 'newsletter' })],
] as const

describe.each<readonly [string, readonly Fact[]]>([
  ...withdrawals.map(
    ([name, withdrawn]) => [`of before ${name}`, [submitted, confirmed, withdrawn]] as const,
  ),
  ['of somebody who is not there any more', []],
])('a link %s', (_name, facts) => {
  test.each(['GET', 'POST'])('%s says that it is over and where to sign up anew', async (method) => {
    const { bus, answer } = await world(facts)
    const { statusCode, body } = await answer(request(method, link, { headers: browser }))
    expect(statusCode).toBe(404)
    expect(body).toContain('This link is no longer valid')
    expect(body).toContain('href="/f/newsletter?lang=en"')
    expect(body).not.toMatch(/complete|<button/)
    expect(bus.submitted).toEqual([])
    const problem = await answer(request(method, link))
    expect(problem).toMatchObject({
      statusCode: 404,
      headers: { 'content-type': 'application/problem+json' },
    })
  })
})

test('a link that was asked for after a withdrawal confirms', async () => {
  const again = { ...submitted, id: 'f-2', occurredAt: '2026-03-01T11:00:00.000Z' }
  const { bus, answer } = await world([submitted, confirmed, withdrawals[0][1], again])
  const path = `/confirm/${sign('confirm', { ...data, factId: 'f-2' })}`
  expect((await answer(request('POST', path, { headers: browser }))).body).toContain('Sign-up confirmed')
  expect(bus.submitted).toHaveLength(1)
})

test('an expired link answers 404, in the words of its language, and leads to the form', async () => {
  const { times, answer, bus } = await world()
  times.now = '2026-03-09T09:00:00.000Z'
  expect((await answer(request('POST', link))).statusCode).toBe(404)
  const german = `/confirm/${sign('confirm', { ...data, language: 'de' })}`
  const { statusCode, body } = await answer(request('GET', german, { headers: page }))
  expect(statusCode).toBe(404)
  expect(body).toContain('Dieser Link gilt nicht mehr')
  expect(body).toContain('href="/f/newsletter?lang=de"')
  expect(bus.submitted).toEqual([])
})

describe.each([
  ['forged', `${link.slice(0, -2)}${link.endsWith('AA') ? 'BB' : 'AA'}`],
  ['for another purpose', `/confirm/${sign('unsubscribe', data)}`],
  ['without its data', `/confirm/${sign('confirm', {})}`],
])('a link that is %s', (_, path) => {
  test.each(['GET', 'POST'])('%s answers 404 and changes nothing', async (method) => {
    const { bus, answer } = await world()
    const reply = await answer(request(method, path))
    expect(reply.statusCode).toBe(404)
    expect(reply.headers?.['content-type']).toBe('application/problem+json')
    const shown = await answer(request(method, path, { headers: page }))
    expect(shown).toMatchObject({ statusCode: 404, headers: { 'content-type': 'text/html; charset=utf-8' } })
    expect(shown.body).not.toContain('/f/newsletter')
    expect(bus.submitted).toEqual([])
  })
})

test('what was asked for is handed over once it is confirmed, and again when the link is opened again', async () => {
  const confirmedPage = {
    text: { de: 'Hier ist er.', en: 'Here it is.' },
    link: { label: { de: 'Leitfaden', en: 'Guide' }, address: 'https://www.example.com/guide.pdf' },
  }
  const form = playbook.forms.newsletter
  if (!form) throw new Error('no form')
  const { answer } = await world([submitted, confirmed], {
    ...playbook,
    forms: { ...playbook.forms, newsletter: { ...form, confirmed: confirmedPage } },
  })
  for (const method of ['POST', 'GET']) {
    const { body } = await answer(request(method, link, { headers: page }))
    expect(body).toContain('<a class="button" href="https://www.example.com/guide.pdf">Guide</a>')
  }
})

describe('whoever did not sign up', () => {
  const path = `${link}?not-me=1`

  test('says so with one button; looking changes nothing', async () => {
    const { bus, answer } = await world()
    const shown = await answer(request('GET', path, { headers: page }))
    expect(shown.body).toContain('It wasn’t me')
    expect(bus.submitted).toEqual([])
    const reply = await answer(request('POST', path, { headers: browser }))
    expect(reply.body).toContain('We will not send any more')
    expect(bus.submitted).toMatchObject([
      {
        id: 'f-1:refused',
        type: 'confirmation.refused',
        subject: { leadId },
        properties: { submission: 'f-1' },
      },
    ])
  })

  test('does so by a link that has expired, too, and not by a forged one', async () => {
    const { bus, answer, times } = await world()
    times.now = '2027-03-09T09:00:00.000Z'
    expect((await answer(request('POST', path))).statusCode).toBe(200)
    expect(bus.submitted).toHaveLength(1)
    expect((await answer(request('POST', '/confirm/forged?not-me=1'))).statusCode).toBe(404)
  })
})
