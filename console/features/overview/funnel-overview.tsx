import { Link } from 'wouter-preact'
import type { KpiReport } from '../../../domain/kpi/report.ts'
import { useAddress } from '../../lib/address.ts'
import { useDefinitions } from '../../lib/figures.ts'
import { moneyText, numberText, shareText } from '../../lib/format.ts'
import { language, t, whyNotSent, words } from '../../lib/texts.ts'
import { Empty, Failure, Loading, Sideways } from '../../ui/controls.tsx'
import { FigureLink } from '../../ui/figure-link.tsx'
import reading from '../../ui/reading.module.css'
import { When } from '../../ui/time.tsx'
import { Definition } from './definition.tsx'
import css from './overview.module.css'
import { useFigures, useHeldEmails, useSending } from './overview-api.ts'

const ranges = [7, 30, 90] as const
const usual = 30

const daysIn = (text: string | undefined): number => ranges.find((days) => String(days) === text) ?? usual

/** The funnel over a range, always beside the one before, and what becomes of the mail. */
export const FunnelOverview = () => {
  const { query, filter } = useAddress()
  const days = daysIn(query.days)
  const { current, before } = useFigures(days)
  const { data, error, refetch } = current
  return (
    <>
      <section class={css.section}>
        <header>
          <h2>{t.overview.funnel}</h2>
          <fieldset class={reading.choice}>
            <legend>{t.overview.range}</legend>
            {ranges.map((one) => (
              <button
                key={one}
                type="button"
                aria-pressed={one === days}
                onClick={() => filter({ days: one === usual ? undefined : String(one) })}
              >
                {t.overview.days(one)}
              </button>
            ))}
          </fieldset>
        </header>
        {!data && (error ? <Failure error={error} onRetry={refetch} /> : <Loading />)}
        {data && (isEmpty(data) ? <FirstSteps /> : <Figures report={data} before={before.data} />)}
      </section>
      <Mail />
    </>
  )
}

const isEmpty = ({ funnel }: KpiReport): boolean =>
  funnel.stages.every(({ entered, current }) => entered === 0 && current === 0)

/** Nobody has come yet: what a newcomer does, one after the other. */
const FirstSteps = () => (
  <Empty title={t.overview.first.title}>
    <ol class={css.steps}>
      {t.overview.first.steps.map((step) => (
        <li key={step}>{step}</li>
      ))}
    </ol>
  </Empty>
)

/** From here on a percentage tells nobody how much it is. */
const manyTimes = 3

/** "+12 %" or "×7" against the period before; nothing where there was none to compare with. */
const changeText = (now: number | undefined, before: number | undefined): string => {
  if (now === undefined || before === undefined || before === 0) return ''
  const change = now / before - 1
  if (now / before >= manyTimes) return `×${numberText(now / before)}`
  if (Math.abs(change) < 0.005) return t.overview.same
  return `${change > 0 ? '+' : '−'}${shareText(Math.abs(change))}`
}

/** "−70 %, 30 in the period before": the change with the figure it is measured by, or that there was none. */
const comparison = (
  now: number | undefined,
  before: number | undefined,
  shown: (figure: number) => string = numberText,
): string => {
  if (now === undefined || before === undefined) return ''
  return before === 0 ? t.overview.noneBefore : t.overview.before(changeText(now, before), shown(before))
}

interface FiguresProps {
  readonly report: KpiReport
  readonly before: KpiReport | undefined
}

const numberIn = (figure: unknown): number | undefined => (typeof figure === 'number' ? figure : undefined)

const phase = (report: KpiReport | undefined, id: string, key: string): unknown =>
  report?.sales.phases.find((one) => one.id === id)?.metrics[key]

const revenueOf = (report: KpiReport | undefined): Readonly<Record<string, string>> => {
  const figure = report?.funnel.stages.at(-1)?.metrics.revenue
  return typeof figure === 'object' && figure !== null ? (figure as Readonly<Record<string, string>>) : {}
}

