import { describe, expect, test } from 'vitest'
import { decodeSendTags } from '../../../domain/email/email-outcome.ts'
import { type LeadId, parseLeadId } from '../../../domain/model/activity.ts'
import type { JsonObject } from '../../../domain/model/json.ts'
import { Transient } from '../../../functions/ports.ts'
import { makeSendEmail } from '../../../functions/send/send-email.ts'
import { fact, leadId } from '../../domain/support/facts.ts'
import { address, cause, publicUrl, sendWorld, start, welcomeRequest } from './send-world.ts'

const granted = fact('yes', 'consent.granted', '01-05T09:00', { purpose: 'newsletter', form: 'newsletter' })
const german = fact('profile', 'profile.updated', '01-05T08:00', {
  fields: { language: 'de', firstName: 'Anna' },
})
const unsubscribed = fact('no', 'email.unsubscribed', '01-05T10:00', { how: 'page' })
const { sendId } = welcomeRequest

const tokenIn = (text: string, path: string): string =>
  new RegExp(`${publicUrl}/${path}/([\\w.-]+)`).exec(text)?.[1] ?? ''

describe('marketing mail to a lead', () => {
  test('goes out with consent, says how to leave, and is told', async () => {
    const world = sendWorld([german, granted])
    await makeSendEmail(world.ports)(welcomeRequest, cause)
    const [email] = world.outgoing
    expect(email).toMatchObject({
      from: 'Beispiel <hallo@mail.example.com>',
      to: address,
      subject: 'Hallo Anna',
      headers: {
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        'Feedback-ID': 'welcome:interest:marketing:trichter',
      },
    })
    const token = tokenIn(email?.headers['List-Unsubscribe'] ?? '', 'u')
    expect(email?.html).toContain(`href="${publicUrl}/u/${token}"`)
    expect(world.ports.tokens.verify('unsubscribe', token, '2027-12-31T00:00:00.000Z')).toEqual({
      leadId,
      data: { sendId, email: 'welcome', language: 'de' },
    })
    expect(decodeSendTags(email?.tags)).toEqual({
      sendId,
      leadId,
      email: 'welcome',
      recipient: 'lead',
      kind: 'marketing',
    })
    expect(world.sends.items.get(sendId)).toMatchObject({
      status: 'sent',
      messageId: 'message-1',
      language: 'de',
    })
    expect(world.published.get(`${sendId}:sent`)).toMatchObject({
      type: 'EmailSent',
      leadId,
      causationId: 'decision-1',
      data: { email: 'welcome', sequence: 'interest', step: 0, messageId: 'message-1' },
    })
    expect(JSON.stringify([...world.published.values()])).not.toMatch(/anna/i)
  })

  test('goes to the person that the lead was merged into, as they stand', async () => {
    const world = sendWorld([german, granted])
    const { load } = world.ports.leads
    const merged = parseLeadId('lead-0002') ?? leadId
    const leads = {
      ...world.ports.leads,
      load: async (id: LeadId) =>
        id === merged
          ? { leadId: merged, email: 'old@example.com', version: 1, outbox: [], mergedInto: leadId }
          : load(id),
    }
    const send = makeSendEmail({ ...world.ports, leads })
    await send({ ...welcomeRequest, leadId: merged }, cause)
    expect(world.outgoing.map(({ to }) => to)).toEqual([address])
    world.log.push(unsubscribed)
    await send({ ...welcomeRequest, leadId: merged, sendId: 'another' }, cause)
    expect(world.sends.items.get('another')).toMatchObject({ status: 'suppressed', reason: 'no-consent' })
  })

  test.each([
    ['without consent', [german], 'no-consent'],
    ['after it was withdrawn', [german, granted, unsubscribed], 'no-consent'],
    [
      'after a hard bounce',
      [granted, fact('b', 'email.bounced', '01-05T11:00', { bounceType: 'Permanent' })],
      'bounced',
    ],
    ['after a complaint', [granted, fact('c', 'email.complained', '01-05T11:00')], 'complained'],
    ['to somebody erased', [], 'no-lead'],
  ])('stays %s', async (_name, facts, reason) => {
    const world = sendWorld(facts)
    await makeSendEmail(world.ports)(welcomeRequest, cause)
    expect(world.outgoing).toEqual([])
    expect(world.sends.items.get(sendId)).toMatchObject({ status: 'suppressed', reason })
    expect(world.published.get(`${sendId}:suppressed`)).toMatchObject({
      type: 'EmailSuppressed',
      data: { reason },
    })
  })

  test('after a wait looks at the exit again, right at entry it does not', async () => {
    const world = sendWorld([granted, fact('q', 'quote.requested', '01-05T09:30')])
    const send = makeSendEmail(world.ports)
    const run = { sequence: 'interest', runId: `${leadId}:interest:1`, step: 4 }
    await send({ ...welcomeRequest, sendId: 'later', run: { ...run, afterWait: true } }, cause)
    expect(world.sends.items.get('later')).toMatchObject({ status: 'exited' })
    await send({ ...welcomeRequest, sendId: 'entry', run: { ...run, afterWait: false } }, cause)
    expect(world.sends.items.get('entry')).toMatchObject({ status: 'sent' })
  })

  test('without a value it needs fails visibly, and tells the bus no more than that', async () => {
    const world = sendWorld([granted])
    await makeSendEmail(world.ports)({ ...welcomeRequest, email: 'personal' }, cause)
    expect(world.outgoing).toEqual([])
    expect(world.sends.items.get(sendId)).toMatchObject({
      status: 'failed',
      reason: 'missing-value: lead.company',
    })
    expect(world.published.get(`${sendId}:failed`)?.data).toMatchObject({
      outcome: 'failed',
      reason: 'missing-value',
    })
  })
})

