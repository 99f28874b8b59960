import { describe, expect, test } from 'vitest'
import { stampField } from '../../../domain/form/submission.ts'
import { parseLeadId } from '../../../domain/model/activity.ts'
import { sampleForm } from '../../domain/form/sample-form.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { browser, intakeWorld, request, stamps, tokens, urlencoded } from './intake-world.ts'

const leadId = parseLeadId('lead-0001')
if (!leadId) throw new Error('not a lead id')
const good = 'email=anna%40example.com'
const stamped = (stamp: string) => ({ headers: browser, body: `${good}&${stampField}=${stamp}` })

describe('the time that filling in takes', () => {
  const shown = '2026-03-02T08:59:58.001Z'

  test('too short: answered like a success, and dropped', async () => {
    const { bus, answer } = intakeWorld()
    const patient = await answer(
      request('POST', '/f/newsletter', stamped(stamps.issue('2026-03-02T08:59:58.000Z'))),
    )
    expect(bus.submitted).toHaveLength(1)
    const hasty = await answer(request('POST', '/f/newsletter', stamped(stamps.issue(shown))))
    expect(hasty).toEqual(patient)
    await answer(request('POST', '/f/newsletter', stamped('1.forged')))
    expect(bus.submitted).toHaveLength(1)
  })

  test.each([
    ['a page of ours', { ...browser, origin: 'https://forms.example.com' }, 0],
    ['a form that a site has written itself', { ...browser, origin: 'https://www.example.com' }, 1],
    ['a browser that does not say', browser, 1],
    ['a program', { ...urlencoded, origin: 'https://forms.example.com' }, 1],
  ])('what comes without a stamp from %s', async (_name, headers, taken) => {
    const { bus, answer } = intakeWorld()
    await answer(request('POST', '/f/newsletter', { headers, body: good }))
    expect(bus.submitted).toHaveLength(taken)
  })

  test('counts from the first page on: whoever mends a slip is quick', async () => {
    const { times, answer } = intakeWorld()
    const page = await answer(request('GET', '/f/newsletter'))
    const stamp = new RegExp(`name="${stampField}" value="([^"]+)"`).exec(page.body ?? '')?.[1] ?? ''
    expect(stamps.read(stamp)).toBe(times.now)
    const again = await answer(
      request('POST', '/f/newsletter', { headers: browser, body: `email=x&${stampField}=${stamp}` }),
    )
    expect(again).toMatchObject({ statusCode: 422, body: expect.stringContaining(`value="${stamp}"`) })
  })
})

describe('a page that has stood open', () => {
  const opened = stamps.issue('2026-03-02T09:00:00.000Z')
  const sentAfter = (hours: number, headers: Record<string, string>, stamp = opened) => {
    const world = intakeWorld()
    world.times.now = new Date(Date.parse('2026-03-02T09:00:00.000Z') + hours * 3_600_000).toISOString()
    const send = (body: string) => world.answer(request('POST', '/f/newsletter?lang=en', { headers, body }))
    return { ...world, send, first: send(`${good}&firstName=Anna&_id=k&${stampField}=${stamp}`) }
  }

  test('for a working day is taken', async () => {
    const { bus, first } = sentAfter(23, browser)
    expect((await first).statusCode).toBe(303)
    expect(bus.submitted).toHaveLength(1)
  })

  test('for longer is shown again with what was typed, and taken at once then', async () => {
    const { bus, send, first } = sentAfter(25, browser)
    const page = await first
    expect(page.statusCode).toBe(422)
    expect(page.body).toContain('This page was open for too long')
    expect(page.body).toContain('value="Anna"')
    expect(bus.submitted).toEqual([])
    const fresh = new RegExp(`name="${stampField}" value="([^"]+)"`).exec(page.body ?? '')?.[1]
    expect(fresh).not.toBe(opened)
    expect((await send(`${good}&_id=k&${stampField}=${fresh}`)).statusCode).toBe(303)
    expect(bus.submitted).toHaveLength(1)
  })

  test('in another site gets a stamp with the message', async () => {
    const { bus, send, first } = sentAfter(24 * 400, urlencoded)
    const answer = await first
    expect(answer.statusCode).toBe(422)
    const { errors, stamp } = JSON.parse(answer.body ?? '')
    expect(errors).toEqual([{ path: stampField, message: expect.stringContaining('details again') }])
    expect((await send(`${good}&${stampField}=${stamp}`)).statusCode).toBe(202)
    expect(bus.submitted).toHaveLength(1)
  })

  test('and has a slip in it besides goes on with a stamp that counts', async () => {
    const { send } = sentAfter(25, browser)
    const page = await send(`email=x&${stampField}=${opened}`)
    const fresh = new RegExp(`name="${stampField}" value="([^"]+)"`).exec(page.body ?? '')?.[1]
    expect((await send(`${good}&${stampField}=${fresh}`)).statusCode).toBe(303)
  })
})

