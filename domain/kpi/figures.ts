import { type SalesPhase, type StageId, salesPhases, stageIds } from '../model/deal.ts'
import type { Scope, Select } from './count.ts'
import {
  evaluate,
  type Figure,
  leads,
  type Measure,
  mean,
  money,
  rate,
  rows,
  stay,
  total,
} from './measure.ts'
import { type Metric, phaseMetrics, sharedMetrics, stageMetrics } from './metrics.ts'

type Metrics<Keys> = { readonly [Key in keyof Keys]: Figure }

/** Of the leads that were seen first in the period. */
interface Conversion {
  /** However they came there. */
  readonly anyOrder: number | null
  /** Without a skipped stage before. */
  readonly strict: number | null
}

export interface StageFigures {
  readonly id: StageId
  /** Leads that entered within the period, or passed. */
  readonly entered: number
  /** Those that only passed: they went to a later stage at once. */
  readonly skipped: number
  /** Leads in the stage at the end of the period. */
  readonly current: number
  /** Share of the entered ones that went on to a later stage. */
  readonly conversionToNext: number | null
  /** Share that had not gone on at the end of the period. */
  readonly dropOff: number | null
  readonly conversionFromStart: Conversion
  readonly conversionFromPrevious: Conversion
  /** Over stays that ended within the period. */
  readonly medianDaysInStage: number | null
  readonly daysInStage: {
    readonly q1: number | null
    readonly median: number | null
    readonly q3: number | null
  }
  readonly metrics: Readonly<Record<string, Figure>>
}

/** Worth of won deals that passes through sales in a day: open deals × close rate × average worth ÷ average days. */
export interface Velocity {
  readonly openDeals: number
  readonly closeRate: number | null
  /** Of won deals, from opening to winning. */
  readonly averageDays: number | null
  /** By currency. */
  readonly perDay: Readonly<Record<string, number>>
}

export interface Figures {
  readonly funnel: { readonly stages: readonly StageFigures[] }
  readonly sales: {
    readonly phases: readonly {
      readonly id: SalesPhase
      readonly metrics: Readonly<Record<string, Figure>>
    }[]
    readonly velocity: Velocity
  }
  readonly shared: Metrics<typeof sharedMetrics>
}

const started: Select = { kind: 'lead' }

const begun = leads(started)

const everIn = (rank: number): Select => ({
  kind: 'stage',
  keys: stageIds.slice(rank, rank + 1),
  when: 'ever',
})

/** Leads that came into each stage, however, and without a skipped stage before. */
const reached = stageIds.map((_stage, rank) => leads(started, everIn(rank)))
const walked = stageIds.map((_stage, rank) =>
  leads(started, ...stageIds.slice(0, rank + 1).map((_one, at): Select => ({ ...everIn(at), own: true }))),
)

/** What is asked of a stage. */
const questions = (stage: StageId, rank: number) => {
  const inStage: Select = { kind: 'stage', keys: [stage] }
  const stays: Select = { ...inStage, when: 'until', own: true }
  const [entered, goneOn] = [leads(inStage), leads({ ...inStage, goesOn: true })]
  return {
    entered,
    skipped: total([entered], [leads({ ...inStage, own: true })]),
    // A lead is in a stage once.
    current: total([rows({ ...inStage, when: 'ever' })], [rows({ ...inStage, when: 'ended' })]),
    conversionToNext: rate(goneOn, entered),
    dropOff: rate(total([entered], [goneOn]), entered),
    fromStart: rate(reached[rank] ?? begun, begun),
    fromStartStrict: rate(walked[rank] ?? begun, begun),
    fromPrevious: rate(reached[rank] ?? begun, reached[rank - 1] ?? begun),
    fromPreviousStrict: rate(walked[rank] ?? begun, walked[rank - 1] ?? begun),
    q1: stay(0.25, stays),
    median: stay(0.5, stays),
    q3: stay(0.75, stays),
  }
}

const ofStages = stageIds.map((id, rank) => ({ id, asked: questions(id, rank) }))

/** How figures of a stage are counted, under the keys of their definitions. */
export const stageMeasures = (stage: string): Readonly<Record<string, Measure>> | undefined => {
  const asked = ofStages.find(({ id }) => id === stage)?.asked
  return (
    asked && {
      entered: asked.entered,
      skipped: asked.skipped,
      current: asked.current,
      conversionToNext: asked.conversionToNext,
      dropOff: asked.dropOff,
      conversionFromStart: asked.fromStart,
      conversionFromPrevious: asked.fromPrevious,
      medianDaysInStage: asked.median,
    }
  )
}

