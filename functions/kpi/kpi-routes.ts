import { Temporal } from 'temporal-polyfill'
import * as z from 'zod/mini'
import { costWithin } from '../../domain/cost/usage.ts'
import { definitions } from '../../domain/kpi/definitions.ts'
import { emailClicks } from '../../domain/kpi/email-clicks.ts'
import { peopleBehind } from '../../domain/kpi/people.ts'
import { kpiReport, periodOf } from '../../domain/kpi/report.ts'
import { groupings, type RowColumns } from '../../domain/kpi/row.ts'
import { periodNamed, teamReport } from '../../domain/kpi/team-report.ts'
import { reportEmail } from '../../domain/kpi/team-report-email.ts'
import type { FieldError, JsonObject } from '../../domain/model/json.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import { spokenLanguages as spoken } from '../../domain/texts/texts.ts'
import {
  type ApiRequest,
  type ApiResult,
  admins,
  everyone,
  marketers,
  notOurs,
  oneOf,
  pageQuery,
  shortText,
  toCursor,
} from '../api/api-request.ts'
import { get, post } from '../api/api-route.ts'
import type { Clock } from '../ports.ts'
import type { makeReadPart, ReadColumns } from './read-rows.ts'

interface KpiPorts {
  readonly readColumns: ReadColumns
  readonly readPart: ReturnType<typeof makeReadPart>
  /** As a Parquet file. */
  readonly writeRows: (rows: RowColumns) => Uint8Array<ArrayBuffer>
  readonly playbook: Pick<Playbook, 'settings' | 'handoff' | 'emails'>
  /** Puts a message on the figures' queue. */
  readonly enqueue: (message: JsonObject) => Promise<void>
  readonly clock: Clock
}

const aDay = 'must be a day, such as 2026-01-31'

const isDay = (text: string): boolean => {
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString() === text
  } catch {
    return false
  }
}

const day = z.string(aDay).check(z.refine(isDay, aDay))

const kpiQuery = z.object({ from: day, to: day, by: oneOf(groupings) })

const mostYears = 5

/** What is wrong with a period. Whole days: the first one, and the one after the last. */
const faultsOf = ({ from, to }: { readonly from: string; readonly to: string }): readonly FieldError[] => {
  if (to <= from) return [{ path: 'to', message: `must be a day after ${from}: the one after the last` }]
  const most = Temporal.PlainDate.from(from).add({ years: mostYears })
  return Temporal.PlainDate.compare(Temporal.PlainDate.from(to), most) > 0
    ? [{ path: 'to', message: `must be at most ${mostYears} years after ${from}` }]
    : []
}

const missing = (what: string): ApiResult => ({
  type: 'unavailable',
  detail: `Some figures would be wrong: ${what}.`,
})

const makeShowKpi =
  ({ readColumns, playbook, clock }: KpiPorts) =>
  async ({ query }: ApiRequest<z.infer<typeof kpiQuery>>): Promise<ApiResult> => {
    const errors = faultsOf(query)
    if (errors.length > 0) return { type: 'bad-input', errors }
    const found = await readColumns()
    if (found.type === 'missing') return missing(found.what)
    const { from, to, by } = query
    const body = kpiReport(found.rows, {
      from,
      to,
      zone: playbook.settings.timeZone,
      now: clock(),
      ...(by && { by }),
    })
    return { type: 'ok', body }
  }

const costQuery = z.object({ from: day, to: day })

const makeShowCost =
  ({ readColumns, playbook, clock }: KpiPorts) =>
  async ({ query }: ApiRequest<z.infer<typeof costQuery>>): Promise<ApiResult> => {
    const errors = faultsOf(query)
    if (errors.length > 0) return { type: 'bad-input', errors }
    const found = await readColumns()
    if (found.type === 'missing') return missing(found.what)
    const { timeZone } = playbook.settings
    const startOf = (date: string): number =>
      Temporal.PlainDate.from(date).toZonedDateTime(timeZone).epochMilliseconds
    const period = { from: startOf(query.from), to: startOf(query.to) }
    const cost = costWithin(found.rows, period, Date.parse(clock()))
    return { type: 'ok', body: { ...query, ...cost } }
  }

const aPeriod = 'must be a month or a week, such as 2026-11 or 2026-W48'

const reportQuery = z.object({
  period: z.string(aPeriod).check(z.maxLength(8, aPeriod)),
  lang: z.optional(z.enum(spoken, `must be one of: ${spoken.join(', ')}`)),
})

const noPeriod: ApiResult = { type: 'bad-input', errors: [{ path: 'period', message: aPeriod }] }

/** The email that both teams get, before it is sent or without being sent. */
const makeShowReport =
  ({ readColumns, playbook: { settings, handoff }, clock }: KpiPorts) =>
  async ({ query }: ApiRequest<z.infer<typeof reportQuery>>): Promise<ApiResult> => {
    const period = periodNamed(query.period)
    if (!period) return noPeriod
    const found = await readColumns()
    if (found.type === 'missing') return missing(found.what)
    const report = teamReport(found.rows, period, { zone: settings.timeZone, now: clock() })
    const language = query.lang ?? settings.report?.language ?? settings.languages[0]
    const { subject, text, html } = reportEmail(report, { ...settings, reject: handoff.reject }, language)
    return { type: 'ok', body: { ...report, subject, text, html }, document: html }
  }

const sendBody = z.object({ period: z.string(aPeriod) })

/** Ten minutes of a time in RFC 3339. */
const tenMinutes = 'YYYY-MM-DDThh:m'.length

/**
 * Has the report of a period sent to those whom the settings name. Whoever asks again within ten minutes of the clock, as a client
 * does that got no answer, asks for the same emails.
 */