describe('a visitor who comes by a link of an email', () => {
  const fields = sampleForm.fields.map((field) =>
    field.name === 'firstName' ? { ...field, required: true, ask: 'whenUnknown' as const } : field,
  )
  const playbook = makePlaybook({ forms: { newsletter: { ...sampleForm, fields } } })
  const token = tokens.sign(
    'profile',
    { leadId, data: { known: ['firstName', 'phone'] } },
    '2026-03-03T09:00:00Z',
  )
  const path = `/f/newsletter?lang=en&p=${token}`

  test('is not asked for what is known, and may leave it out', async () => {
    const { bus, answer } = intakeWorld(playbook)
    const page = await answer(request('GET', path))
    expect(page.body).not.toContain('name="firstName"')
    expect(page.body).toContain('name="phone"')
    expect(page.body).toContain(`action="?lang=en&amp;p=${token}"`)
    expect((await answer(request('POST', path, { headers: browser, body: good }))).statusCode).toBe(303)
    expect(bus.submitted[0]?.properties.fields).toEqual({ email: 'anna@example.com' })
  })

  test.each([
    ['no token', ''],
    ['a forged one', `&p=${token.slice(0, -1)}_`],
    [
      'one for another purpose',
      `&p=${tokens.sign('confirm', { leadId, data: { known: ['firstName'] } }, '2026-03-03T09:00:00Z')}`,
    ],
    [
      'one that has expired',
      `&p=${tokens.sign('profile', { leadId, data: { known: ['firstName'] } }, '2026-03-02T09:00:00Z')}`,
    ],
  ])('with %s is asked for everything', async (_, query) => {
    const { answer } = intakeWorld(playbook)
    expect((await answer(request('GET', `/f/newsletter?lang=en${query}`))).body).toContain('name="firstName"')
  })
})

describe('who it was that filled in a form', () => {
  const linkTo = (mailbox: string) =>
    tokens.sign('profile', { leadId, data: { known: [], to: `mark of ${mailbox}` } }, '2026-03-03T09:00:00Z')
  const viaOf = async (query: string, headers: Record<string, string> = urlencoded, body = good) => {
    const { bus, answer } = intakeWorld()
    await answer(request('POST', `/f/newsletter${query}`, { headers, body }))
    return bus.submitted[0]?.properties.via
  }

  test('is known by the link that was sent to the address, however it is written', async () => {
    const query = `?p=${linkTo('anna@example.com')}`
    expect(await viaOf(query)).toBe('link')
    expect(await viaOf(query, urlencoded, 'email=Anna%40Example.com')).toBe('link')
    expect(await viaOf(query, { 'content-type': 'application/json' }, '{"email":"anna@example.com"}')).toBe(
      'link',
    )
  })

  test.each([
    ['nothing', ''],
    ['the link of somebody else', `?p=${linkTo('ben@example.com')}`],
    ['a forged link', '?p=forged'],
    [
      'a link without an address',
      `?p=${tokens.sign('profile', { leadId, data: { known: [] } }, '2026-03-03T09:00:00Z')}`,
    ],
  ])('is not by %s', async (_, query) => {
    expect(await viaOf(query)).toBeUndefined()
    expect(await viaOf(query, urlencoded, `${good}&via=link`)).toBeUndefined()
  })
})
