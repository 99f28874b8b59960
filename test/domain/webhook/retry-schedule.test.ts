import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mostAttempts, nextAttemptAt } from '../../../domain/webhook/delivery.ts'

const now = '2026-03-02T09:00:00.000Z'
const secondsAfter = (failed: number, chance = 0, retryAfter = 0): number | undefined => {
  const at = nextAttemptAt(failed, now, chance, retryAfter)
  return at === undefined ? undefined : (Date.parse(at) - Date.parse(now)) / 1_000
}

describe('attempts at a webhook', () => {
  test.each([
    [1, 5],
    [2, 300],
    [3, 1_800],
    [4, 7_200],
    [5, 18_000],
    [6, 36_000],
    [7, 50_400],
    [8, 72_000],
    [9, 86_400],
    [10, undefined],
  ])('after failure %i comes the next one in %s seconds', (failed, seconds) => {
    expect(secondsAfter(failed)).toBe(seconds)
  })

  test('are ten over 75 hours, as in the example of the specification', () => {
    let total = 0
    for (let failed = 1; failed < mostAttempts; failed += 1) total += secondsAfter(failed) ?? Number.NaN
    expect(total).toBe(75 * 3_600 + 35 * 60 + 5)
    expect(mostAttempts).toBe(10)
  })

  test('wait as long as the receiver asks, but no longer than a day', () => {
    expect(secondsAfter(1, 0, 120)).toBe(120)
    expect(secondsAfter(3, 0, 120)).toBe(1_800)
    expect(secondsAfter(1, 0, 999_999_999)).toBe(86_400)
  })

  test('come at a whole second, never early, and by chance up to a tenth later', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.integer({ min: 0, max: 999 }),
        (failed, chance, ms) => {
          const from = `2026-03-02T09:00:00.${String(ms).padStart(3, '0')}Z`
          const at = nextAttemptAt(failed, from, chance) ?? ''
          const plain = (secondsAfter(failed) ?? 0) * 1_000
          const wait = Date.parse(at) - Date.parse(from)
          expect(at).toMatch(/\.000Z$/)
          expect(wait).toBeGreaterThanOrEqual(plain)
          expect(wait).toBeLessThan(plain * 1.1 + 1_001)
        },
      ),
    )
  })
})
