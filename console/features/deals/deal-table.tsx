import { Link } from 'wouter-preact'
import { moneyText } from '../../lib/format.ts'
import { t, words } from '../../lib/texts.ts'
import { Sideways, Tag } from '../../ui/controls.tsx'
import { When } from '../../ui/time.tsx'
import { MoveSelect, nameOf, phases, type Target } from './board.tsx'
import css from './deals.module.css'
import type { DealRow } from './deals-api.ts'

interface DealTableProps {
  readonly deals: readonly DealRow[]
  readonly mayMove: boolean
  readonly onMove: (deal: DealRow, target: Target) => void
}

/** The same deals, to read down a column: the furthest first. */
export const DealTable = ({ deals, mayMove, onMove }: DealTableProps) => {
  const order = phases()
  const sorted = deals.toSorted((a, b) => order.indexOf(b.phase) - order.indexOf(a.phase))
  const { columns } = t.deals
  return (
    <Sideways label={t.deals.table} class={css.scroll}>
      <table class={css.table}>
        <thead>
          <tr>
            <th scope="col">{columns.name}</th>
            <th scope="col">{columns.phase}</th>
            <th scope="col" class={css.number}>
              {columns.amount}
            </th>
            <th scope="col" class={css.aside}>
              {columns.owner}
            </th>
            <th scope="col" class={css.aside}>
              {columns.since}
            </th>
            {mayMove && (
              <th scope="col" class={css.aside}>
                {t.deals.moveTo}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {sorted.map((deal) => (
            <tr key={deal.dealId}>
              <th scope="row">
                <Link href={`/leads/${encodeURIComponent(deal.leadId)}`}>{nameOf(deal)}</Link>
                {deal.company !== null && <small>{deal.company}</small>}
              </th>
              <td>
                {words.phases[deal.phase]} {deal.state === 'won' && <Tag>{t.deals.won}</Tag>}
                <small>
                  {deal.owner !== null && `${deal.owner.name}, `}
                  <When at={deal.phaseSince} />
                </small>
              </td>
              <td class={css.number}>
                {deal.amount !== null && deal.currency !== null && moneyText(deal.amount, deal.currency)}
              </td>
              <td class={css.aside}>{deal.owner?.name}</td>
              <td class={css.aside}>
                <When at={deal.phaseSince} />
              </td>
              {mayMove && (
                <td>
                  <MoveSelect deal={deal} onMove={onMove} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Sideways>
  )
}
