import { describe, expect, test } from 'vitest'
import type { Fact } from '../../../domain/model/activity.ts'
import type { Settings } from '../../../domain/model/settings.ts'
import { Transient } from '../../../functions/ports.ts'
import { makeCancelEmail, makeRetryEmail } from '../../../functions/send/hold-email.ts'
import { makeSendEmail } from '../../../functions/send/send-email.ts'
import { Throttled } from '../../../functions/send-ports.ts'
import { fact, leadId } from '../../domain/support/facts.ts'
import { cause, playbook, sendWorld, welcomeRequest } from './send-world.ts'

const granted = fact('yes', 'consent.granted', '01-05T09:00', { purpose: 'newsletter', form: 'newsletter' })
const { sendId } = welcomeRequest
const day = 24 * 3_600_000
/** Monday, 10:00:02 in Berlin. */
const start = '2026-01-05T09:00:02.000Z'
const afternoon = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '14:00', to: '20:00' } as const
const opening = '2026-01-05T13:00:00.000Z'

const worldUnder = (settings: Partial<Settings>, facts: readonly Fact[] = [granted]) => {
  const world = sendWorld(facts, undefined, { ...playbook, settings: { ...playbook.settings, ...settings } })
  const sendEmail = makeSendEmail(world.ports)
  const retryEmail = makeRetryEmail({ ...world.ports, sendEmail })
  return {
    ...world,
    send: (request = welcomeRequest) => sendEmail(request, cause),
    cancel: makeCancelEmail(world.ports),
    stands: (id = sendId) => world.sends.items.get(id),
    /** The next timer fires. */
    wakeNext: async () => {
      const timer = world.timers.take()
      if (!timer) throw new Error('no alarm is set')
      if (timer.at > world.times.now) world.times.now = timer.at
      const { until } = timer.message
      await retryEmail({ leadId, sendId: String(timer.message.sendId), until: String(until) })
    },
    retryEmail,
  }
}

describe('outside the sending hours', () => {
  test('marketing mail is held, says until when, and goes out then', async () => {
    const world = worldUnder({ sending: afternoon })
    await world.send()
    expect(world.outgoing).toEqual([])
    expect(world.stands()).toMatchObject({
      status: 'held',
      reason: 'window',
      until: opening,
      requestedAt: start,
    })
    expect(world.published.get(`${sendId}:held:${opening}`)).toMatchObject({
      type: 'EmailHeld',
      data: { email: 'welcome', reason: 'window', until: opening },
    })
    expect(world.timers.nextAt()).toBe(opening)
    await world.wakeNext()
    expect(world.outgoing).toHaveLength(1)
    expect(world.stands()).toMatchObject({ status: 'sent', requestedAt: start })
    expect(world.stands()?.until).toBeUndefined()
  })

  test('the hours are those of the lead, not of the company', async () => {
    const tokyo = fact('p', 'profile.updated', '01-05T08:00', { fields: { country: 'JP' } })
    const world = worldUnder({ sending: afternoon }, [granted, tokyo])
    await world.send()
    expect(world.stands()?.status).toBe('sent')
  })

  test('a request that comes again changes nothing, and sets the alarm that a crash forgot', async () => {
    const world = worldUnder({ sending: afternoon })
    await world.send()
    world.timers.take()
    await world.send()
    expect(world.timers.items.size).toBe(1)
    await world.wakeNext()
    await world.send()
    expect(world.outgoing).toHaveLength(1)
  })

  test('one that is held again is timed though the function dies in between: its message comes again', async () => {
    const world = worldUnder({ sending: afternoon })
    await world.send()
    const timer = world.timers.take()
    const until = String(timer?.message.until)
    // A minute past the end of the hours: until tomorrow.
    world.times.now = '2026-01-05T19:01:00.000Z'
    const set = async () => {
      throw new Error('the process ends')
    }
    const dying = { ...world.ports, timers: { set } }
    const retry = makeRetryEmail({ ...dying, sendEmail: makeSendEmail(dying) })
    await expect(retry({ leadId, sendId, until })).rejects.toThrow('the process ends')
    await world.retryEmail({ leadId, sendId, until })
    const tomorrow = opening.replace('-05T', '-06T')
    expect(world.stands()).toMatchObject({ status: 'held', until: tomorrow })
    expect(world.timers.nextAt()).toBe(tomorrow)
    expect(world.published.has(`${sendId}:held:${tomorrow}`)).toBe(true)
  })

  test('transactional mail goes out', async () => {
    const asked = fact('asked', 'form.submitted', '01-05T09:00', {
      form: 'newsletter',
      language: 'en',
      fields: {},
    })
    const confirmation = { factId: 'asked', form: 'newsletter', purpose: 'newsletter', language: 'en' }
    const world = worldUnder({ sending: afternoon, caps: [{ emails: 1, per: day }] }, [asked])
    for (const id of ['one', 'two'])
      await world.send({ leadId, sendId: id, email: 'confirm', recipient: 'lead', confirmation })
    expect(world.outgoing).toHaveLength(2)
  })
})

