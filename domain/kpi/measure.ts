import { minorDigits } from '../model/deal.ts'
import {
  type Amounts,
  countLeads,
  countRows,
  firstSpansOf,
  quantile,
  type Scope,
  type Select,
  type Span,
  spansOf,
  sumMoney,
  sumMoneyBySource,
  sumRows,
} from './count.ts'

/** Decimals as text, by currency. */
export type Money = Readonly<Record<string, string>>

/** Rates are from 0 to 1; null where there is nothing to tell from. */
export type Figure = number | null | Money | Readonly<Record<string, Money>>

type Unit = 'days' | 'hours'

/** How a figure is counted. */
export type Measure =
  | { readonly type: 'rows'; readonly of: Select }
  /** Different leads that have rows of all. */
  | { readonly type: 'leads'; readonly of: readonly Select[] }
  /** Of `value` or of `n`. */
  | { readonly type: 'sum'; readonly of: Select; readonly column: 'value' | 'n' }
  /** Of `value`, over the rows that have one. */
  | { readonly type: 'mean'; readonly of: Select }
  /** Of the time between two moments. `once`: of each lead's earliest row alone. */
  | {
      readonly type: 'quantile'
      readonly of: Select
      readonly share: number
      readonly span: Span
      readonly unit: Unit
      readonly once?: true
    }
  | { readonly type: 'money'; readonly of: Select }
  | { readonly type: 'money-by-source'; readonly of: Select }
  | { readonly type: 'rate'; readonly part: Measure; readonly whole: Measure }
  | { readonly type: 'total'; readonly plus: readonly Measure[]; readonly minus?: readonly Measure[] }

export const rows = (of: Select): Measure => ({ type: 'rows', of })
export const leads = (...of: readonly Select[]): Measure => ({ type: 'leads', of })
export const sum = (column: 'value' | 'n', of: Select): Measure => ({ type: 'sum', of, column })
export const mean = (of: Select): Measure => ({ type: 'mean', of })
export const rate = (part: Measure, whole: Measure): Measure => ({ type: 'rate', part, whole })
export const total = (plus: readonly Measure[], minus: readonly Measure[] = []): Measure => ({
  type: 'total',
  plus,
  minus,
})
export const money = (of: Select): Measure => ({ type: 'money', of })
export const moneyBySource = (of: Select): Measure => ({ type: 'money-by-source', of })

/** From entering to leaving, in days. */
export const stay = (share: number, of: Select): Measure => ({
  type: 'quantile',
  of,
  share,
  span: { from: 'happenedAt', to: 'until' },
  unit: 'days',
})

/** From `first` to `happenedAt`. */
export const delay = (unit: Unit, of: Select, once?: true): Measure => ({
  type: 'quantile',
  of,
  share: 0.5,
  span: { from: 'first', to: 'happenedAt' },
  unit,
  ...(once && { once }),
})

const millisecondsIn: Readonly<Record<Unit, number>> = { days: 86_400_000, hours: 3_600_000 }

/** Ten-thousandths as text, with the digits of the currency. */
const decimal = (amount: bigint, currency: string): string => {
  const digits = minorDigits(currency) ?? 4
  const text = String(amount < 0n ? -amount : amount).padStart(5, '0')
  const [whole, fraction] = [text.slice(0, -4), text.slice(-4, text.length - 4 + digits)]
  return `${amount < 0n ? '-' : ''}${whole}${digits === 0 ? '' : `.${fraction}`}`
}

/** By currency, in order. */
export const moneyText = (amounts: Amounts): Money =>
  Object.fromEntries(
    [...amounts]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([currency, amount]) => [currency, decimal(amount, currency)]),
  )

const shareOf = (part: Figure | undefined, whole: Figure | undefined): number | null =>
  typeof part !== 'number' || typeof whole !== 'number' || whole === 0 ? null : part / whole

const added = (all: readonly (readonly Figure[])[], group: number): number =>
  all.reduce((sum, figures) => sum + Number(figures[group] ?? 0), 0)

const answers = new WeakMap<Scope, Map<Measure, readonly Figure[]>>()

/** The figure of each group; of the same measure in the same scope it is counted once. */
export const evaluate = (measure: Measure, scope: Scope): readonly Figure[] => {
  const known = answers.get(scope) ?? new Map<Measure, readonly Figure[]>()
  const found = known.get(measure) ?? count(measure, scope)
  answers.set(scope, known.set(measure, found))
  return found
}

const count = (measure: Measure, scope: Scope): readonly Figure[] => {
  switch (measure.type) {
    case 'rows':
      return countRows(scope, measure.of)
    case 'leads':
      return countLeads(scope, measure.of)
    case 'sum': {
      const unit = measure.column === 'value' ? 1e6 : 1
      return sumRows(scope, measure.of, measure.column).map(({ sum: of }) => of / unit)
    }
    case 'mean':
      return sumRows(scope, measure.of, 'value').map(({ sum: of, rows: count }) =>
        count === 0 ? null : of / 1e6 / count,
      )
    case 'quantile': {
      const spans = (measure.once ? firstSpansOf : spansOf)(scope, measure.of, measure.span)
      return spans.map((values) => {
        const found = quantile(values, measure.share)
        return found === null ? null : found / millisecondsIn[measure.unit]
      })
    }
    case 'money':
      return sumMoney(scope, measure.of).map(moneyText)
    case 'money-by-source':
      return sumMoneyBySource(scope, measure.of).map((sources) =>
        Object.fromEntries(
          [...sources]
            .toSorted(([a], [b]) => (a < b ? -1 : 1))
            .map(([source, amounts]) => [source, moneyText(amounts)]),
        ),
      )
    case 'rate': {
      const [part, whole] = [evaluate(measure.part, scope), evaluate(measure.whole, scope)]
      return whole.map((of, group) => shareOf(part[group], of))
    }
    case 'total': {
      const [plus, minus] = [measure.plus, measure.minus ?? []].map((all) =>
        all.map((one) => evaluate(one, scope)),
      )
      return Array.from(
        { length: scope.groups },
        (_none, group) => added(plus ?? [], group) - added(minus ?? [], group),
      )
    }
    default:
      return measure satisfies never
  }
}
