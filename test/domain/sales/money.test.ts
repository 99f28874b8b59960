import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { decimalText, type Money, minorDigits, moneyOf, sumMoney } from '../../../domain/model/deal.ts'

const eur = (amount: string): Money => ({ amount, currency: 'EUR' })

describe('an amount', () => {
  it.each([
    [1234.5, 2, '1234.50'],
    ['1234.50', 2, '1234.50'],
    ['1234.5', 2, '1234.50'],
    ['0012.3400', 2, '12.34'],
    [0, 2, '0.00'],
    [-0, 2, '0.00'],
    [5000, 0, '5000'],
    ['5000.00', 0, '5000'],
    ['1.25', 3, '1.250'],
    [999_999_999_999_999, 2, '999999999999999.00'],
    ['999999999999999.99', 2, '999999999999999.99'],
    // The shortest text of this number, not the binary fraction that it is.
    [1.1, 2, '1.10'],
  ] as const)('%s of %s digits is %s', (value, digits, text) => {
    expect(decimalText(value, digits)).toBe(text)
  })

  it.each([
    [-1, 2],
    ['-1', 2],
    ['1,50', 2],
    ['1.234', 2],
    [0.1 + 0.2, 2],
    [12.5, 0],
    [1e15, 2],
    [1e21, 2],
    [1e-7, 4],
    [Number.NaN, 2],
    [Number.POSITIVE_INFINITY, 2],
    ['', 2],
    ['.5', 2],
    ['5.', 2],
    [' 5', 2],
    ['1e3', 2],
    ['0x10', 2],
    ['٥', 2],
    [null, 2],
    [true, 2],
    [['5'], 2],
    [undefined, 2],
  ] as const)('%s of %s digits is none', (value, digits) => {
    expect(decimalText(value, digits)).toBeUndefined()
  })

  it('is money only with a currency that is there', () => {
    expect(moneyOf({ amount: 5, currency: 'JPY' })).toEqual({ amount: '5', currency: 'JPY' })
    for (const properties of [
      { amount: 5 },
      { currency: 'EUR' },
      { amount: 5, currency: 'eur' },
      { amount: 5, currency: 'XYZ' },
      { amount: 5, currency: 'constructor' },
      { amount: 5.5, currency: 'JPY' },
    ])
      expect(moneyOf(properties)).toBeUndefined()
  })
})

const digitsOf = { EUR: 2, JPY: 0, BHD: 3, CLF: 4 } as const
const currency = fc.constantFrom('EUR', 'JPY', 'BHD', 'CLF')

/** Any amount, in the smallest unit of its currency. */
const anyUnits = fc.record({ currency, units: fc.bigInt({ min: 0n, max: 10n ** 15n - 1n }) })

const inUnits = ({ amount }: Money): bigint => BigInt(amount.replace('.', ''))
const fromUnits = ({ currency: code, units }: { currency: keyof typeof digitsOf; units: bigint }): Money => {
  const digits = digitsOf[code]
  const text = units.toString().padStart(digits + 1, '0')
  const cut = text.length - digits
  return { amount: digits === 0 ? text : `${text.slice(0, cut)}.${text.slice(cut)}`, currency: code }
}

describe('sums', () => {
  test('are exact for each currency, in whatever order', () => {
    fc.assert(
      fc.property(fc.array(anyUnits, { maxLength: 40 }), (list) => {
        const sums = sumMoney(list.map(fromUnits))
        expect(sumMoney(list.toReversed().map(fromUnits))).toEqual(sums)
        for (const code of ['EUR', 'JPY', 'BHD', 'CLF'] as const) {
          const own = list.filter((one) => one.currency === code)
          const sum = sums.find((one) => one.currency === code)
          expect(sum && inUnits(sum)).toBe(
            own.length === 0 ? undefined : own.reduce((total, { units }) => total + units, 0n),
          )
        }
      }),
    )
  })

  test('of one amount are that amount, which reads as itself', () => {
    fc.assert(
      fc.property(anyUnits, (one) => {
        const money = fromUnits(one)
        expect(sumMoney([money])).toEqual([money])
        expect(decimalText(money.amount, digitsOf[one.currency])).toBe(money.amount)
      }),
    )
  })

  test('of numbers with two digits are what the texts add up to', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1_000_000_000 }), { minLength: 1 }), (cents) => {
        const read = cents.map((each) => moneyOf({ amount: each / 100, currency: 'EUR' }))
        const [sum] = sumMoney(read.filter((money) => money !== undefined))
        expect(sum && inUnits(sum)).toBe(BigInt(cents.reduce((total, each) => total + each, 0)))
      }),
    )
  })

  it('keep ten cents thirty times at three', () => {
    expect(sumMoney(Array.from({ length: 30 }, () => eur('0.10')))).toEqual([eur('3.00')])
    expect(sumMoney([])).toEqual([])
  })
})

describe('currencies', () => {
  it('have the digits of ISO 4217', () => {
    expect(['EUR', 'USD', 'JPY', 'KRW', 'BHD', 'KWD', 'CLF', 'HUF'].map(minorDigits)).toEqual([
      2, 2, 0, 0, 3, 3, 4, 2,
    ])
  })

  it('are all that the runtime knows of some country, and no test code or metal', () => {
    const known = Intl.supportedValuesOf('currency').filter((code) => !code.startsWith('X'))
    expect(known.length).toBeGreaterThan(140)
    expect(known.filter((code) => minorDigits(code) === undefined)).toEqual([])
    for (const code of ['DEM', 'XAU', 'XTS', 'XXX', 'EURO', 'eur', '', 7, null])
      expect(minorDigits(code)).toBeUndefined()
  })
})