describe('once a held email is woken, everything is judged again:', () => {
  test.each([
    [
      'consent',
      [fact('no', 'email.unsubscribed', '01-05T10:00', { how: 'page' })],
      'suppressed',
      'no-consent',
    ],
    [
      'the exit, also of an email right at entry',
      [fact('q', 'quote.requested', '01-05T10:00')],
      'exited',
      'exit',
    ],
  ])('%s', async (_name, facts, status, reason) => {
    const world = worldUnder({ sending: afternoon })
    await world.send()
    world.log.push(...facts)
    await world.wakeNext()
    expect(world.outgoing).toEqual([])
    expect(world.stands()).toMatchObject({ status, reason })
  })

  test.each([
    ['ended at its goal', { type: 'goal', at: start }, 'goal'],
    ['left', { type: 'exited', at: start, because: 'x' }, 'exit'],
  ] as const)('a run that %s', async (_name, status, reason) => {
    const world = worldUnder({ sending: afternoon })
    await world.send()
    world.runs.set('interest', {
      runId: `${leadId}:interest:1`,
      leadId,
      sequence: 'interest',
      playbookVersion: 'v1',
      entryId: `${leadId}:other`,
      enteredAt: start,
      step: 1,
      status,
      version: 1,
      outbox: [],
    })
    await world.wakeNext()
    expect(world.stands()).toMatchObject({ status: 'exited', reason })
  })

  test('a stage that was taken back', async () => {
    const world = worldUnder({ sending: afternoon })
    await world.send()
    world.runs.set('interest', {
      runId: `${leadId}:interest:1`,
      leadId,
      sequence: 'interest',
      playbookVersion: 'v1',
      entryId: `${leadId}:stage:interest:1`,
      enteredAt: start,
      step: 1,
      status: { type: 'waiting', until: '2026-02-01T00:00:00.000Z' },
      version: 1,
      outbox: [],
    })
    await world.wakeNext()
    expect(world.stands()).toMatchObject({ status: 'exited', reason: 'withdrawn' })
  })

  test('the hours, where they have been changed', async () => {
    const world = worldUnder({})
    const night = { days: ['sun'], from: '10:00', to: '11:00' } as const
    const late = (sending: Settings['sending']) => ({
      ...world.ports,
      playbooks: {
        ...world.ports.playbooks,
        current: async () => ({
          ...playbook,
          settings: { ...playbook.settings, ...(sending && { sending }) },
        }),
      },
    })
    await makeSendEmail(late(afternoon))(welcomeRequest, cause)
    world.times.now = opening
    await makeSendEmail(late(night))(welcomeRequest, cause)
    expect(world.stands()).toMatchObject({
      status: 'held',
      until: '2026-01-11T09:00:00.000Z',
      requestedAt: start,
    })
  })
})

test('an alarm that is early comes again, one of an earlier hold sends nothing', async () => {
  const world = worldUnder({ sending: afternoon })
  await world.send()
  await expect(world.retryEmail({ leadId, sendId, until: opening })).rejects.toThrow(Transient)
  const earlier = '2026-01-05T12:00:00.000Z'
  world.times.now = earlier
  await world.retryEmail({ leadId, sendId, until: earlier })
  await world.retryEmail({ leadId, sendId, until: earlier, early: true })
  expect(world.stands()).toMatchObject({ status: 'held', until: opening })
  expect(world.timers.items.size).toBe(1)
})

test('what would be held for more than a week is not sent at all', async () => {
  const month = { emails: 1, per: 30 * day }
  const world = worldUnder({ caps: [month] })
  await world.send()
  await world.send({ ...welcomeRequest, sendId: `${leadId}:interest:1:9` })
  expect(world.stands(`${leadId}:interest:1:9`)).toMatchObject({ status: 'suppressed', reason: 'stale' })
})

