import { describe, expect, test } from 'vitest'
import { isClosed } from '../../../domain/lead/funnel.ts'
import { isCustomer, type Standing, withSales, withSalesSince } from '../../../domain/lead/sales.ts'
import type { Deal } from '../../../domain/model/deal.ts'

const qualified = (cycle: number, at: string) => ({ cycle, at, factId: 'q', score: 60 })
const deal = (status: Deal['status'], openedAt: string, closedAt?: string): Deal => ({
  dealId: openedAt,
  status,
  phases: [],
  openedAt,
  ...(closedAt !== undefined && { closedAt }),
})
const standing = (parts: Partial<Standing>): Standing => ({ cycle: 1, qualifications: [], ...parts })

describe('sales has a lead', () => {
  test.each<[string, string | undefined, Partial<Standing>]>([
    ['not before it qualified', undefined, {}],
    ['from its qualification on', '03', { qualifications: [qualified(1, '03')] }],
    ['not once it was sent back', undefined, { cycle: 2, qualifications: [qualified(1, '03')] }],
    ['again in a later cycle', '05', { cycle: 2, qualifications: [qualified(1, '03'), qualified(2, '05')] }],
    [
      'not once it is closed for good',
      undefined,
      { qualifications: [qualified(1, '03')], paused: { factId: 'r', at: '04', reason: 'wrong-fit' } },
    ],
    ['while its deal is open', '03', { qualifications: [qualified(1, '03')], deals: [deal('open', '04')] }],
    [
      'not once its only deal is won',
      undefined,
      { qualifications: [qualified(1, '03')], deals: [deal('won', '04', '09')] },
    ],
    [
      'not once its only deal is lost',
      undefined,
      { qualifications: [qualified(1, '03')], deals: [deal('lost', '04', '09')] },
    ],
    [
      'while one of several is open',
      '03',
      { qualifications: [qualified(1, '03')], deals: [deal('lost', '04', '06'), deal('open', '05')] },
    ],
    [
      'since the later of two that lie apart began',
      '08',
      { qualifications: [qualified(1, '03')], deals: [deal('won', '04', '06'), deal('open', '08')] },
    ],
    ['by an open deal alone', '08', { deals: [deal('lost', '04', '06'), deal('open', '08')] }],
    [
      'from the qualification on, whatever deals it had before',
      '07',
      {
        cycle: 2,
        qualifications: [qualified(1, '03'), qualified(2, '07')],
        deals: [deal('lost', '04', '06')],
      },
    ],
    [
      'by a deal that was open before it qualified',
      '03',
      { qualifications: [qualified(1, '03')], deals: [deal('open', '01')] },
    ],
  ])('%s', (_, since, parts) => {
    expect(withSalesSince(standing(parts))).toBe(since)
    expect(withSales(standing(parts))).toBe(since !== undefined)
  })

  test('and it is a customer by a deal that was won, closed by an end without a date', () => {
    expect(isCustomer({ deals: [deal('lost', '01', '02'), deal('won', '01', '02')] })).toBe(true)
    expect([isCustomer({}), isCustomer({ deals: [deal('open', '01')] })]).toEqual([false, false])
    expect(isClosed({ paused: { factId: 'r', at: '04', reason: 'wrong-fit' } })).toBe(true)
    const pause = { factId: 'r', at: '04', reason: 'not-now', until: '05' }
    expect([isClosed({}), isClosed({ paused: pause })]).toEqual([false, false])
  })
})