const Figures = ({ report, before }: FiguresProps) => {
  const revenue = Object.entries(revenueOf(report))
  const [currency] = revenue[0] ?? []
  const money = (of: KpiReport | undefined): number | undefined =>
    currency === undefined ? undefined : Number(revenueOf(of)[currency] ?? 0)
  const count = (id: string, key: string) =>
    [numberIn(phase(report, id, key)), numberIn(phase(before, id, key))] as const
  const [leads, leadsBefore] = count('lead_generation', 'leads')
  const [qualified, qualifiedBefore] = count('lead_qualification', 'qualifiedLeads')
  const rate = numberIn(report.shared.handoffAcceptanceRate)
  return (
    <>
      <dl class={`${reading.figures} ${css.figures}`}>
        <Figure
          of="lead_generation.leads"
          value={numberText(leads ?? 0)}
          period={report}
          isNone={!leads}
          change={comparison(leads, leadsBefore)}
        />
        <Figure
          of="lead_qualification.qualifiedLeads"
          value={numberText(qualified ?? 0)}
          period={report}
          isNone={!qualified}
          change={comparison(qualified, qualifiedBefore)}
        />
        <Figure
          of="shared.handoffAcceptanceRate"
          value={rate === undefined ? '–' : shareText(rate)}
          period={report}
          isNone={rate === undefined}
          change=""
        />
        <Figure
          of="purchase.revenue"
          value={
            revenue.length === 0 ? '–' : revenue.map(([code, amount]) => moneyText(amount, code)).join(' + ')
          }
          period={report}
          isNone={revenue.length === 0}
          change={comparison(money(report), money(before), (amount) =>
            moneyText(`${amount}`, currency ?? ''),
          )}
        />
      </dl>
      <Stages report={report} before={before} />
      <Sources report={report} />
    </>
  )
}

type Period = Pick<KpiReport, 'from' | 'to'>

interface FigureProps {
  /** Of the definitions: `group.key`. */
  readonly of: string
  readonly value: string
  readonly period: Period
  readonly isNone: boolean
  readonly change: string
}

const Figure = ({ of, value, period: { from, to }, isNone, change }: FigureProps) => {
  const { data } = useDefinitions()
  const known = data?.get(of)
  return (
    <div>
      <dt>
        {known?.label[language]} {known && <Definition of={known} />}
      </dt>
      <dd>
        <FigureLink figure={{ of, from, to }} isNone={isNone}>
          {value}
        </FigureLink>
      </dd>
      <dd class={css.change}>{change}</dd>
    </div>
  )
}

const share = (value: number | null): string => (value === null ? '–' : shareText(value))