describe('the language', () => {
  const form = (language: string, at: string, more: JsonObject = {}) =>
    fact(`form-${at}`, 'form.submitted', at, { form: 'plain', language, fields: {}, ...more })
  test.each([
    // A form's language is an attribute, and of an attribute the latest wins.
    ['of a profile set since', [granted, form('en', '01-05T07:00'), german], 'Hallo Anna'],
    [
      'of a form reached by a link since',
      [granted, german, form('en', '01-05T12:00', { via: 'link' })],
      'Hello Anna',
    ],
    [
      'not of a form that anybody may have filled in',
      [granted, german, form('en', '01-05T12:00')],
      'Hallo Anna',
    ],
    [
      'of the form last filled in',
      [granted, form('de', '01-05T11:00'), form('en', '01-05T12:00')],
      'Hello !',
    ],
    ['else the first of the playbook', [granted], 'Hallo !'],
  ])('is that %s', async (_name, facts, subject) => {
    const world = sendWorld(facts)
    await makeSendEmail(world.ports)(welcomeRequest, cause)
    expect(world.outgoing[0]?.subject).toBe(subject)
  })
})

describe('a confirmation', () => {
  const asked = fact('asked', 'form.submitted', '01-05T09:00', {
    form: 'newsletter',
    language: 'en',
    fields: {},
  })
  const confirmation = { factId: 'asked', form: 'newsletter', purpose: 'newsletter', language: 'en' }
  const request = {
    leadId,
    sendId: `${leadId}:confirm:asked`,
    email: 'confirm',
    recipient: 'lead',
    confirmation,
  } as const

  test('goes out before there is consent, in the language of the form, with a link for thirty days', async () => {
    const world = sendWorld([asked])
    await makeSendEmail(world.ports)(request, cause)
    const [email] = world.outgoing
    expect(email?.subject).toBe('Please confirm')
    expect(email?.headers).not.toHaveProperty('List-Unsubscribe')
    const token = tokenIn(email?.html ?? '', 'confirm')
    expect(world.ports.tokens.verify('confirm', token, '2026-02-04T09:00:01.999Z')?.data).toEqual(
      confirmation,
    )
    expect(world.ports.tokens.verify('confirm', token, '2026-02-04T09:00:02.000Z')).toBeUndefined()
  })

  test('is not needed once it is given', async () => {
    const world = sendWorld([asked, { ...granted, properties: { ...granted.properties, confirmed: true } }])
    await makeSendEmail(world.ports)(request, cause)
    expect(world.outgoing).toEqual([])
    expect(world.sends.items.get(request.sendId)).toMatchObject({ reason: 'already-answered' })
  })
})

