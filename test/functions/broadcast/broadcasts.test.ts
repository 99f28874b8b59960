import { describe, expect, it } from 'vitest'
import { emailRequestOf } from '../../../domain/model/email-request.ts'
import type { JsonObject } from '../../../domain/model/json.ts'
import type { EmailTemplate } from '../../../domain/model/playbook.ts'
import { memoryTimers } from '../../../functions/adapters/memory-event-bus.ts'
import { broadcastMessageSchema, makeRunBroadcast } from '../../../functions/broadcast/run-broadcast.ts'
import type { Send } from '../../../functions/send-ports.ts'
import { fact } from '../../domain/support/facts.ts'
import { apiWorld, now } from '../api/api-world.ts'

const email = (kind: EmailTemplate['kind'], purpose?: string): EmailTemplate => ({
  ...{ subject: 'News', preheader: '', html: '', kind },
  ...(purpose !== undefined && { purpose }),
})

const emails = {
  news: { de: email('marketing', 'newsletter') },
  bare: { de: email('marketing') },
  receipt: { de: email('transactional') },
}
const segments = { dach: { id: 'dach', name: 'DACH', where: 'lead.country in ["DE", "AT", "CH"]' } }

/** The routes with the worker; `answer` stands for the sender. */
const broadcastWorld = () => {
  const world = apiWorld({ emails, segments })
  const times = { now: String(now) }
  const timers = memoryTimers()
  const announced: JsonObject[] = []
  const queue = world.toldAudience
  const ports = {
    ...world,
    timers,
    clock: () => times.now,
    announce: async (event: object) => void announced.push(event as JsonObject),
    playbooks: { keep: async () => {} },
    enqueueAudience: async (message: JsonObject, delay = 0) => {
      if (delay === 0) queue.push(message)
      else {
        const at = new Date(Date.parse(times.now) + delay * 1_000).toISOString()
        await timers.set(`delayed:${JSON.stringify(message)}`, at, message)
      }
    },
  }
  const run = makeRunBroadcast(ports)
  const post = (path: string, body: object = {}, method = 'POST') =>
    world.call(path, { method, body: JSON.stringify(body) })
  const asked = () =>
    world.bus.published.flatMap((one) => (one.type === 'EmailRequested' ? [emailRequestOf(one)] : []))
  return {
    ...world,
    times,
    announced,
    post,
    asked,
    settle: async (repeats = 1) => {
      for (let message = queue.shift(); message; message = queue.shift())
        for (let time = 0; time < repeats; time += 1) await run(broadcastMessageSchema.parse(message))
    },
    /** Moves the clock to `at`, and takes what is due on the way. */
    moveTo: async (at: string) => {
      const passed = new Set<string>()
      for (;;) {
        const [name, timer] =
          [...timers.items]
            .filter(([one, { at: due }]) => !passed.has(one) && due <= at)
            .toSorted(([, a], [, b]) => (a.at < b.at ? -1 : 1))[0] ?? []
        if (name === undefined || !timer) break
        passed.add(name)
        times.now = timer.at > times.now ? timer.at : times.now
        await run(broadcastMessageSchema.parse(timer.message))
        for (let message = queue.shift(); message; message = queue.shift())
          await run(broadcastMessageSchema.parse(message))
      }
      times.now = at
    },
    answer: async (send: (number: number) => Pick<Send, 'status' | 'reason'>) => {
      const known = new Set<string>()
      for (const [number, request] of asked().entries()) {
        if (known.has(request.sendId)) continue
        known.add(request.sendId)
        const { leadId, sendId } = request
        await world.sends.claim(
          {
            ...{
              sendId,
              leadId,
              email: request.email,
              request,
              cause: { decisionId: 'd', correlationId: 'c' },
            },
            ...{ requestedAt: times.now, marketing: true, claimedAt: times.now, leaseUntil: times.now },
            ...send(number),
          },
          times.now,
        )
      }
    },
    make: async (plan: object = {}): Promise<string> => {
      const made = await post('/api/broadcasts', { name: 'March', segment: 'dach', email: 'news', ...plan })
      if (made.type !== 'ok') throw new Error(JSON.stringify(made))
      return String((made.body as { broadcastId: string }).broadcastId)
    },
    addReader: async (number: number, fields: JsonObject = {}) => {
      const leadId = await world.addLead(number, { country: 'DE', ...fields })
      await world.add(leadId, [
        fact(`c-${number}`, 'consent.granted', '03-01T11:00', { purpose: 'newsletter' }),
      ])
      return leadId
    },
  }
}

