import { describe, expect, it } from 'vitest'
import { calibrate } from '../../../domain/calibration/calibrate.ts'
import type { Value } from '../../../domain/calibration/columns.ts'

/** Numbers between 0 and 1, the same for the same seed. Source: G. Marsaglia, Xorshift RNGs, 2003. */
const random = (seed: number) => {
  let state = seed
  return (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

const count = 4_000
const chanceOf = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds))

/** Leads whose outcome hangs on two fields in a known way, and not on a third. */
const leads = () => {
  const next = random(42)
  const rows = Array.from({ length: count }, () => {
    const employees = Math.floor(next() * 500)
    const role = ['energy', 'production', 'student', 'other'][Math.floor(next() * 4)] ?? 'other'
    const browser = next() < 0.5 ? 'a' : 'b'
    const logOdds = -2 + employees / 200 + (role === 'energy' ? 1.5 : role === 'student' ? -2 : 0)
    const chance = chanceOf(logOdds)
    return { employees, role, browser, chance, hoped: next() < chance }
  })
  const field = (name: 'employees' | 'role' | 'browser') =>
    [name, rows.map((row): Value => row[name])] as const
  return {
    rows,
    fields: new Map([field('employees'), field('role'), field('browser')]),
    labels: Uint8Array.from(rows, ({ hoped }) => Number(hoped)),
  }
}

const learned = (outcomes: Parameters<typeof calibrate>[0]) => {
  const calibration = calibrate(outcomes)
  if (calibration.status !== 'ok') throw new Error(calibration.status)
  return calibration
}

describe('what outcomes say', () => {
  const { rows, fields, labels } = leads()
  const calibration = learned({ fields, labels })

  it('tells outcomes apart nearly as well as who knows every chance, in folds, in time and in whole points', () => {
    const known = [...rows.keys()].toSorted((a, b) => (rows[a]?.chance ?? 0) - (rows[b]?.chance ?? 0))
    const hoped = labels.reduce((sum, label) => sum + label, 0)
    const ranks = known.reduce((sum, row, rank) => sum + (labels[row] === 1 ? rank + 1 : 0), 0)
    const best = (ranks - (hoped * (hoped + 1)) / 2) / (hoped * (count - hoped))
    const { inTime, folds, points } = calibration.auc
    expect(folds).toBeGreaterThan(best - 0.01)
    expect(inTime).toBeGreaterThan(best - 0.03)
    expect(points).toBeGreaterThan(folds - 0.01)
  })

  it('predicts about what happens, in each of ten groups', () => {
    for (const { predicted, actual, leads: inside } of calibration.calibration) {
      expect(inside).toBe(count / 10)
      expect(Math.abs(predicted - actual)).toBeLessThan(0.08)
    }
  })

  it('gives points for what makes an outcome likelier, and none for what does not matter', () => {
    const of = (field: string) => calibration.fields.find((one) => one.field === field)?.values ?? []
    const role = new Map(of('role').map(({ value, points }) => ['is' in value ? value.is : '', points]))
    // Ten points are a doubling: 1.5 and -2 as natural logarithms, against the average of all roles.
    expect(role.get('energy')).toBeGreaterThan(15)
    expect(role.get('student')).toBeLessThan(-20)
    expect(of('browser').every(({ points }) => Math.abs(points) <= 1)).toBe(true)
    expect(calibration.leaks).toEqual([])
  })

  it('finds nothing where outcomes are shuffled', () => {
    const next = random(7)
    const order = [...labels].map((label) => [next(), label] as const).toSorted(([a], [b]) => a - b)
    const { auc } = learned({ fields, labels: Uint8Array.from(order, ([, label]) => label) })
    expect(Math.abs(auc.folds - 0.5)).toBeLessThan(0.03)
  })

  it('is the same again', () => {
    expect(learned({ fields, labels })).toEqual(calibration)
  })
})

describe('a field that was filled in after the outcome', () => {
  const { rows, fields, labels } = leads()
  const ended = (row: number): boolean => labels[row] === 1

  it('is named where it decides alone', () => {
    const minutes = rows.map((_, row): Value => (ended(row) ? 20 + (row % 17) : row % 23))
    const { leaks } = learned({ fields: new Map([...fields, ['minutes', minutes]]), labels })
    expect(leaks.map(({ field }) => field)).toEqual(['minutes'])
  })

  it('is named where it is empty in the same rows as another, and those end alike', () => {
    const isFilled = (row: number): boolean => (row % 10 < 7 ? ended(row) : row % 2 === 0)
    const column = (value: (row: number) => Value) =>
      rows.map((_, row): Value => (isFilled(row) ? value(row) : null))
    const { leaks } = learned({
      fields: new Map([
        ...fields,
        ['reason', column(() => 'price')],
        ['remark', column((row) => `r${row % 3}`)],
      ]),
      labels,
    })
    expect(new Set(leaks.map(({ field }) => field))).toEqual(new Set(['reason', 'remark']))
  })
})

describe('too little to learn from', () => {
  it('is said, with how much there is', () => {
    const labels = Uint8Array.from({ length: 200 }, (_, row) => Number(row < 29))
    expect(calibrate({ fields: new Map([['a', [...labels]]]), labels })).toEqual({
      status: 'not-enough-data',
      judged: 200,
      rarer: 29,
    })
  })

  it('is a fault where all ended alike', () => {
    const labels = new Uint8Array(200).fill(1)
    expect(() => calibrate({ fields: new Map([['a', [...labels]]]), labels })).toThrow('same outcome')
  })
})
