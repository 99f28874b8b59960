import { describe, expect, it } from 'vitest'
import type { EmailRequest } from '../../../domain/model/email-request.ts'
import { broadcastWorld, Died } from './broadcast-world.ts'

const plan = { split: { shares: { short: 42, main: 42 }, by: 'clicked', within: '4h' } }
/** Enough for a hundred of each variant. */
const people = 300

/** A broadcast of which everybody is in the test group or waits, begun. */
const begun = async (given: object = plan, count = people) => {
  const world = broadcastWorld()
  for (let number = 1; number <= count; number += 1) await world.addReader(number)
  const id = await world.make(given)
  await world.post(`/api/broadcasts/${id}/schedule`)
  await world.settle(2)
  const counted = () => {
    const emails = new Map(world.asked().map(({ sendId, email }) => [sendId, email]))
    return Object.fromEntries(
      [...Map.groupBy(emails.values(), (email) => email)].map(([email, all]) => [email, all.length]),
    )
  }
  const shown = async () => {
    const answer = await world.call(`/api/broadcasts/${id}`)
    if (answer.type !== 'ok') throw new Error(answer.type)
    return answer.body as unknown as Shown
  }
  /** Everybody asked for gets it; of each variant so many of a hundred click. */
  const deliver = async (clicks: Readonly<Record<string, number>>) => {
    const marked: EmailRequest[] = []
    await world.answer((_, request) => {
      marked.push(request)
      return { status: 'sent' }
    })
    for (const [email, all] of Map.groupBy(marked, (request) => request.email))
      for (const { leadId, sendId } of all.slice(0, Math.round((all.length * (clicks[email] ?? 0)) / 100)))
        await world.emailFigures.change({ leadId, sendId, mark: 'clicked', at: world.times.now })
  }
  return { ...world, id, counted, shown, deliver }
}

interface Shown {
  readonly state: string
  readonly split: { readonly shares: Readonly<Record<string, number>> }
  readonly decision?: object
  readonly audience: {
    readonly shown: number
    readonly sent: number
    readonly held: number
    readonly suppressed: Readonly<Record<string, number>>
    readonly ways: Readonly<Record<string, { readonly shown: number; readonly sent: number }>>
  }
  readonly trial: { readonly variants: readonly { readonly variant: string; readonly sent: number }[] }
}

const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0)

