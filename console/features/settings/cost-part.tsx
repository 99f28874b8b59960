import { useAddress } from '../../lib/address.ts'
import { daysBefore, today } from '../../lib/days.ts'
import { decimalText, finePriceText, monthText, numberText } from '../../lib/format.ts'
import { t } from '../../lib/texts.ts'
import { Button, Failure, Loading, Sideways } from '../../ui/controls.tsx'
import reading from '../../ui/reading.module.css'
import css from './settings.module.css'
import { type Cost, useCost } from './settings-api.ts'

const ranges = [1, 7, 30, 90] as const
const usual = 30

/** What it has cost, from what was counted and what each was measured to take. */
export const CostPart = () => {
  const { query, filter } = useAddress()
  const days = ranges.find((one) => String(one) === query.days) ?? usual
  const to = daysBefore(today(), -1)
  const { data, error, refetch } = useCost(daysBefore(to, days), to)
  const { cost: words } = t.settings
  return (
    <section class={css.part} aria-label={t.settings.tabs.cost}>
      <div class={css.top}>
        <p>{words.about}</p>
        <span>
          {ranges.map((one) => (
            <Button
              key={one}
              kind={one === days ? 'plain' : 'quiet'}
              aria-pressed={one === days}
              onClick={() => filter({ days: one === usual ? undefined : String(one) })}
            >
              {words.days(one)}
            </Button>
          ))}
        </span>
      </div>
      {!data && (error ? <Failure error={error} onRetry={refetch} /> : <Loading />)}
      {data && <Figures cost={data} />}
    </section>
  )
}

const dollars = (amount: number | null): string => (amount === null ? '–' : finePriceText(amount, 'USD'))

const Figures = ({ cost }: { readonly cost: Cost }) => {
  const { cost: words } = t.settings
  const { total, perLead, perEmail, parts, counted, prices, lines } = cost
  const named = Object.entries(parts) as [keyof typeof parts, number][]
  return (
    <>
      <dl class={reading.figures}>
        <div>
          <dt>{words.total}</dt>
          <dd>{dollars(total)}</dd>
        </div>
        <div>
          <dt>{words.perLead}</dt>
          <dd>{dollars(perLead)}</dd>
        </div>
        <div>
          <dt>{words.perEmail}</dt>
          <dd>{dollars(perEmail)}</dd>
        </div>
      </dl>
      <ul class={css.rows}>
        {named.map(([name, amount]) => (
          <li key={name}>
            <span>{words.parts[name]}</span>
            <span>{dollars(amount)}</span>
          </li>
        ))}
      </ul>
      <p class={css.soft}>
        {words.counted(
          numberText(counted.leads),
          numberText(counted.activities),
          numberText(counted.emails),
          numberText(counted.handoffs),
        )}{' '}
        {words.estimated} {words.prices(prices.region, monthText(prices.asOf))}
      </p>
      <section class={reading.section}>
        <h2>{words.items}</h2>
        <Sideways label={words.items} class={reading.scroll}>
          <table class={reading.table}>
            <thead>
              <tr>
                <th scope="col">{words.columns.item}</th>
                <th scope="col">{words.columns.quantity}</th>
                <th scope="col">{words.columns.cost}</th>
              </tr>
            </thead>
            <tbody>
              {lines.map(({ item, quantity, dollars: amount }) => (
                <tr key={item}>
                  <th scope="row">{words.names[item] ?? item}</th>
                  <td>{quantity < 100 ? decimalText(quantity) : numberText(quantity)}</td>
                  <td>{dollars(amount)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Sideways>
      </section>
    </>
  )
}