describe('SES', () => {
  test('throttles: the claim is given back, and the next delivery sends', async () => {
    const world = sendWorld([granted])
    const throttled = makeSendEmail({
      ...world.ports,
      mailer: {
        send: async () => {
          throw new Transient('slow down')
        },
      },
    })
    await expect(throttled(welcomeRequest, cause)).rejects.toThrow(Transient)
    await makeSendEmail(world.ports)(welcomeRequest, cause)
    expect(world.outgoing).toHaveLength(1)
  })

  test('rejects: failed, with the whole reason in the table and none of it on the bus', async () => {
    const world = sendWorld([granted])
    const reason = `MessageRejected: Address blocked: ${address}`
    const mailer = { send: async () => ({ type: 'rejected', reason }) as const }
    await makeSendEmail({ ...world.ports, mailer })(welcomeRequest, cause)
    expect(world.sends.items.get(sendId)).toMatchObject({ status: 'failed', reason: `rejected: ${reason}` })
    expect(world.published.get(`${sendId}:failed`)).toMatchObject({ data: { reason: 'rejected' } })
  })

  test('gives no answer: nobody sends until the claim has run out', async () => {
    const world = sendWorld([granted])
    const mute = { send: async () => Promise.reject(new Error('socket hang up')) }
    await expect(makeSendEmail({ ...world.ports, mailer: mute })(welcomeRequest, cause)).rejects.toThrow(
      'hang up',
    )
    const send = makeSendEmail(world.ports)
    await send(welcomeRequest, cause)
    world.times.now = '2026-01-05T09:15:01.999Z'
    await send(welcomeRequest, cause)
    expect(world.outgoing).toEqual([])
    expect([...world.published]).toEqual([])
    expect(world.timers.nextAt()).toBe('2026-01-05T09:15:02.000Z')
    world.times.now = '2026-01-05T09:15:02.000Z'
    await send(welcomeRequest, cause)
    expect(world.outgoing).toHaveLength(1)
  })

  test('reports the send itself meanwhile: nothing goes out again', async () => {
    const world = sendWorld([granted])
    const mute = { send: async () => Promise.reject(new Error('socket hang up')) }
    await expect(makeSendEmail({ ...world.ports, mailer: mute })(welcomeRequest, cause)).rejects.toThrow(
      'hang up',
    )
    await world.sends.settle(leadId, sendId, { status: 'sent', at: start, messageId: 'by-event' })
    await makeSendEmail(world.ports)(welcomeRequest, cause)
    expect(world.outgoing).toEqual([])
    expect(world.published.get(`${sendId}:sent`)).toMatchObject({ data: { messageId: 'by-event' } })
  })
})

test('where even giving the claim back fails, the first failure is told', async () => {
  const world = sendWorld([granted])
  const leads = { ...world.ports.leads, load: async () => Promise.reject(new Error('no read')) }
  const sends = { ...world.ports.sends, release: async () => Promise.reject(new Error('no write')) }
  const send = makeSendEmail({ ...world.ports, leads, sends })
  await expect(send(welcomeRequest, cause)).rejects.toThrow('no read')
})

test('an email that the playbook does not have is a defect, and leaves no claim behind', async () => {
  const world = sendWorld([granted])
  await expect(makeSendEmail(world.ports)({ ...welcomeRequest, email: 'nope' }, cause)).rejects.toThrow(
    'no email nope',
  )
  await makeSendEmail(world.ports)(welcomeRequest, cause)
  expect(world.outgoing).toHaveLength(1)
})