describe('a broadcast that tries variants', () => {
  it('sends the winner to the rest as soon as the evidence is there, and nobody gets two', async () => {
    const world = await begun()
    const tried = world.counted()
    expect(Object.keys(tried).sort()).toEqual(['news', 'news.short'])
    expect(tried.news).toBeGreaterThan(100)
    expect(tried['news.short']).toBeGreaterThan(100)
    expect(await world.shown()).toMatchObject({
      split: { shares: { main: 42, short: 42 } },
      audience: { shown: people, held: people },
    })
    await world.deliver({ news: 4, 'news.short': 30 })
    await world.moveTo('2026-03-02T09:59:00.000Z')
    expect(world.counted()).toEqual(tried)
    await world.moveTo('2026-03-02T10:05:00.000Z')
    await world.deliver({})
    const { audience, ...shown } = await world.shown()
    expect(shown).toMatchObject({
      ...{ state: 'sent', decision: { variant: 'short', because: 'evidence' } },
      trial: { variants: [{ variant: 'main' }, { variant: 'short', pValue: expect.any(Number) }] },
    })
    expect(world.counted()).toEqual({ news: tried.news, 'news.short': people - (tried.news ?? 0) })
    expect(audience).toMatchObject({ shown: people, sent: people, held: 0 })
    expect(
      sumOf(Object.fromEntries(Object.entries(audience.ways).map(([way, own]) => [way, own.shown]))),
    ).toBe(people)
    expect(audience.ways.main).toMatchObject({ shown: tried.news, sent: tried.news })
  })

  it('sends the first to the rest when the time is over and no difference shows', async () => {
    const world = await begun()
    const tried = world.counted()
    await world.deliver({ news: 10, 'news.short': 11 })
    await world.moveTo('2026-03-02T12:59:00.000Z')
    expect(world.counted()).toEqual(tried)
    await world.moveTo('2026-03-02T13:05:00.000Z')
    expect(world.counted()).toEqual({
      news: people - (tried['news.short'] ?? 0),
      'news.short': tried['news.short'],
    })
    expect(await world.shown()).toMatchObject({ decision: { variant: 'main', because: 'time' } })
  })

  it('splits the whole audience by any shares, and waits for nothing', async () => {
    const shares = { main: 70, short: 20, long: 10 }
    const world = await begun({ split: { shares, by: 'opened' } }, 300)
    const { news = 0, 'news.short': short = 0, 'news.long': long = 0 } = world.counted()
    expect(news + short + long).toBe(300)
    expect(news).toBeGreaterThan(short)
    expect(short).toBeGreaterThan(long)
    await world.deliver({})
    expect(await world.shown()).toMatchObject({ state: 'sent', audience: { shown: 300, sent: 300 } })
  })

  it('is canceled while the rest wait: they never get it', async () => {
    const world = await begun()
    const tried = sumOf(world.counted())
    await world.deliver({ 'news.short': 50 })
    await world.post(`/api/broadcasts/${world.id}/cancel`)
    await world.moveTo('2026-03-02T20:00:00.000Z')
    expect(sumOf(world.counted())).toBe(tried)
    expect(await world.shown()).toMatchObject({
      state: 'canceled',
      audience: { shown: people, sent: tried, held: 0, suppressed: { canceled: people - tried } },
    })
    expect(world.announced.filter(({ type }) => type === 'BroadcastFinished')).toHaveLength(1)
  })

  it('is canceled while the rest get it', async () => {
    const world = await begun({ ...plan, perHour: 600 })
    await world.moveTo('2026-03-02T09:50:00.000Z')
    const tried = sumOf(world.counted())
    await world.deliver({ 'news.short': 50 })
    await world.moveTo('2026-03-02T10:28:00.000Z')
    const asked = sumOf(world.counted())
    expect(asked).toBeGreaterThan(tried)
    expect(asked).toBeLessThan(people)
    await world.post(`/api/broadcasts/${world.id}/cancel`)
    await world.deliver({})
    await world.moveTo('2026-03-02T20:00:00.000Z')
    expect(await world.shown()).toMatchObject({
      ...{ state: 'canceled', decision: { variant: 'short' } },
      audience: { shown: people, sent: asked, held: 0, suppressed: { canceled: people - asked } },
    })
  })
})

describe('a worker that dies at any step', () => {
  it.each([
    ['broadcasts', 'after its commit', true, undefined],
    ['broadcasts', 'before its commit', false, undefined],
    ['parts', 'after its commit', true, undefined],
    ['parts', 'before its commit', false, undefined],
    ['parts', 'after its commit, and whose message comes again at once', true, 0],
  ] as const)('over %s, %s, changes nothing of who gets what', async (what, _, isAfter, keptBack) => {
    const world = broadcastWorld(keptBack)
    for (let number = 1; number <= people; number += 1) await world.addReader(number)
    const id = await world.make(plan)
    const store = world[what] as { commit: (one: never) => Promise<unknown> }
    const commit = store.commit
    let commits = 0
    store.commit = async (one) => {
      commits += 1
      if (commits % 3 === 0 && !isAfter) throw new Died()
      const standing = await commit(one)
      if (commits % 3 === 1 && isAfter) throw new Died()
      return standing
    }
    await world.post(`/api/broadcasts/${id}/schedule`).catch(() => undefined)
    await world.post(`/api/broadcasts/${id}/schedule`)
    await world.settle()
    const asked = () => new Map(world.asked().map(({ sendId, email }) => [sendId, email]))
    await world.answer((number, { email }) => ({
      status: number % 2 || email === 'news' ? 'sent' : 'failed',
    }))
    await world.moveTo('2026-03-02T14:00:00.000Z')
    const emails = [...asked().values()]
    expect(emails).toHaveLength(people)
    // Of one lead never two variants, however often it was asked for.
    expect(new Set(world.asked().map(({ sendId, email }) => `${sendId} ${email}`)).size).toBe(people)
    expect(await world.broadcasts.load(id)).toMatchObject({ decision: { variant: 'main', because: 'time' } })
  })
})
