import { describe, expect, it } from 'vitest'
import { columnsOf, rowsInColumns } from '../../../domain/kpi/columns.ts'
import { definitions } from '../../../domain/kpi/definitions.ts'
import { type AskedFigure, peopleBehind } from '../../../domain/kpi/people.ts'
import { kpiReport, periodOf } from '../../../domain/kpi/report.ts'
import { costRow, rowsOf } from '../../../domain/kpi/rows-of.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { fact, leadId, leadIdOf } from '../support/facts.ts'
import { makePlaybook } from '../support/make-playbook.ts'
import { makePerson } from './made-up-year.ts'

const rules = compileRules(
  makePlaybook({ handoff: { ...makePlaybook().handoff, qualify: 'did("quote.requested")', require: [] } }),
)
const asked = { from: '2026-03-01', to: '2026-06-01', zone: 'Europe/Berlin', now: '2027-01-10T12:00:00.000Z' }
const cost = costRow({
  ...{ id: 'cost', occurredAt: '2026-04-01T00:00:00.000Z', source: 'google', campaign: null },
  ...{ amount: '12', currency: 'EUR' },
})
const people = Array.from({ length: 400 }, (_none, number) => makePerson(number))
const stored = [0, 1, 2].map((shard) =>
  columnsOf(
    rowsInColumns([
      ...(shard === 0 ? [cost] : []),
      ...people
        .filter((_one, index) => index % 3 === shard)
        .flatMap(({ history }) => rowsOf(history, rules, asked.now)),
    ]),
  ),
)
const report = kpiReport(stored, asked)

const behind = (figure: AskedFigure, period = periodOf(asked)) => {
  const found = peopleBehind(stored, figure, period)
  if ('errors' in found) throw new Error(`${figure.of}: ${found.errors[0]?.message}`)
  return found
}

/** What the figures of all people are together. */
const together = (figure: AskedFigure): number =>
  behind(figure).reduce((sum, one) => sum + Number(one.figure), 0)

const metrics = [
  ...report.funnel.stages.map((stage) => [stage.id, stage.metrics] as const),
  ...report.sales.phases.map((phase) => [phase.id, phase.metrics] as const),
  ['shared', report.shared] as const,
]

describe('the people behind a figure', () => {
  it.each(
    metrics.flatMap(([group, all]) => Object.entries(all).map(([key, figure]) => ({ group, key, figure }))),
  )('add up to $group.$key', ({ group, key, figure }) => {
    const of = `${group}.${key}`
    const unit = definitions.find((one) => one.group === group && one.key === key)?.unit
    switch (unit) {
      case 'rate': {
        const [part, whole] = [together({ of }), together({ of, part: 'denominator' })]
        expect(whole).toBeGreaterThan(0)
        expect(part / whole).toBe(figure)
        break
      }
      case 'count':
      case 'leads':
      case 'seconds':
        // Needs for each lead are a count that is divided as a rate is.
        if (key === 'needsPerLead')
          expect(together({ of }) / together({ of, part: 'denominator' })).toBe(figure)
        else expect(together({ of })).toBeCloseTo(Number(figure), 6)
        break
      default:
        expect(behind({ of }).length > 0).toBe(
          (figure !== null && Object.keys(figure ?? 1).length !== 0) || typeof figure === 'number',
        )
    }
  })

  it('are those of one stage, sequence, email or source', () => {
    for (const { id, entered, current, skipped, conversionFromStart } of report.funnel.stages) {
      expect(together({ of: 'stage.entered', stage: id })).toBe(entered)
      expect(together({ of: 'stage.current', stage: id })).toBe(current)
      expect(together({ of: 'stage.skipped', stage: id })).toBe(skipped)
      const of = 'stage.conversionFromStart'
      const share = together({ of, stage: id }) / together({ of, stage: id, part: 'denominator' })
      expect(share).toBe(conversionFromStart.anyOrder)
    }
    expect(report.sequences.length).toBeGreaterThan(0)
    for (const { id: sequence, emails, ...figures } of report.sequences) {
      for (const [key, figure] of Object.entries(figures))
        expect(together({ of: `sequence.${key}`, sequence })).toBe(figure)
      for (const { email, ...fates } of emails)
        for (const [key, figure] of Object.entries(fates))
          expect(together({ of: `email.${key}`, sequence, email })).toBe(figure)
    }
    for (const { source, campaign, leads, qualified, customers } of report.sources) {
      const from = { source, campaign: campaign ?? '' }
      expect(together({ of: 'source.leads', ...from })).toBe(leads)
      expect(together({ of: 'source.qualified', ...from })).toBe(qualified)
      expect(together({ of: 'source.customers', ...from })).toBe(customers)
    }
  })

  it('are those who submitted a form, and those who confirmed it', () => {
    const did = (type: string, properties: Fact['properties']) =>
      fact(type, type, '04-01T00:00', { form: 'quote', ...properties })
    const log = [did('form.submitted', { fields: {} })]
    const consent = did('consent.granted', { purpose: 'newsletter', confirmed: true, submission: 'x' })
    const told = [leadId, leadIdOf('lead-0002')].flatMap((one, index) =>
      rowsOf(
        { leadId: one, log: index === 0 ? log : [...log, consent], handoffs: [], runs: [], sends: [] },
        rules,
        asked.now,
      ),
    )
    const of = (key: string, form: string) =>
      peopleBehind([columnsOf(rowsInColumns(told))], { of: `form.${key}`, form }, periodOf(asked))
    expect(of('submissions', 'quote')).toEqual([
      { leadId, figure: 1 },
      { leadId: 'lead-0002', figure: 1 },
    ])
    expect(of('confirmations', 'quote')).toEqual([{ leadId: 'lead-0002', figure: 1 }])
    expect(of('submissions', 'newsletter')).toEqual([])
  })

  it('come once each, those with the most first, and nobody of whom nothing counts', () => {
    const visits = behind({ of: 'awareness.visits' })
    expect(new Set(visits.map(({ leadId }) => leadId)).size).toBe(visits.length)
    const figures = visits.map(({ figure }) => Number(figure))
    expect(figures).toEqual(figures.toSorted((a, b) => b - a))
    expect(figures.at(-1)).toBeGreaterThan(0)
  })

  it('are not told of a figure that there is not', () => {
    for (const of of ['', 'leads', 'shared.constructor', 'toString.call', 'stage.entered', 'email.held'])
      expect(peopleBehind(stored, { of }, periodOf(asked))).toHaveProperty('errors')
  })
})
