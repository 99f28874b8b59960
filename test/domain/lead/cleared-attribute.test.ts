import { expect, test } from 'vitest'
import { explain } from '../../../domain/lead/explain.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { Json } from '../../../domain/model/json.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { fact } from '../support/facts.ts'
import { makePlaybook } from '../support/make-playbook.ts'

const rules = compileRules(
  makePlaybook({
    scoring: {
      ...makePlaybook().scoring,
      engagement: [],
      fit: [
        { id: 'has', when: 'has(lead.company)', points: 1 },
        { id: 'unequal', when: 'lead.company != "Kern"', points: 2 },
        { id: 'in', when: '!(lead.company in ["Kern"])', points: 4 },
        { id: 'empty', when: 'lead.company == ""', points: 8 },
        { id: 'big', when: 'lead.employees >= 100', points: 16 },
        { id: 'old', when: 'lead.age >= 18', points: 32 },
      ],
    },
  }),
)
const explained = (fields: Record<string, Json>) => {
  const facts = [
    fact('a', 'profile.updated', '03-01T08:00', { fields: { company: 'Sohn' } }),
    fact('b', 'profile.updated', '03-02T08:00', { fields }),
  ]
  expect(foldLead(facts, rules)).toBeDefined()
  const { rules: rows, notCounted } = explain(facts, rules, '2026-03-03T00:00:00.000Z')
  return { held: rows.map(({ rule }) => rule), notCounted }
}
const without = explained({ other: 1 }).held

test.each([[null], [''], ['  ']])('a company of %j is not there, for whatever asks', (company) => {
  const { held } = explained({ company })
  expect(held).not.toContain('has')
  expect(held).not.toContain('unequal')
  expect(held).not.toContain('empty')
  expect(without).toContain('has')
})

test('a number of employees may come as a text', () => {
  expect(explained({ employees: '250' }).held).toContain('big')
  expect(explained({ employees: '1.000' }).held).not.toContain('big')
})

test('the explanation says which fit rule could not be judged, and why', () => {
  expect(explained({ age: '42' }).notCounted).toMatchObject([
    { rule: 'old', reason: expect.stringContaining('text') },
  ])
})
