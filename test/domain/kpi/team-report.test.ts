import { describe, expect, test } from 'vitest'
import { columnsOf, rowsInColumns } from '../../../domain/kpi/columns.ts'
import type { Row } from '../../../domain/kpi/row.ts'
import { periodNamed, teamReport } from '../../../domain/kpi/team-report.ts'
import { reportEmail } from '../../../domain/kpi/team-report-email.ts'
import { makePlaybook } from '../support/make-playbook.ts'

const row = (kind: Row['kind'], day: string, changes: Partial<Row> = {}): Row => ({
  lead: `lead-of-${day}`,
  source: 'google',
  campaign: null,
  kind,
  happenedAt: Date.parse(`2026-${day}T09:00:00.000Z`),
  until: null,
  next: null,
  first: null,
  value: null,
  key: null,
  n: 1,
  amount: null,
  currency: null,
  ...changes,
})

const reportOf = (rows: readonly Row[], name = '2026-03') => {
  const period = periodNamed(name)
  if (!period) throw new Error('no such period')
  const asked = { zone: 'UTC', now: '2026-06-01T00:00:00.000Z' }
  return teamReport([columnsOf(rowsInColumns(rows))], period, asked)
}

const { settings } = makePlaybook()
const letterhead = {
  ...settings,
  reject: { 'not-now': { type: 'close' as const, label: { de: 'Noch nicht', en: 'Not <yet>' } } },
}

describe('a period', () => {
  test.each([
    ['2026-11', '2026-11-01', '2026-12-01', '2026-10-01'],
    ['2026-01', '2026-01-01', '2026-02-01', '2025-12-01'],
    ['2026-W01', '2025-12-29', '2026-01-05', '2025-12-22'],
    ['2026-W53', '2026-12-28', '2027-01-04', '2026-12-21'],
  ])('%s lasts from %s to %s, after that of %s', (name, from, to, before) => {
    expect(periodNamed(name)).toMatchObject({ name, from, to, before })
  })

  test.each(['2025-W53', '2026-W00', '2026-00', '2026-13', '2026', '26-11', '2026-W1'])(
    'is not called %s',
    (name) => {
      expect(periodNamed(name)).toBeUndefined()
    },
  )
})

describe('the report to both teams', () => {
  const rows = [
    row('known', '02-10'),
    row('known', '03-10'),
    row('known', '03-11'),
    row('accepted', '03-12'),
    row('rejected', '02-12', { key: 'no-budget' }),
    row('rejected', '03-12', { key: 'not-now' }),
    row('rejected', '03-13', { key: 'not-now' }),
    row('rejected', '03-14', { key: 'wrong-fit' }),
    row('purchase', '03-15', { key: 'deal', amount: 12_500_100n, currency: 'EUR', first: 0 }),
  ]

  test('sets a figure beside that of the period before', () => {
    const { figures } = reportOf(rows)
    expect(figures.find(({ key }) => key === 'leads')).toMatchObject({ value: 2, before: 1 })
    expect(figures.find(({ group }) => group === 'closing')).toMatchObject({ value: 1 })
  })

  test('says why sales did not want leads, what was said most often first', () => {
    expect(reportOf(rows).quality).toEqual({
      accepted: 1,
      rejected: 3,
      reasons: [
        { reason: 'not-now', count: 2, before: 0 },
        { reason: 'wrong-fit', count: 1, before: 0 },
        { reason: 'no-budget', count: 0, before: 1 },
      ],
    })
  })

  test('is written for people, in their language, by the names that the playbook gives', () => {
    const german = reportEmail(reportOf(rows), letterhead, 'de')
    expect(german.subject).toBe('Zahlen für Marketing und Vertrieb: Monat 2026-03')
    expect(german.text).toMatch(/Noch nicht +2 +0 +\+2/)
    expect(german.text).toMatch(/wrong-fit +1/)
    expect(german.text).toContain('1 angenommen, 3 abgelehnt')
    expect(german.text).toMatch(/1\.250,01\s€/)
    const english = reportEmail(reportOf(rows), letterhead, 'en')
    expect(english.html).toContain('Not &lt;yet&gt;')
    expect(english.html).toContain('<html lang="en">')
  })

  test('says so where there was nothing', () => {
    const { text } = reportEmail(reportOf([]), letterhead, 'en')
    expect(text).toContain('Sales answered no handoff.')
    expect(text).toContain('Nobody came.')
  })
})
