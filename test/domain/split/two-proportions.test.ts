import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { enoughFor, pValue, twoSided, wilson } from '../../../domain/split/split-results.ts'

const count = (reached: number, entered: number) => ({ entered, reached })

test.each([
  [0, 1],
  [0.5, 0.6170750774519738],
  [1.959963984540054, 0.05],
  [-3, 0.0026997960632601913],
  [6, 1.9731752900754024e-9],
])('beyond %f on either side: %f', (z, expected) => {
  expect(Math.abs(twoSided(z) / expected - 1)).toBeLessThan(1.2e-7)
})

describe('the test on two proportions', () => {
  // Reference values: scipy.stats.norm.sf of the same z.
  test.each([
    [count(30, 200), count(50, 200), 0.012419330651552265],
    [count(45, 500), count(75, 500), 0.003507384799290082],
    [count(12, 100), count(15, 100), 0.5347504018802798],
    [count(50, 500), count(50, 500), 1],
  ])('%j against %j', (one, other, expected) => {
    expect(pValue(one, other)).toBeCloseTo(expected, 6)
    expect(pValue(other, one)).toBe(pValue(one, other))
  })

  test.each([
    ['nobody came', count(0, 0), count(0, 0)],
    ['one way is empty', count(0, 0), count(10, 100)],
    ['nobody reached it', count(0, 1_000), count(0, 1_000)],
    ['too few reached it', count(1, 100), count(8, 100)],
    ['everybody reached it', count(100, 100), count(100, 100)],
  ])('says nothing where %s', (_, one, other) => {
    expect(pValue(one, other)).toBeUndefined()
  })
})

test.each([
  [count(10, 100), 0.055229137060675094, 0.17436566150491348],
  [count(0, 10), 0, 0.2775327998628892],
  [count(10, 10), 0.7224672001371106, 1],
])('the interval of %j', (given, low, high) => {
  expect(wilson(given)?.map((end) => end.toFixed(9))).toEqual([low.toFixed(9), high.toFixed(9)])
})

test('an interval holds the rate and lies within 0 and 1', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (n, share) => {
        const given = count(Math.floor(n * share), n)
        const [low, high] = wilson(given) ?? [1, 0]
        const rate = given.reached / n
        expect(0 <= low && low <= rate + 1e-12 && rate <= high + 1e-12 && high <= 1).toBe(true)
      },
    ),
  )
})

test('a difference of 10 % and 15 % needs 686 for each way', () => {
  // J. L. Fleiss, Statistical Methods for Rates and Proportions, without continuity correction.
  expect(enoughFor(count(10, 100), count(15, 100))).toBe(686)
  expect(enoughFor(count(10, 100), count(10, 100))).toBeUndefined()
})
