import { deFigures } from '../texts/de-figures.ts'
import { enFigures } from '../texts/en-figures.ts'
import type { StageFigures, Velocity } from './figures.ts'
import { type formMeasures, type MetricUnit, phaseMetrics, sharedMetrics, stageMetrics } from './metrics.ts'
import type { Cohort, EmailFigures, KpiReport, SequenceFigures, SourceFigures } from './report.ts'

type UnitsOf<Part> = Readonly<
  Record<Exclude<keyof Part, 'id' | 'metrics' | 'emails' | 'email' | 'week'>, MetricUnit>
>

/** Units of what a report holds beside the metrics, and of what people are asked for behind. */
const reported = {
  stage: {
    entered: 'leads',
    skipped: 'leads',
    current: 'leads',
    conversionToNext: 'rate',
    dropOff: 'rate',
    conversionFromStart: 'rate',
    conversionFromPrevious: 'rate',
    medianDaysInStage: 'days',
    daysInStage: 'days',
  } satisfies UnitsOf<StageFigures>,
  velocity: {
    openDeals: 'count',
    closeRate: 'rate',
    averageDays: 'days',
    perDay: 'money',
  } satisfies UnitsOf<Velocity>,
  cohort: { leads: 'leads', reached: 'leads' } satisfies UnitsOf<Cohort>,
  sequence: {
    entered: 'count',
    active: 'count',
    completed: 'count',
    goal: 'count',
  } satisfies UnitsOf<SequenceFigures>,
  email: {
    sent: 'count',
    delivered: 'count',
    opened: 'count',
    clicked: 'count',
    unsubscribed: 'count',
  } satisfies UnitsOf<EmailFigures>,
  form: { submissions: 'count', confirmations: 'count' } satisfies UnitsOf<ReturnType<typeof formMeasures>>,
  source: {
    leads: 'leads',
    qualified: 'leads',
    customers: 'leads',
    revenue: 'money',
    cost: 'money',
    costPerLead: 'money',
    costPerCustomer: 'money',
    return: 'ratio',
  } satisfies Omit<UnitsOf<SourceFigures>, 'source' | 'campaign'>,
  attribution: {
    first: 'money',
    last: 'money',
    linear: 'money',
    position: 'money',
    decay: 'money',
  } satisfies UnitsOf<KpiReport['attribution']>,
} as const

interface Words {
  readonly label: string
  readonly counts: string
  readonly leavesOut?: string
}

interface WordsOfRate extends Words {
  readonly numerator: string
  readonly denominator: string
}

type WordsFor<Unit> = Unit extends 'rate' ? WordsOfRate : Words

type Worded<Group> = {
  readonly [Key in keyof Group]: WordsFor<
    Group[Key] extends { readonly unit: infer Unit } ? Unit : Group[Key]
  >
}

const metricGroups = { ...stageMetrics, ...phaseMetrics, shared: sharedMetrics } as const

type Groups = typeof metricGroups & typeof reported

type Texts = { readonly [Group in keyof Groups]: Worded<Groups[Group]> } & {
  readonly common: { readonly leavesOut: string }
}

/** A figure without words in each language does not compile. */
const languages = { en: enFigures, de: deFigures } as const satisfies Readonly<Record<string, Texts>>
type Language = keyof typeof languages
type InEach = Readonly<Record<Language, string>>

/** What a figure of the report means. */
interface Definition {
  /** Where it stands: a stage, a phase, `shared`, or a part of the report. */
  readonly group: string
  readonly key: string
  readonly unit: MetricUnit
  readonly label: InEach
  readonly counts: InEach
  readonly leavesOut: InEach
  /** Of rates alone. */
  readonly numerator?: InEach
  readonly denominator?: InEach
}

const wordsOf = (language: Language, group: string, key: string): Partial<WordsOfRate> => {
  const groups: Readonly<Record<string, Readonly<Record<string, unknown>>>> = languages[language]
  const words = groups[group]?.[key]
  return typeof words === 'object' && words !== null ? words : {}
}

const inEach = (group: string, key: string, part: keyof WordsOfRate): InEach | undefined => {
  const [en, de] = [wordsOf('en', group, key)[part], wordsOf('de', group, key)[part]]
  return en === undefined || de === undefined ? undefined : { en, de }
}

const definition = (group: string, key: string, unit: MetricUnit): Definition => {
  const part = (name: keyof WordsOfRate) => inEach(group, key, name)
  const [label, counts, leavesOut] = [part('label'), part('counts'), part('leavesOut')]
  const [numerator, denominator] = [part('numerator'), part('denominator')]
  if (!label || !counts) throw new Error(`no words for ${group}.${key}`)
  return {
    ...{ group, key, unit, label, counts },
    leavesOut: leavesOut ?? { en: enFigures.common.leavesOut, de: deFigures.common.leavesOut },
    ...(numerator && { numerator }),
    ...(denominator && { denominator }),
  }
}

/** Every figure of the report, in its order. */
export const definitions: readonly Definition[] = [
  ...Object.entries(metricGroups).flatMap(([group, metrics]) =>
    Object.entries(metrics).map(([key, { unit }]) => definition(group, key, unit)),
  ),
  ...Object.entries(reported).flatMap(([group, units]) =>
    Object.entries(units).map(([key, unit]) => definition(group, key, unit)),
  ),
]
