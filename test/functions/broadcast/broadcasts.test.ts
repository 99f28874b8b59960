import { describe, expect, it } from 'vitest'
import type { Send } from '../../../functions/send-ports.ts'
import { now } from '../api/api-world.ts'
import { broadcastWorld } from './broadcast-world.ts'

const split = (shares: Readonly<Record<string, number>>, within = '4h') => ({ shares, by: 'clicked', within })

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

  it('tells whom of its audience what became of, in pages', async () => {
    const world = broadcastWorld()
    for (let number = 1; number <= 30; number += 1) await world.addReader(number)
    const id = await world.make()
    await world.post(`/api/broadcasts/${id}/schedule`)
    await world.settle()
    const became = new Map<string, string>()
    await world.answer((number, { leadId }) => {
      const outcomes = ['sent', 'failed', 'exited', 'suppressed', undefined] as const
      const status = outcomes[number % 5]
      const reason = number % 2 === 0 ? 'stale' : 'no-consent'
      became.set(leadId, status === 'suppressed' ? `${status}&reason=${reason}` : (status ?? 'held'))
      return status && { status, reason }
    })
    const ask = (broadcast: string, query: string) =>
      world.call(`/api/broadcasts/${broadcast}/people`, {
        query: Object.fromEntries(new URLSearchParams(query)),
      })
    type Page = { readonly items: readonly { readonly leadId: string }[]; readonly next?: string }
    const page = async (query: string): Promise<Page> =>
      ((await ask(id, query)) as unknown as { body: Page }).body
    for (const outcome of new Set(became.values())) {
      const found: string[] = []
      let next: string | undefined = ''
      while (next !== undefined) {
        const read: Page = await page(`outcome=${outcome}&limit=2${next && `&cursor=${next}`}`)
        expect(read.items.length).toBeLessThanOrEqual(2)
        found.push(...read.items.map(({ leadId }) => leadId))
        next = read.next
      }
      const expected = [...became].flatMap(([leadId, one]) => (one === outcome ? [leadId] : []))
      expect([outcome, found.toSorted()]).toEqual([outcome, expected.toSorted()])
    }
    expect((await page('outcome=suppressed')).items).toHaveLength(6)
    const cursor = Buffer.from('4#').toString('base64url')
    expect(await ask(id, `outcome=held&cursor=${cursor}`)).toMatchObject({
      errors: [{ path: 'cursor' }],
    })
    expect(await ask('none', 'outcome=held')).toMatchObject({ type: 'not-found' })
  })

  it('has no more work for messages that come twice at each step: they do not multiply', async () => {
    const messagesOf = async (repeats: number): Promise<number> => {
      const world = broadcastWorld()
      for (let number = 1; number <= 60; number += 1) await world.addReader(number)
      const id = await world.make({ perHour: 1_000_000 })
      await world.post(`/api/broadcasts/${id}/schedule`)
      const messages = await world.settle(repeats)
      expect(new Set(world.asked().map(({ sendId }) => sendId)).size).toBe(60)
      return messages
    }
    // What begins it tells each lane once more.
    expect(await messagesOf(2)).toBeLessThanOrEqual((await messagesOf(1)) + 1)
  })

  it('notes who scheduled it when they ask again after it has begun: they were not answered', async () => {
    const world = broadcastWorld()
    await world.addReader(1)
    const id = await world.make()
    const schedule = async (): Promise<number> => {
      await world.post(`/api/broadcasts/${id}/schedule`)
      return world.audit.entries.filter(({ action }) => action === 'broadcast.scheduled').length
    }
    expect(await schedule()).toBe(1)
    await world.settle()
    expect(await schedule()).toBe(2)
    await world.post(`/api/broadcasts/${id}`, { name: 'n', segment: 'dach', email: 'news' }, 'PUT')
    expect(world.audit.entries.map(({ action }) => action)).not.toContain('broadcast.changed')
    const begun = await world.broadcasts.load(id)
    if (!begun) throw new Error('it is gone')
    await world.broadcasts.commit({ ...begun, startedAt: '2026-03-02T07:59:00.000Z' })
    expect(await schedule()).toBe(2)
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

  it('cannot be canceled once everybody has got it, and says that it is sent', async () => {
    const world = broadcastWorld()
    await world.addReader(1)
    const id = await world.make()
    await world.post(`/api/broadcasts/${id}/schedule`)
    await world.settle()
    await world.answer(() => ({ status: 'sent' }))
    await world.moveTo('2026-03-02T12:00:00.000Z')
    expect(await world.call(`/api/broadcasts/${id}`)).toMatchObject({ body: { state: 'sent' } })
    expect(await world.post(`/api/broadcasts/${id}/cancel`)).toMatchObject({
      type: 'conflict',
      current: { state: 'sent' },
    })
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
    ['of variants that there are not', { split: split({ main: 10, shrt: 10 }) }, 'split.shares.shrt'],
    ['of one variant', { split: split({ main: 10 }) }, 'split.shares'],
    ['to more than all', { split: split({ main: 60, short: 60 }) }, 'split.shares'],
    ['by a share that is none', { split: split({ main: 0, short: 60 }) }, 'split.shares.main'],
    ['by what nobody counts', { split: { ...split({ main: 5, short: 5 }), by: 'read' } }, 'split.by'],
    ['that waits for no time', { split: { shares: { main: 5, short: 5 } } }, 'split.within'],
    ['that waits too short', { split: split({ main: 5, short: 5 }, '10m') }, 'split.within'],
    ['that waits while nobody does', { split: split({ main: 50, short: 50 }) }, 'split.within'],
    [
      'that waits while zones pass',
      { at: '2026-03-04T09:00:00Z', inLeadZone: true, split: split({ main: 5, short: 5 }) },
      'inLeadZone',
    ],
    ['of an email without variants', { email: 'plain', split: split({ main: 5, short: 5 }) }, 'split'],
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
