import { expect, it } from 'vitest'
import { compileCondition } from '../../../domain/condition/compile-condition.ts'

it.each([
  ['lead.employees = 20', 15, 'equal is =='],
  ['score >= 60 AND consented', 12, '"AND" is written &&'],
  ['score >= 60 und consented', 12, '"und" is written &&'],
  ['score >= 60 or consented', 12, '"or" is written ||'],
  ['score >= 60 ODER consented', 12, '"ODER" is written ||'],
  ['not did("a.b")', 0, '"not" is written !'],
  ['nicht consented', 0, '"nicht" is written !'],
  ['score <> 3', 6, 'not equal is !='],
  ['score => 3', 6, 'greater or equal is >='],
  ['score =< 3', 6, 'less or equal is <='],
  ['score ≥ 3', 6, 'greater or equal is >='],
  ['lead.country === "DE"', 13, 'equal is ==, not equal is !=: without the third sign of ==='],
  ['consented & score > 3', 10, 'and is &&'],
  ['did(„trial.booked“)', 4, 'texts stand in straight quotes: "'],
  ['did("trial.booked")) && consented', 19, ') closes nothing'],
  ['did("trial.booked" && consented', 3, '( is not closed'],
  ['did("trial.booked) && consented', 4, 'the text that begins here has no end: " is missing'],
  ['score > 2,5', 8, 'a decimal is written with a point: 2.5'],
  ['score >', 7, 'something is missing here: the condition ends too early'],
])('%s is told in our own words', (source, offset, message) => {
  expect(compileCondition(source, 'lead')).toMatchObject({ type: 'fault', offset, message })
})

it.each([
  'lead.text == "this and that or = not <>"',
  'lead.country in ["DE", "AT"] && count("a.b") > 2',
  'lead.orders == 1 || lead.notable == true',
])('%s is none', (source) => {
  expect(compileCondition(source, 'lead').type).toBe('condition')
})