describe('caps', () => {
  const requests = [0, 3, 6, 9].map((step) => ({ ...welcomeRequest, sendId: `${leadId}:interest:1:${step}` }))
  const statuses = (world: ReturnType<typeof worldUnder>) =>
    requests.map((request) => world.stands(request.sendId)?.status)

  test('hold what is too many until there is room again, each in its turn', async () => {
    const world = worldUnder({ caps: [{ emails: 2, per: 2 * day }] })
    for (const request of requests) await world.send(request)
    expect(statuses(world)).toEqual(['sent', 'sent', 'held', 'held'])
    expect(world.stands(requests[2]?.sendId)).toMatchObject({
      reason: 'cap',
      until: '2026-01-07T09:00:02.000Z',
    })
    await world.wakeNext()
    await world.wakeNext()
    expect(statuses(world)).toEqual(['sent', 'sent', 'sent', 'sent'])
  })

  test('are not passed by emails that are sent at the same moment', async () => {
    const world = worldUnder({ caps: [{ emails: 2, per: 2 * day }] })
    await Promise.all(requests.map((request) => world.send(request)))
    expect(world.outgoing).toHaveLength(2)
    expect(statuses(world).toSorted()).toEqual(['held', 'held', 'sent', 'sent'])
  })

  test('hold for a moment alone what has no room beside emails on their way, which SES may refuse', async () => {
    const world = worldUnder({ caps: [{ emails: 2, per: 2 * day }] })
    const [first, second, third] = requests
    const [bothAsk, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let asked = 0
    const send = async () => {
      asked += 1
      if (asked === 2) bothAsk.resolve()
      await answer.promise
      return { type: 'rejected', reason: 'no' } as const
    }
    const slow = makeSendEmail({ ...world.ports, mailer: { send } })
    const onTheirWay = [first, second].map((request = welcomeRequest) => slow(request, cause))
    await bothAsk.promise
    await world.send(third)
    expect(world.stands(third?.sendId)).toMatchObject({ reason: 'cap', until: '2026-01-05T09:01:02.000Z' })
    answer.resolve()
    await Promise.all(onTheirWay)
    await world.wakeNext()
    expect(statuses(world).slice(0, 3)).toEqual(['failed', 'failed', 'sent'])
  })

  test('do not count what SES refused', async () => {
    const world = worldUnder({ caps: [{ emails: 1, per: 2 * day }] })
    const refusing = { send: async () => ({ type: 'rejected', reason: 'no' }) as const }
    await makeSendEmail({ ...world.ports, mailer: refusing })(requests[0] ?? welcomeRequest, cause)
    await world.send(requests[1])
    expect(statuses(world).slice(0, 2)).toEqual(['failed', 'sent'])
  })
})

describe('a held email', () => {
  test('is taken back, told once more when its time comes, and never sent', async () => {
    const world = worldUnder({ sending: afternoon })
    await world.send()
    expect(await world.cancel(sendId)).toMatchObject({ type: 'cancelled', send: { status: 'suppressed' } })
    expect(await world.cancel(sendId)).toMatchObject({ type: 'cancelled' })
    const told = world.published.get(`${sendId}:suppressed`)
    expect(told).toMatchObject({ type: 'EmailSuppressed', data: { reason: 'cancelled' } })
    world.published.clear()
    await world.wakeNext()
    expect(world.published.get(`${sendId}:suppressed`)).toEqual(told)
    expect(world.outgoing).toEqual([])
  })

  test.each([
    ['was sent', sendId, 'not-held'],
    ['is not there', `${leadId}:interest:7:0`, 'unknown-email'],
    ['is nobody’s', 'x', 'unknown-email'],
  ])('that %s cannot be taken back', async (_name, id, type) => {
    const world = worldUnder({})
    await world.send()
    expect(await world.cancel(id)).toMatchObject({ type })
  })
})

describe('SES', () => {
  const throttling = {
    send: async () => {
      throw new Throttled('slow down')
    },
  }

  test('that takes nothing for a while: the email is put aside and tried again for as long as it makes sense', async () => {
    const world = worldUnder({})
    const throttled = makeSendEmail({ ...world.ports, mailer: throttling })
    await expect(throttled(welcomeRequest, cause)).rejects.toThrow(Transient)
    world.times.now = '2026-01-05T09:19:59.000Z'
    await expect(throttled(welcomeRequest, cause)).rejects.toThrow(Transient)
    world.times.now = '2026-01-05T09:21:00.000Z'
    await throttled(welcomeRequest, cause)
    expect(world.stands()).toMatchObject({
      status: 'held',
      reason: 'throttled',
      until: '2026-01-05T09:36:00.000Z',
    })
    await world.wakeNext()
    expect(world.stands()?.status).toBe('sent')
    expect(world.outgoing).toHaveLength(1)
  })

  test('that is not permitted is no reason to wait: the message goes its way to the dead letters', async () => {
    const world = worldUnder({})
    const denied = { send: async () => Promise.reject(new Transient('AccessDeniedException')) }
    await expect(makeSendEmail({ ...world.ports, mailer: denied })(welcomeRequest, cause)).rejects.toThrow(
      Transient,
    )
    world.times.now = '2026-01-05T10:00:00.000Z'
    await expect(makeSendEmail({ ...world.ports, mailer: denied })(welcomeRequest, cause)).rejects.toThrow(
      'Denied',
    )
  })

  test('that refuses an email: it stands in the timeline, without the address', async () => {
    const world = worldUnder({})
    const mailer = {
      send: async () =>
        ({ type: 'rejected', reason: 'MessageRejected: not verified: anna@example.com' }) as const,
    }
    await makeSendEmail({ ...world.ports, mailer })(welcomeRequest, cause)
    expect(world.submitted.get(`${sendId}:failed`)).toMatchObject({
      type: 'email.failed',
      subject: { leadId },
      properties: { email: 'welcome', reason: 'rejected: MessageRejected: not verified: …' },
    })
  })
})

test('while all sending is paused marketing mail waits for an hour at a time', async () => {
  const world = worldUnder({})
  await world.sendingStates.commit({ version: 0, paused: { since: start, because: 'by-hand' } })
  await world.send()
  expect(world.stands()).toMatchObject({
    status: 'held',
    reason: 'paused',
    until: '2026-01-05T10:00:02.000Z',
  })
  await world.sendingStates.commit({ version: 1 })
  await world.wakeNext()
  expect(world.stands()?.status).toBe('sent')
})