/** Each stage with those who came, from the step before and from the start. */
const Stages = ({ report: { funnel, from, to }, before }: FiguresProps) => {
  const { data: definitions } = useDefinitions()
  const most = Math.max(1, ...funnel.stages.map(({ entered }) => entered))
  const head = (key: string) => {
    const known = definitions?.get(`stage.${key}`)
    return (
      <th scope="col" class={css.number}>
        {known?.label[language]} {known && <Definition of={known} />}
      </th>
    )
  }
  return (
    <Sideways label={t.overview.funnel}>
      <table class={css.stages}>
        <thead>
          <tr>
            <th scope="col">{t.leads.stage}</th>
            {head('entered')}
            {head('conversionFromPrevious')}
            {head('conversionFromStart')}
            {head('current')}
          </tr>
        </thead>
        <tbody>
          {funnel.stages.map(
            ({ id, entered, current, conversionFromPrevious, conversionFromStart }, index) => (
              <tr key={id}>
                <th scope="row">
                  {words.stages[id]}
                  <i style={{ width: `${(entered / most) * 100}%` }} />
                </th>
                <td class={css.number}>
                  <FigureLink figure={{ of: 'stage.entered', stage: id, from, to }} isNone={entered === 0}>
                    {numberText(entered)}
                  </FigureLink>
                  <small class={css.beside}>
                    {changeText(entered, before?.funnel.stages[index]?.entered)}
                  </small>
                </td>
                <td class={css.number}>
                  {index > 0 && (
                    <FigureLink
                      figure={{ of: 'stage.conversionFromPrevious', stage: id, from, to }}
                      isNone={conversionFromPrevious.anyOrder === null}
                    >
                      {share(conversionFromPrevious.anyOrder)}
                    </FigureLink>
                  )}
                </td>
                <td class={css.number}>
                  <FigureLink
                    figure={{ of: 'stage.conversionFromStart', stage: id, from, to }}
                    isNone={conversionFromStart.anyOrder === null}
                  >
                    {share(conversionFromStart.anyOrder)}
                  </FigureLink>
                </td>
                <td class={css.number}>
                  <Link class={css.link} href={`/leads?stage=${id}`}>
                    {numberText(current)}
                  </Link>
                </td>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </Sideways>
  )
}

const shownSources = 6

const Sources = ({ report: { sources, from, to } }: { readonly report: KpiReport }) => {
  const best = sources
    .toSorted((a, b) => b.qualified - a.qualified || b.leads - a.leads)
    .slice(0, shownSources)
  if (best.length === 0) return null
  const { columns } = t.overview
  return (
    <Sideways label={columns.source}>
      <table class={`${css.stages} ${css.few}`}>
        <thead>
          <tr>
            <th scope="col">{columns.source}</th>
            <th scope="col" class={css.number}>
              {columns.leads}
            </th>
            <th scope="col" class={css.number}>
              {columns.qualified}
            </th>
            <th scope="col" class={css.number}>
              {columns.customers}
            </th>
            <th scope="col" class={css.number}>
              {columns.revenue}
            </th>
          </tr>
        </thead>
        <tbody>
          {best.map(({ source, campaign, leads, qualified, customers, revenue }) => (
            <tr key={`${source} ${campaign}`}>
              <th scope="row">
                {source} {campaign !== null && <small>{campaign}</small>}
              </th>
              {Object.entries({ leads, qualified, customers }).map(([key, count]) => (
                <td key={key} class={css.number}>
                  <FigureLink
                    figure={{ of: `source.${key}`, source, campaign: campaign ?? '', from, to }}
                    isNone={count === 0}
                  >
                    {numberText(count)}
                  </FigureLink>
                </td>
              ))}
              <td class={css.number}>
                <FigureLink
                  figure={{ of: 'source.revenue', source, campaign: campaign ?? '', from, to }}
                  isNone={Object.keys(revenue).length === 0}
                >
                  {Object.entries(revenue)
                    .map(([code, amount]) => moneyText(amount, code))
                    .join(' + ')}
                </FigureLink>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Sideways>
  )
}

const shownHeld = 6

/** Whether mail arrives, and which goes out next. */
const Mail = () => {
  const { data: sending } = useSending()
  const { data: held } = useHeldEmails()
  if (!sending) return null
  const { sent, paused, bounceRate, complaintRate, limits } = sending
  return (
    <section class={css.section}>
      <header>
        <h2>{t.overview.mail}</h2>
      </header>
      {paused !== null && <p class={css.late}>{t.overview.paused}</p>}
      <p>
        {t.overview.sent(numberText(sent))}{' '}
        <span class={css.soft}>
          {t.overview.bounces(shareText(bounceRate), shareText(limits.bounceRate))}{' '}
          {t.overview.complaints(shareText(complaintRate), shareText(limits.complaintRate))}
        </span>
      </p>
      {held && held.items.length > 0 && (
        <>
          <h3>{t.overview.held(held.items.length)}</h3>
          <ul class={css.rows}>
            {held.items.slice(0, shownHeld).map(({ sendId, leadId, email, subject, reason, until }) => (
              <li key={sendId}>
                <Link href={`/leads/${encodeURIComponent(leadId)}`}>
                  <strong>{subject ?? email}</strong>
                  <span class={css.wide}>{reason !== null && whyNotSent(reason)}</span>
                  <small>{until !== null && <When at={until} />}</small>
                </Link>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}
