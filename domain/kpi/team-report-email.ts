import { localize } from '../model/form.ts'
import type { HandoffRules } from '../model/handoff-rules.ts'
import type { Settings } from '../model/settings.ts'
import { type Html, html, textOn } from '../page/page-layout.ts'
import { textsIn } from '../texts/texts.ts'
import { localeOf, readableDay } from '../time/local-time.ts'
import type { Figure } from './measure.ts'
import type { MetricUnit } from './metrics.ts'
import type { TeamReport } from './team-report.ts'

export interface ReportEmail {
  readonly subject: string
  readonly html: string
  readonly text: string
}

type Words = ReturnType<typeof wordsIn>

const wordsIn = (language: string) => textsIn(language).teamReport

const none = '–'

const isMoney = (value: Figure): value is Readonly<Record<string, string>> =>
  typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === 'string')

/** Writes figures as people in a language read them. */
const writer = (language: string) => {
  const locale = localeOf(language)
  const words = wordsIn(language)
  const number = (value: number, digits = 0): string =>
    new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value)
  const money = (value: Readonly<Record<string, string>>): string =>
    Object.entries(value)
      .map(([currency, amount]) =>
        new Intl.NumberFormat(locale, { style: 'currency', currency }).format(Number(amount)),
      )
      .join(', ') || none
  const measured = (value: number, unit: MetricUnit): string => {
    switch (unit) {
      case 'rate':
        return `${number(100 * value, 1)} %`
      case 'hours':
        return `${number(value, 1)} ${words.hours}`
      case 'days':
        return `${number(value, 1)} ${words.days}`
      case 'seconds':
        return `${number(value)} ${words.seconds}`
      case 'count':
      case 'leads':
      case 'money':
      case 'points':
      case 'ratio':
      case 'stars':
        return number(value, 1)
      default:
        return unit satisfies never
    }
  }
  return {
    figure: (value: Figure, unit: MetricUnit): string => {
      if (typeof value === 'number') return measured(value, unit)
      return isMoney(value) ? money(value) : none
    },
    money,
    number,
    /** Against the period before; nothing where one of them cannot be told. */
    change: (value: Figure, before: Figure, unit: MetricUnit): string => {
      if (typeof value !== 'number' || typeof before !== 'number') return ''
      const difference = value - before
      if (difference === 0) return '±0'
      const size = Math.abs(difference)
      const told = unit === 'rate' ? `${number(100 * size, 1)} ${words.points}` : measured(size, unit)
      return `${difference > 0 ? '+' : '−'}${told}`
    },
  }
}

/** A table of the email: the first column is text, the others are numbers. */
interface TextTable {
  readonly title: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** In place of the table where it has no rows. */
  readonly empty: string
}

/** What the company's playbook gives the email. */
export interface Letterhead extends Pick<Settings, 'company' | 'brand'> {
  /** What reasons of rejections are called. */
  readonly reject: HandoffRules['reject']
}

const tablesOf = (
  report: TeamReport,
  reject: Letterhead['reject'],
  language: string,
): readonly TextTable[] => {
  const words = wordsIn(language)
  const write = writer(language)
  const { period, figures, quality, sources } = report
  const { accepted, rejected, reasons } = quality
  const answers = `${words.quality}: ${write.number(accepted)} ${words.accepted}, ${write.number(rejected)} ${words.rejected}`
  const nameOf = (reason: string): string => {
    const label = Object.hasOwn(reject, reason) ? reject[reason]?.label : undefined
    return label ? localize(label, language) : reason
  }
  const labelIn = language.startsWith('de') ? 'de' : 'en'
  return [
    {
      title: words.figures,
      head: ['', period.name, words.before, words.change],
      rows: figures.map(({ label, unit, value, before }) => [
        label[labelIn],
        write.figure(value, unit),
        write.figure(before, unit),
        write.change(value, before, unit),
      ]),
      empty: '',
    },
    {
      title: accepted + rejected === 0 ? words.quality : answers,
      head: [words.reason, period.name, words.before, words.change],
      rows: reasons.map(({ reason, count, before }) => [
        nameOf(reason),
        write.number(count),
        write.number(before),
        write.change(count, before, 'count'),
      ]),
      empty: accepted + rejected === 0 ? words.noAnswers : '',
    },
    {
      title: words.sources,
      head: [
        words.source,
        words.campaign,
        words.leads,
        words.qualified,
        words.customers,
        words.revenue,
        words.cost,
      ],
      rows: sources.map((one) => [
        one.source,
        one.campaign ?? none,
        ...[one.leads, one.qualified, one.customers].map((count) => write.number(count)),
        write.money(one.revenue),
        write.money(one.cost),
      ]),
      empty: words.noLeads,
    },
  ]
}

