import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type AudienceReport,
  becameOf,
  countOutcome,
  emptyReport,
} from '../../../domain/sending/broadcast.ts'
import { sendStatuses } from '../../../domain/sending/email-figures.ts'
import {
  decideSplit,
  emailOfWay,
  hasRest,
  lookAt,
  looks,
  restWay,
  wayOf,
} from '../../../domain/split/broadcast-split.ts'
import { leadIdOf } from '../support/facts.ts'

const now = '2026-03-02T09:00:00.000Z'
const broadcastOf = (shares: Readonly<Record<string, number>>) =>
  ({ broadcastId: 'b1', email: 'news', split: { shares, by: 'clicked', within: '4h' } }) as const
const leadAt = (index: number) => leadIdOf(`lead-${String(index).padStart(6, '0')}`)

describe('which way somebody takes', () => {
  test('is the same each time, and by the shares', () => {
    const shares = { main: 10, short: 25, long: 5 }
    const broadcast = broadcastOf(shares)
    const count = 20_000
    const ways = Array.from({ length: count }, (_, index) => wayOf(broadcast, leadAt(index)))
    expect(ways).toEqual(Array.from({ length: count }, (_, index) => wayOf(broadcast, leadAt(index))))
    for (const [way, share] of Object.entries({ ...shares, [restWay]: 60 })) {
      const got = ways.filter((one) => one === way).length / count
      // Five standard deviations.
      expect(Math.abs(got - share / 100)).toBeLessThan(
        5 * Math.sqrt(((share / 100) * (1 - share / 100)) / count),
      )
    }
  })

  test('differs from broadcast to broadcast', () => {
    const ways = ['b1', 'b2'].map((broadcastId) =>
      Array.from({ length: 100 }, (_, index) =>
        wayOf({ ...broadcastOf({ main: 50, short: 50 }), broadcastId }, leadAt(index)),
      ),
    )
    expect(ways[0]).not.toEqual(ways[1])
  })

  test('is none where nothing is tried, and that of nobody where all have a share', () => {
    expect(wayOf({ broadcastId: 'b1', email: 'news' }, leadAt(1))).toBeUndefined()
    expect(hasRest({ shares: { main: 50, short: 50 } })).toBe(false)
    const ways = Array.from({ length: 2_000 }, (_, index) =>
      wayOf(broadcastOf({ main: 1, short: 99 }), leadAt(index)),
    )
    expect(ways).not.toContain(restWay)
  })

  test('says which email it gets: the rest none before it is decided', () => {
    const broadcast = broadcastOf({ main: 10, short: 10 })
    expect(['main', 'short', restWay].map((way) => emailOfWay(broadcast, way))).toEqual([
      'news',
      'news.short',
      undefined,
    ])
    const decision = { variant: 'short', at: now, because: 'time', counts: [] } as const
    expect(emailOfWay({ ...broadcast, decision }, restWay)).toBe('news.short')
  })
})

/** The sums of a report agree, in all and by way. */
test('whatever becomes of an audience, its parts add up', () => {
  const outcome = fc.record({
    status: fc.option(fc.constantFrom(...sendStatuses), { nil: undefined }),
    way: fc.constantFrom('main', 'short', restWay),
  })
  const sum = ({ sent, held, failed, exited, suppressed }: AudienceReport): number =>
    [sent, held, failed, exited, ...Object.values(suppressed)].reduce((all, one) => all + one, 0)
  fc.assert(
    fc.property(fc.array(outcome), fc.boolean(), (outcomes, isCanceled) => {
      const report = outcomes.reduce<AudienceReport>(
        (all, { status, way }) => countOutcome(all, becameOf(status ? { status } : {}, isCanceled), way),
        emptyReport,
      )
      const ways = Object.values(report.ways ?? {})
      expect(report.shown).toBe(outcomes.length)
      expect(sum(report)).toBe(report.shown)
      for (const way of ways) expect(sum(way)).toBe(way.shown)
      expect(ways.reduce((all, { shown }) => all + shown, 0)).toBe(report.shown)
      expect(ways.reduce((all, { sent }) => all + sent, 0)).toBe(report.sent)
    }),
  )
})

const counts = (...pairs: readonly (readonly [sent: number, reached: number])[]) =>
  pairs.map(([sent, reached], index) => ({ variant: ['main', 'short', 'long'][index] ?? '', sent, reached }))

describe('what the rest get', () => {
  test('is what does better, once that is no chance', () => {
    expect(decideSplit(counts([400, 20], [400, 60]), 1, now)).toMatchObject({
      variant: 'short',
      because: 'evidence',
    })
    expect(decideSplit(counts([400, 20], [400, 30]), 1, now)).toBeUndefined()
  })

  test('is the first once the time is over', () => {
    expect(decideSplit(counts([400, 20], [400, 30]), looks, now)).toMatchObject({
      variant: 'main',
      because: 'time',
    })
    expect(decideSplit(counts([0, 0], [0, 0]), looks, now)).toMatchObject({
      variant: 'main',
      because: 'time',
    })
  })

  test('is never decided by fewer than a hundred of a variant, and always by the last look', () => {
    const count = fc.nat(2_000).chain((sent) => fc.nat(sent).map((reached) => [sent, reached] as const))
    fc.assert(
      fc.property(
        fc.array(count, { minLength: 2, maxLength: 3 }),
        fc.integer({ min: 1, max: looks }),
        (all, look) => {
          const given = counts(...all)
          const decision = decideSplit(given, look, now)
          if (!decision) {
            expect(look).toBeLessThan(looks)
            return
          }
          const rate = ({ sent, reached }: { sent: number; reached: number }) => reached / Math.max(1, sent)
          if (decision.because === 'time') {
            expect(decision.variant).toBe('main')
            return
          }
          const won = given.find(({ variant }) => variant === decision.variant)
          expect(Math.min(...given.map(({ sent }) => sent))).toBeGreaterThanOrEqual(100)
          expect(won && rate(won)).toBe(Math.max(...given.map(rate)))
        },
      ),
    )
  })

  test('is named for no reason in at most one of twenty trials of one and the same email', () => {
    // Reproducible: a multiplicative generator (Lehmer; S. K. Park and K. W. Miller, 1988).
    let state = 20_261_130
    const random = (): number => {
      state = (state * 48_271) % 2_147_483_647
      return state / 2_147_483_647
    }
    const clicks = (sent: number): number =>
      Array.from({ length: sent }, () => (random() < 0.1 ? 1 : 0)).reduce<number>((sum, one) => sum + one, 0)
    const trials = 1_000
    let named = 0
    for (let trial = 0; trial < trials; trial += 1) {
      const reached = [0, 0]
      for (let look = 1; look <= looks; look += 1) {
        for (const variant of [0, 1]) reached[variant] = (reached[variant] ?? 0) + clicks(150)
        const at = counts([150 * look, reached[0] ?? 0], [150 * look, reached[1] ?? 0])
        if (decideSplit(at, look, now)?.because === 'evidence') {
          named += 1
          break
        }
      }
    }
    expect(named / trials).toBeLessThanOrEqual(0.05)
  })
})

test('looks are spread evenly over the time, and the last is its end', () => {
  const { split } = broadcastOf({ main: 10, short: 10 })
  expect([1, 2, 3, 4].map((look) => lookAt(split, now, look))).toEqual([
    '2026-03-02T10:00:00.000Z',
    '2026-03-02T11:00:00.000Z',
    '2026-03-02T12:00:00.000Z',
    '2026-03-02T13:00:00.000Z',
  ])
})
