import { expect, it } from 'vitest'
import { columnsOf, rowsInColumns } from '../../../domain/kpi/columns.ts'
import { definitions } from '../../../domain/kpi/definitions.ts'
import { kpiReport } from '../../../domain/kpi/report.ts'
import { spokenLanguages } from '../../../domain/texts/texts.ts'

const of = (group: string) => definitions.filter((one) => one.group === group).map(({ key }) => key)

it('defines every figure of the report once, in its order', () => {
  const asked = { from: '2026-03-01', to: '2026-03-02', zone: 'UTC', now: '2026-06-01T00:00:00.000Z' }
  const { funnel, sales, shared, attribution } = kpiReport([columnsOf(rowsInColumns([]))], asked)
  for (const { id, metrics } of [...funnel.stages, ...sales.phases])
    expect(of(id)).toEqual(Object.keys(metrics))
  expect(of('shared')).toEqual(Object.keys(shared))
  expect(of('attribution')).toEqual(Object.keys(attribution))
  const { id: _id, metrics: _metrics, ...stage } = funnel.stages[0] ?? {}
  expect(of('stage').toSorted()).toEqual(Object.keys(stage).toSorted())
  expect(of('velocity')).toEqual(Object.keys(sales.velocity))
  expect(new Set(definitions.map(({ group, key }) => `${group}.${key}`)).size).toBe(definitions.length)
})

it('says in every language what counts, and of a rate what is divided by what', () => {
  for (const { group, key, unit, numerator, denominator, ...words } of definitions) {
    const of = `${group}.${key}`
    const texts = [
      words.label,
      words.counts,
      words.leavesOut,
      ...(unit === 'rate' ? [numerator, denominator] : []),
    ]
    for (const text of texts)
      expect(Object.keys(text ?? {}).toSorted(), of).toEqual(spokenLanguages.toSorted())
    for (const { en, de } of [words.counts, words.leavesOut]) {
      expect(en, of).toMatch(/\.$/)
      expect(de, of).toMatch(/\.$/)
      expect(en, of).not.toBe(de)
    }
    expect(numerator === undefined, of).toBe(unit !== 'rate')
  }
})

it('says what decays how fast', () => {
  const decay = definitions.find(({ group, key }) => group === 'attribution' && key === 'decay')
  expect(decay?.counts).toEqual({
    en: expect.stringContaining('7 days'),
    de: expect.stringContaining('7 Tagen'),
  })
})
