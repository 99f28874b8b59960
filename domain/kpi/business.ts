import type { Money } from '../sales/deal.ts'
import { moneyOf } from '../sales/money.ts'
import type { KpiLead } from './kpi-lead.ts'

/** A deal that was won, or an order. */
export interface Purchase {
  readonly type: 'deal' | 'order'
  readonly at: string
  /** Absent where nobody said what it came to. */
  readonly money?: Money
}

/** All that a lead has bought, oldest first: its customer's history. */
export const purchasesOf = ({ facts, state: { deals = [] } }: KpiLead): readonly Purchase[] => {
  const won = deals.flatMap(({ status, closedAt, value }): Purchase[] =>
    status === 'won' && closedAt !== undefined
      ? [{ type: 'deal', at: closedAt, ...(value && { money: value }) }]
      : [],
  )
  const ordered = facts
    .filter(({ type }) => type === 'order.completed')
    .map(({ occurredAt, properties }): Purchase => {
      const money = moneyOf(properties)
      return { type: 'order', at: occurredAt, ...(money && { money }) }
    })
  return [...won, ...ordered].toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
}

export const paidFor = (purchases: readonly Purchase[]): readonly Money[] =>
  purchases.flatMap(({ money }) => money ?? [])
