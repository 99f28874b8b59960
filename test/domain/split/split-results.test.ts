import { describe, expect, test } from 'vitest'
import { type SplitRun, splitResults } from '../../../domain/split/split-results.ts'

const begin = '2026-03-02T09:00:00.000Z'
const weekLater = '2026-03-09T09:00:00.000Z'

const runs = (way: string, reached: number, entered: number): readonly SplitRun[] =>
  Array.from({ length: entered }, (_, index) => ({ way, enteredAt: begin, reached: index < reached }))

const resultOf = (parts: readonly (readonly SplitRun[])[], now = weekLater, ways = ['a', 'b']) =>
  splitResults('subject', ways, parts.flat(), now)

test('ways are held against the first', () => {
  const { ways, since } = resultOf([runs('a', 30, 200), runs('b', 50, 200)])
  expect(since).toBe(begin)
  expect(ways).toEqual([
    {
      way: 'a',
      entered: 200,
      reached: 30,
      rate: 0.15,
      interval: [expect.closeTo(0.107, 3), expect.closeTo(0.206, 3)],
      uplift: null,
      pValue: null,
    },
    {
      way: 'b',
      entered: 200,
      reached: 50,
      rate: 0.25,
      interval: [expect.closeTo(0.195, 3), expect.closeTo(0.314, 3)],
      uplift: expect.closeTo(2 / 3, 9),
      pValue: expect.closeTo(0.01242, 5),
    },
  ])
})

describe('a winner', () => {
  test('is named when the evidence is there', () => {
    const won = { winner: 'b', verdict: 'winner', missing: { leadsPerWay: 0, days: 0 } }
    expect(resultOf([runs('a', 30, 200), runs('b', 50, 200)])).toMatchObject(won)
    expect(resultOf([runs('a', 10, 100), runs('b', 30, 100)])).toMatchObject(won)
  })

  test('not of fewer than a hundred in a way, however clear', () => {
    const result = resultOf([runs('a', 10, 99), runs('b', 60, 100)])
    expect(result).toMatchObject({ winner: null, verdict: 'collecting', missing: { leadsPerWay: 1 } })
  })

  test('not before a week is over', () => {
    const result = resultOf([runs('a', 30, 200), runs('b', 50, 200)], '2026-03-09T08:59:59.999Z')
    expect(result).toMatchObject({ winner: null, verdict: 'collecting', missing: { days: 1 } })
  })

  test('not for a difference that chance may make: it says how many more would tell', () => {
    const result = resultOf([runs('a', 20, 200), runs('b', 30, 200)])
    expect(result).toMatchObject({
      winner: null,
      verdict: 'collecting',
      missing: { leadsPerWay: 486, days: 0 },
    })
  })

  test('not of three ways on the evidence that would do for two', () => {
    const two = [runs('a', 34, 200), runs('b', 50, 200)]
    const three = resultOf([...two, runs('c', 20, 200)], weekLater, ['a', 'b', 'c'])
    expect(three).toMatchObject({ winner: null, verdict: 'collecting' })
    expect(resultOf(two).winner).toBe('b')
  })

  test('is not to be found where enough have come for a difference this large, and it may still be chance', () => {
    // Ways b and c are as good as each other; against the second best way nobody wins.
    const ways = ['a', 'b', 'c']
    const parts = [runs('a', 100, 1_000), runs('b', 150, 1_000), runs('c', 150, 1_000)]
    expect(resultOf(parts, weekLater, ways)).toMatchObject({ winner: null, verdict: 'no-difference' })
  })

  test('is the first way where that is the better one', () => {
    expect(resultOf([runs('a', 50, 200), runs('b', 30, 200)]).winner).toBe('a')
  })
})

test('ways that are gone do not count, and nobody at all is no result', () => {
  expect(resultOf([runs('old', 50, 200), runs('a', 1, 2)]).ways.map(({ entered }) => entered)).toEqual([2, 0])
  expect(resultOf([])).toMatchObject({
    since: null,
    winner: null,
    verdict: 'collecting',
    missing: { leadsPerWay: 100, days: 7 },
    ways: [
      { way: 'a', rate: null, interval: null, pValue: null },
      { way: 'b', rate: null, interval: null, uplift: null, pValue: null },
    ],
  })
})