const cell = 'padding:6px;border-bottom:1px solid #d5dbe2;vertical-align:top'
const numeric = `${cell};text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums`
/** Columns of text in front of the numbers. */
const texts = (head: readonly string[]): number => (head.length > 4 ? 2 : 1)

const tableHtml = ({ title, head, rows, empty }: TextTable, accent: string): Html => html`
<h2 style="font-size:17px;margin:28px 0 8px">${title}</h2>${
  rows.length === 0
    ? html`<p style="margin:0">${empty}</p>`
    : html`
<table style="border-collapse:collapse;width:100%;font-size:14px">
<thead><tr>${head.map(
        (name, place) =>
          html`<th scope="col" style="${place < texts(head) ? cell : numeric};border-bottom:2px solid ${accent};text-align:${place < texts(head) ? 'left' : 'right'}">${name}</th>`,
      )}</tr></thead>
<tbody>${rows.map(
        (row) => html`
<tr>${row.map((value, place) =>
          place === 0
            ? html`<th scope="row" style="${cell};text-align:left;font-weight:normal">${value}</th>`
            : html`<td style="${place < texts(head) ? cell : numeric}">${value}</td>`,
        )}</tr>`,
      )}
</tbody></table>`
}`

const tableText = ({ title, head, rows, empty }: TextTable): string => {
  if (rows.length === 0) return `${title}\n${empty}`
  const all = [head, ...rows]
  const widths = head.map((_, place) => Math.max(...all.map((row) => row[place]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    row
      .map((value, place) =>
        place < texts(head) ? value.padEnd(widths[place] ?? 0) : value.padStart(widths[place] ?? 0),
      )
      .join('  ')
      .trimEnd()
  return [title, ...all.map((row) => `  ${line(row)}`)].join('\n')
}

const wholeDays = ({ from, to }: TeamReport['period'], language: string): string => {
  const last = new Date(Date.parse(to) - 1).toISOString()
  return `${readableDay(language, from, 'UTC')} – ${readableDay(language, last, 'UTC')}`
}

/** The report as an email to colleagues: no address or name of a lead is in it. @param language BCP 47. */
export const reportEmail = (
  report: TeamReport,
  { company, brand, reject }: Letterhead,
  language: string,
): ReportEmail => {
  const words: Words = wordsIn(language)
  const { period } = report
  const accent = brand?.accent ?? '#0b5cad'
  const subject = `${words.subject}: ${words[period.kind]} ${period.name}`
  const days = wholeDays(period, language)
  const tables = tablesOf(report, reject, language)
  const page = html`<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light"><title>${subject}</title></head>
<body style="margin:0;background:#f2f4f7;color:#1b222b;font-family:Arial,sans-serif;font-size:16px;line-height:1.5">
<div style="max-width:760px;margin:0 auto;background:#ffffff">
<div style="background:${accent};color:${textOn(accent)};padding:20px 24px"><h1 style="font-size:22px;margin:0">${words[period.kind]} ${period.name}</h1><p style="margin:4px 0 0">${days}</p></div>
<div style="padding:0 24px 24px;overflow-x:auto">${tables.map((table) => tableHtml(table, accent))}
<p style="font-size:13px;color:#566270;margin:28px 0 0">${words.footer}<br>${company.name}, ${company.address}</p>
</div></div></body></html>`
  const text = [subject, days, ...tables.map((table) => `\n${tableText(table)}`), `\n${words.footer}`].join(
    '\n',
  )
  return { subject, html: page.text, text: `${text}\n` }
}