const makeSendReport =
  ({ enqueue, playbook: { settings }, clock }: KpiPorts) =>
  async ({ body }: ApiRequest<unknown, z.infer<typeof sendBody>>): Promise<ApiResult> => {
    const period = periodNamed(body.period)
    if (!period) return noPeriod
    const which = period.kind === 'week' ? 'weekly' : 'monthly'
    const recipients = settings.report?.[which]?.length ?? 0
    if (recipients === 0)
      return { type: 'conflict', detail: `Nobody stands in settings.yaml under report.${which}.` }
    await enqueue({ type: 'report', report: { name: period.name, asked: clock().slice(0, tenMinutes) } })
    return { type: 'accepted', body: { recipients }, change: { target: period.name } }
  }

const aPart = 'must be a whole number from 1 on'

const rowsQuery = z.object({
  part: z._default(z.coerce.number(aPart).check(z.int(aPart), z.minimum(1, aPart)), 1),
})

const address = '/api/kpi/rows.parquet'

const makeShowRows =
  ({ readPart, writeRows }: KpiPorts) =>
  async ({ query: { part } }: ApiRequest<z.infer<typeof rowsQuery>>): Promise<ApiResult> => {
    const found = await readPart(part)
    if (found.type === 'missing') return missing(found.what)
    const { rows, parts } = found.rows
    if (part > parts) return { type: 'not-found', detail: `There are ${parts} parts.` }
    return {
      type: 'file',
      bytes: writeRows(rows),
      mediaType: 'application/vnd.apache.parquet',
      headers: {
        'content-disposition': `attachment; filename="rows${parts > 1 ? `-${part}` : ''}.parquet"`,
        ...(part < parts && { link: `<${address}?part=${part + 1}>; rel="next"` }),
      },
    }
  }

const clicksQuery = z.object({ sequence: shortText(128) })

/** People whom an email went to, over all time, and each of its links with those who followed it. */
const makeShowClicks =
  ({ readColumns, playbook: { emails }, clock }: KpiPorts) =>
  async ({
    params: { email = '' },
    query: { sequence },
  }: ApiRequest<z.infer<typeof clicksQuery>>): Promise<ApiResult> => {
    const found = await readColumns()
    if (found.type === 'missing') return missing(found.what)
    const now = clock()
    const clicks = emailClicks(found.rows, { email, sequence }, now)
    // What the playbook no longer has may have been sent.
    return Object.hasOwn(emails, email) || clicks.sent > 0
      ? { type: 'ok', body: { ...clicks, asOf: now } }
      : { type: 'not-found', detail: 'The playbook has no such email, and none was sent.' }
  }

const peopleQuery = z.extend(pageQuery, {
  of: z.string('must be a figure, such as lead_generation.leads').check(z.maxLength(64)),
  from: z.optional(day),
  to: z.optional(day),
  stage: shortText(64),
  sequence: shortText(128),
  email: shortText(128),
  link: shortText(2_000),
  form: shortText(128),
  source: shortText(300),
  campaign: shortText(300),
  part: oneOf(['numerator', 'denominator']),
})
type PeopleQuery = z.infer<typeof peopleQuery>

/** Over all time where no period is asked for. */
const periodAsked = ({ from, to }: PeopleQuery, zone: string, now: string) =>
  from !== undefined && to !== undefined
    ? periodOf({ from, to, zone, now })
    : { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY, end: Date.parse(now) + 1 }

const faultsOfPeriod = ({ from, to }: PeopleQuery): readonly FieldError[] => {
  if (from !== undefined && to !== undefined) return faultsOf({ from, to })
  if (from === undefined && to === undefined) return []
  return [{ path: from === undefined ? 'from' : 'to', message: 'must be given with the other one' }]
}

/** Who is behind a figure: leads by their ids, as figures hold no personal data. `GET /api/leads?ids=` says who they are. */
const makeShowPeople =
  ({ readColumns, playbook, clock }: KpiPorts) =>
  async ({ query }: ApiRequest<PeopleQuery>): Promise<ApiResult> => {
    const offset = query.cursor === undefined ? 0 : Number(query.cursor)
    const errors = [
      ...faultsOfPeriod(query),
      ...(Number.isSafeInteger(offset) && offset >= 0 ? [] : [{ path: 'cursor', message: notOurs }]),
    ]
    if (errors.length > 0) return { type: 'bad-input', errors }
    const found = await readColumns()
    if (found.type === 'missing') return missing(found.what)
    const now = clock()
    const people = peopleBehind(found.rows, query, periodAsked(query, playbook.settings.timeZone, now))
    if ('errors' in people) return { type: 'bad-input', errors: people.errors }
    const last = offset + query.limit
    return {
      type: 'ok',
      body: {
        ...{ asOf: now, total: people.length, items: people.slice(offset, last) },
        ...(last < people.length && { next: toCursor(String(last)) }),
      },
    }
  }

/** Figures for both teams, from the rows that a worker of its own keeps. */
export const kpiRoutes = [
  get('/api/kpi', { roles: everyone, query: kpiQuery }, makeShowKpi),
  get('/api/kpi/definitions', { roles: everyone }, () => async () => ({
    type: 'ok',
    body: { items: definitions },
  })),
  get('/api/kpi/people', { roles: everyone, query: peopleQuery }, makeShowPeople),
  get('/api/kpi/report', { roles: everyone, query: reportQuery }, makeShowReport),
  get('/api/cost', { roles: admins, query: costQuery }, makeShowCost),
  post('/api/kpi/report', { roles: marketers, body: sendBody, action: 'report.sent' }, makeSendReport),
  get(address, { roles: admins, query: rowsQuery }, makeShowRows),
  get('/api/emails/:email/clicks', { roles: everyone, query: clicksQuery }, makeShowClicks),
]
