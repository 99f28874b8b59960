import { describe, expect, test } from 'vitest'
import { type Billed, costOf, pricedAt, prices } from '../../../domain/cost/prices.ts'

describe('what is used, by the price list', () => {
  test('each item has its own unit, and together they are the sum', () => {
    const { lines, dollars } = costOf({ emails: 100_000, events: 2_500_000, writeUnits: 800_000 })
    expect(lines).toEqual([
      { item: 'emails', quantity: 100_000, dollars: 10 },
      { item: 'events', quantity: 2_500_000, dollars: 2.5 },
      { item: 'writeUnits', quantity: 800_000, dollars: 0.5 },
    ])
    expect(dollars).toBe(13)
  })

  test('nothing costs nothing', () => {
    expect(costOf({})).toEqual({ lines: [], dollars: 0 })
    expect(costOf({ emails: 0 })).toEqual({ lines: [], dollars: 0 })
  })

  test('every item has a price, and the list says where and when it was read', () => {
    for (const item of Object.keys(prices) as Billed[])
      expect(costOf({ [item]: prices[item].per }).dollars).toBeCloseTo(prices[item].dollars, 12)
    expect(pricedAt.asOf).toMatch(/^\d{4}-\d{2}$/)
  })
})