const won: Select = { kind: 'purchase', keys: ['deal', 'negotiated'], stands: true }

const ofVelocity = {
  openDeals: total([rows({ kind: 'deal', when: 'ever' })], [rows({ kind: 'deal', when: 'ended' })]),
  won: rows(won),
  closeRate: phaseMetrics.closing.closeRate.measure,
  averageDays: mean(won),
  revenue: money(won),
}

type Questions = Readonly<Record<string, Measure>>

/** Answers of all groups, then of one. */
const ask = <Asked extends Questions>(
  asked: Asked,
  scope: Scope,
): ((group: number) => { readonly [Key in keyof Asked]: Figure }) => {
  const answers = Object.entries(asked).map(([key, measure]) => [key, evaluate(measure, scope)] as const)
  return (group) =>
    Object.fromEntries(answers.map(([key, figures]) => [key, figures[group] ?? null])) as {
      readonly [Key in keyof Asked]: Figure
    }
}

const measuresOf = <Table extends Readonly<Record<string, Metric>>>(table: Table) =>
  Object.fromEntries(Object.entries(table).map(([key, { measure }]) => [key, measure])) as {
    readonly [Key in keyof Table]: Measure
  }

const numberOf = (figure: Figure): number | null => (typeof figure === 'number' ? figure : null)

const countOf = (figure: Figure): number => (typeof figure === 'number' ? figure : 0)

const velocityOf = (answers: { readonly [Key in keyof typeof ofVelocity]: Figure }): Velocity => {
  const [openDeals, wins] = [countOf(answers.openDeals), countOf(answers.won)]
  const [closeRate, averageDays] = [numberOf(answers.closeRate), numberOf(answers.averageDays)]
  const paid = typeof answers.revenue === 'object' ? Object.entries(answers.revenue ?? {}) : []
  const perDay = paid.flatMap(([currency, amount]) =>
    closeRate === null || !averageDays
      ? []
      : [[currency, (openDeals * closeRate * (Number(amount) / wins)) / averageDays] as const],
  )
  return { openDeals, closeRate, averageDays, perDay: Object.fromEntries(perDay) }
}

const stageFigures = (
  id: StageId,
  answers: { readonly [Key in keyof ReturnType<typeof questions>]: Figure },
  metrics: Readonly<Record<string, Figure>>,
): StageFigures => ({
  id,
  entered: countOf(answers.entered),
  skipped: countOf(answers.skipped),
  current: countOf(answers.current),
  conversionToNext: numberOf(answers.conversionToNext),
  dropOff: numberOf(answers.dropOff),
  conversionFromStart: {
    anyOrder: numberOf(answers.fromStart),
    strict: numberOf(answers.fromStartStrict),
  },
  conversionFromPrevious: {
    anyOrder: numberOf(answers.fromPrevious),
    strict: numberOf(answers.fromPreviousStrict),
  },
  medianDaysInStage: numberOf(answers.median),
  daysInStage: {
    q1: numberOf(answers.q1),
    median: numberOf(answers.median),
    q3: numberOf(answers.q3),
  },
  metrics,
})

/** The figures of each group. */
export const figuresOf = (scope: Scope): readonly Figures[] => {
  const stages = ofStages.map(({ id, asked }) => ({
    id,
    standing: ask(asked, scope),
    metrics: ask(measuresOf(stageMetrics[id]), scope),
  }))
  const phases = salesPhases.map((id) => ({ id, metrics: ask(measuresOf(phaseMetrics[id]), scope) }))
  const shared = ask(measuresOf(sharedMetrics), scope)
  const velocity = ask(ofVelocity, scope)
  return Array.from({ length: scope.groups }, (_none, group) => ({
    funnel: {
      stages: stages.map(({ id, standing, metrics }) => stageFigures(id, standing(group), metrics(group))),
    },
    sales: {
      phases: phases.map(({ id, metrics }) => ({ id, metrics: metrics(group) })),
      velocity: velocityOf(velocity(group)),
    },
    shared: shared(group),
  }))
}