describe('a broadcast', () => {
  it('goes once to everybody who was in the segment at its start, and its report adds up', async () => {
    const world = broadcastWorld()
    for (let number = 1; number <= 130; number += 1) await world.addReader(number)
    await world.addReader(131, { country: 'FR' })
    const id = await world.make()
    expect(await world.post(`/api/broadcasts/${id}/schedule`)).toMatchObject({
      type: 'accepted',
      body: { state: 'scheduled', matching: 130, mailable: 130 },
    })
    await world.settle(2)
    const sendIds = new Set(world.asked().map(({ sendId }) => sendId))
    expect(sendIds.size).toBe(130)
    expect(new Set(world.asked().map(({ run }) => run?.sequence))).toEqual(new Set([`broadcast.${id}`]))
    await world.addReader(132)
    const statuses = ['sent', 'sent', 'suppressed', 'failed', 'exited', 'held'] as const
    await world.answer((number) => ({ status: statuses[number % 6] ?? 'sent', reason: 'no-consent' }))
    const shown = await world.call(`/api/broadcasts/${id}`)
    expect(shown).toMatchObject({
      body: { state: 'sending', audience: { shown: 130, suppressed: { 'no-consent': 22 } } },
    })
    const { audience } = (shown as { body: { audience: Record<string, number> } }).body
    const sum = ['sent', 'held', 'failed', 'exited'].reduce((all, name) => all + (audience[name] ?? 0), 22)
    expect(sum).toBe(130)
    expect(world.announced.map(({ type }) => type)).not.toContain('BroadcastFinished')
    for (const [sendId, send] of world.sends.items)
      if (send.status === 'held')
        (world.sends.items as Map<string, Send>).set(sendId, { ...send, status: 'sent' })
    expect(await world.call(`/api/broadcasts/${id}`)).toMatchObject({ body: { state: 'sent' } })
    await world.moveTo('2026-03-02T11:00:00.000Z')
    expect(await world.broadcasts.load(id)).toMatchObject({ status: 'sent' })
    expect(world.announced.filter(({ type }) => type === 'BroadcastFinished').at(-1)).toMatchObject({
      ...{ broadcastId: id, shown: 130, held: 0, suppressed: { 'no-consent': 22 } },
    })
  })

  it('waits for its time, in each zone for its own', async () => {
    const world = broadcastWorld()
    const [berlin, tokyo, york] = [
      await world.addReader(1),
      await world.addReader(2, { timeZone: 'Asia/Tokyo' }),
      await world.addReader(3, { timeZone: 'America/New_York' }),
    ]
    const id = await world.make({ at: '2026-03-04T09:00:00+01:00', inLeadZone: true })
    await world.post(`/api/broadcasts/${id}/schedule`)
    await world.settle()
    const asked = () => world.asked().map(({ leadId }) => leadId)
    await world.moveTo('2026-03-03T23:59:00.000Z')
    expect(asked()).toEqual([])
    await world.moveTo('2026-03-04T00:00:00.000Z')
    expect(asked()).toEqual([tokyo])
    await world.moveTo('2026-03-04T08:00:00.000Z')
    expect(asked()).toEqual([tokyo, berlin])
    await world.moveTo('2026-03-04T14:00:00.000Z')
    expect(asked()).toEqual([tokyo, berlin, york])
  })

  it('keeps its pace', async () => {
    const world = broadcastWorld()
    for (let number = 1; number <= 50; number += 1) await world.addReader(number)
    const id = await world.make({ perHour: 10 })
    await world.post(`/api/broadcasts/${id}/schedule`)
    await world.settle()
    await world.moveTo('2026-03-02T09:59:00.000Z')
    expect(world.asked()).toHaveLength(10)
    await world.moveTo('2026-03-02T13:58:00.000Z')
    expect(world.asked()).toHaveLength(50)
  })

  it('is canceled: what was not asked for never is, and counts so', async () => {
    const world = broadcastWorld()
    for (let number = 1; number <= 20; number += 1) await world.addReader(number)
    const id = await world.make({ perHour: 10 })
    expect(await world.post(`/api/broadcasts/${id}/cancel`)).toMatchObject({ type: 'conflict' })
    await world.post(`/api/broadcasts/${id}/schedule`)
    await world.settle()
    await world.answer(() => ({ status: 'sent' }))
    expect(world.asked()).toHaveLength(1)
    expect(await world.post(`/api/broadcasts/${id}/cancel`)).toMatchObject({ body: { state: 'canceled' } })
    await world.moveTo('2026-03-02T12:00:00.000Z')
    expect(world.asked()).toHaveLength(1)
    expect(await world.call(`/api/broadcasts/${id}`)).toMatchObject({
      body: { state: 'canceled', audience: { shown: 20, sent: 1, held: 0, suppressed: { canceled: 19 } } },
    })
    expect((await world.sequences.load(`broadcast.${id}`)).canceled).toEqual({ at: now })
  })

  it('is changed until it begins, and not after that', async () => {
    const world = broadcastWorld()
    await world.addReader(1)
    const id = await world.make()
    const change = (plan: object) =>
      world.post(`/api/broadcasts/${id}`, { name: 'April', segment: 'dach', email: 'news', ...plan }, 'PUT')
    await world.post(`/api/broadcasts/${id}/schedule`)
    expect(await change({ perHour: 5 })).toMatchObject({
      body: { name: 'April', state: 'draft', perHour: 5 },
    })
    await world.settle()
    expect(world.asked()).toEqual([])
    await world.post(`/api/broadcasts/${id}/schedule`)
    await world.settle()
    expect(await change({})).toMatchObject({ type: 'conflict' })
    expect(await world.call(`/api/broadcasts/${id}`, { method: 'DELETE' })).toMatchObject({
      type: 'conflict',
    })
    expect(await world.post(`/api/broadcasts/${id}/schedule`)).toMatchObject({ type: 'conflict' })
    expect(await world.call('/api/broadcasts')).toMatchObject({ body: { items: [{ broadcastId: id }] } })
  })

  it('is deleted while it is a draft', async () => {
    const world = broadcastWorld()
    const other = await world.make()
    expect(await world.call(`/api/broadcasts/${other}`, { method: 'DELETE' })).toMatchObject({ type: 'ok' })
    expect(await world.call(`/api/broadcasts/${other}`)).toMatchObject({ type: 'not-found' })
    expect(await world.call('/api/broadcasts')).toMatchObject({ body: { items: [] } })
  })

  it.each([
    ['to a segment that is none', { segment: 'dax' }, 'segment'],
    ['to a segment and a condition', { where: 'score > 1' }, 'segment'],
    ['by a condition that is wrong', { segment: undefined, where: 'scor > 1' }, 'where'],
    ['of an email that is none', { email: 'nws' }, 'email'],
    ['without a purpose', { email: 'bare' }, 'email'],
    ['of an email that nobody agreed to', { email: 'receipt' }, 'email'],
    ['in the past', { at: '2026-03-01T09:00:00Z' }, 'at'],
    ['at no time', { at: 'tomorrow' }, 'at'],
    ['now, everywhere at its own time', { inLeadZone: true }, 'inLeadZone'],
    ['at no pace', { perHour: 0 }, 'perHour'],
  ])('%s is refused', async (_, plan, path) => {
    const world = broadcastWorld()
    expect(
      await world.post('/api/broadcasts', { name: 'x', segment: 'dach', email: 'news', ...plan }),
    ).toMatchObject({
      type: 'bad-input',
      errors: [{ path }],
    })
  })

  it('to nobody is refused once it is scheduled, with the reasons', async () => {
    const world = broadcastWorld()
    const id = await world.make()
    expect(await world.post(`/api/broadcasts/${id}/schedule`)).toMatchObject({
      errors: [{ path: 'segment', message: 'nobody is in it' }],
    })
    await world.addLead(1, { country: 'DE' })
    expect(await world.post(`/api/broadcasts/${id}/schedule`)).toMatchObject({
      errors: [{ path: 'segment', message: 'none of the 1 in it would be mailed: consent 1' }],
    })
  })
})
