import type { FieldError } from '../model/json.ts'
import type { Columns } from './columns.ts'
import { byLead, type Scope, scopeOf } from './count.ts'
import { keysOfEmail } from './email-clicks.ts'
import { stageMeasures } from './figures.ts'
import { evaluate, type Figure, type Measure, money, rows } from './measure.ts'
import {
  allRevenue,
  emailMeasures,
  formMeasures,
  newCustomers,
  newLeads,
  phaseMetrics,
  qualifiedLeads,
  sequenceMeasures,
  sharedMetrics,
  stageMetrics,
} from './metrics.ts'
import { withFewNames } from './report.ts'

/** Which figure is meant: as its definition names it, and of what it is. */
export interface AskedFigure {
  /** `group.key`; besides `email.link`, a link of an email. */
  readonly of: string
  /** Of a stage. */
  readonly stage?: string | undefined
  /** Of a sequence, or of emails that this sequence asked for; `broadcast.ID`: a broadcast. */
  readonly sequence?: string | undefined
  /** @default all emails */
  readonly email?: string | undefined
  readonly link?: string | undefined
  readonly form?: string | undefined
  /** Of leads from there; an empty campaign: of those without one. */
  readonly source?: string | undefined
  readonly campaign?: string | undefined
  /** Of a rate. @default numerator */
  readonly part?: 'numerator' | 'denominator' | undefined
}

/** Somebody behind a figure, with what it is of them alone. */
interface Behind {
  readonly leadId: string
  readonly figure: Exclude<Figure, null>
}

type Measures = Readonly<Record<string, Measure>>

const measuresOf = (metrics: Readonly<Record<string, { readonly measure: Measure }>>): Measures =>
  Object.fromEntries(Object.entries(metrics).map(([key, { measure }]) => [key, measure]))

const metricGroups: Readonly<Record<string, Measures>> = {
  ...Object.fromEntries(
    Object.entries({ ...stageMetrics, ...phaseMetrics, shared: sharedMetrics }).map(([group, metrics]) => [
      group,
      measuresOf(metrics),
    ]),
  ),
  source: { leads: newLeads, qualified: qualifiedLeads, customers: newCustomers, revenue: money(allRevenue) },
}

/** What the figures of emails are counted by: each of its rows has a key of its own. */
const ofEmail = (all: readonly Columns[], key: string, asked: AskedFigure): Measure | undefined => {
  if (key === 'link') return rows({ kind: 'link', keys: keysOfEmail(all, 'link', asked, asked.link) })
  const kinds = Object.keys(emailMeasures([])) as (keyof ReturnType<typeof emailMeasures>)[]
  const kind = kinds.find((one) => one === key)
  return kind && emailMeasures(keysOfEmail(all, kind, asked))[kind]
}

const measureOf = (all: readonly Columns[], asked: AskedFigure): Measure | undefined => {
  const [group = '', key = ''] = asked.of.split('.')
  if (group === 'email') return ofEmail(all, key, asked)
  const groups: Readonly<Record<string, Measures | undefined>> = {
    ...metricGroups,
    stage: stageMeasures(asked.stage ?? ''),
    sequence: sequenceMeasures(asked.sequence ?? ''),
    form: formMeasures(asked.form ?? ''),
  }
  const measures = Object.hasOwn(groups, group) ? groups[group] : undefined
  return measures && Object.hasOwn(measures, key) ? measures[key] : undefined
}

/** Nobody is behind a rate itself, but behind what it is a rate of. */
const partOf = (measure: Measure, part: AskedFigure['part']): Measure =>
  measure.type === 'rate' ? partOf(part === 'denominator' ? measure.whole : measure.part, part) : measure

const isBehind = (figure: Figure | undefined, { type }: Measure): figure is Exclude<Figure, null> => {
  if (figure === null || figure === undefined) return false
  if (typeof figure === 'number') return figure !== 0 || type === 'mean' || type === 'quantile'
  return Object.keys(figure).length > 0
}

const order = (one: Behind, other: Behind): number => {
  const [a, b] = [one.figure, other.figure].map((figure) => (typeof figure === 'number' ? figure : 0))
  return (b ?? 0) - (a ?? 0) || (one.leadId < other.leadId ? -1 : 1)
}

const within = (all: readonly Columns[], period: Pick<Scope, 'from' | 'to' | 'end'>, asked: AskedFigure) => {
  const { source, campaign } = asked
  if (source === undefined && campaign === undefined) return scopeOf(all, period)
  const isMeant = (own: string, ownCampaign: string | null): boolean =>
    (source === undefined || own === source) && (campaign === undefined || (ownCampaign ?? '') === campaign)
  return scopeOf(withFewNames(all, period), period, {
    count: 1,
    of: (own, ownCampaign) => (isMeant(own, ownCampaign) ? 0 : -1),
  })
}

/**
 * Who is behind a figure of the report, whose figure is the greatest first: of what is counted, theirs add up to it.
 * @param all each lead in one of them.
 */
export const peopleBehind = (
  all: readonly Columns[],
  asked: AskedFigure,
  period: Pick<Scope, 'from' | 'to' | 'end'>,
): readonly Behind[] | { readonly errors: readonly FieldError[] } => {
  const found = measureOf(all, asked)
  if (!found) return { errors: [{ path: 'of', message: 'is no figure of the report that has people' }] }
  const measure = partOf(found, asked.part)
  return byLead(within(all, period, asked))
    .flatMap(({ leads, scope }) =>
      evaluate(measure, scope).flatMap((figure, place): Behind[] => {
        const leadId = leads[place] ?? null
        return leadId !== null && isBehind(figure, measure) ? [{ leadId, figure }] : []
      }),
    )
    .toSorted(order)
}
