import { describe, expect, test } from 'vitest'
import { unequalAttributes } from '../../../domain/condition/slips.ts'
import { ask, contextOf } from './given-context.ts'

const holdsFor = (source: string, attributes: Readonly<Record<string, boolean>>): boolean =>
  ask(source, contextOf(attributes))

describe('a condition that leaves out who lacks an attribute', () => {
  test.each([
    ['lead.skip != true', 0, '!has(lead.skip) || lead.skip != true'],
    ['consented && lead.country != "DE"', 13, '!has(lead.country) || lead.country != "DE"'],
    ['true != lead["skip"]', 0, '!has(lead.skip) || true != lead["skip"]'],
  ])('is told: %s', (source, offset, instead) => {
    expect(unequalAttributes(source)).toEqual([
      { message: expect.stringContaining(`to mean those as well: ${instead}`), offset, severity: 'warning' },
    ])
  })

  test.each([
    '!has(lead.skip) || lead.skip != true',
    'has(lead.skip) && lead.skip != true',
    'lead.employees > 5 && lead.employees != 7',
    '!(lead.skip == true)',
    '!(lead.skip != true)',
    'lead.phone != ""',
    'lead.email != "a@example.com"',
    'stage != "intent"',
    'count("page.viewed") != 3',
  ])('is not told: %s', (source) => {
    expect(unequalAttributes(source)).toEqual([])
  })
})

test('what is told is so, and what is to be written instead means all but those', () => {
  const instead = ['!has(lead.skip) || lead.skip != true', '!(lead.skip == true)']
  expect(holdsFor('lead.skip != true', {})).toBe(false)
  for (const source of instead)
    expect([
      holdsFor(source, {}),
      holdsFor(source, { skip: false }),
      holdsFor(source, { skip: true }),
    ]).toEqual([true, true, false])
})
