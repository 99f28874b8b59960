import { expect, test } from 'vitest'
import { bareValues } from '../../../domain/condition/slips.ts'

test.each([
  ['activity.path', [0]],
  ['lead.flag && score > 1', [0]],
  ['score > 1 || (lead.flag)', [14]],
  ['!lead.flag', [1]],
  ['lead.a && !(lead.b || lead["c"])', [0, 12, 22]],
  ['lead.a ? lead.b : consented', [0, 9]],
  ['lead.tags.exists(t, t)', [20]],
  ['lead.tags.filter(t, lead.x).size() > 1', [20]],
  ['lead.tags.map(t, t.x, t.y).size() > 1', [17]],
  ['(lead.a && true) == true', [1]],
  ['[lead.a || true] == [true]', [1]],
  ['dyn(lead.a)', [0]],
])('%s has values where a condition must be, at %j', (source, offsets) => {
  expect(bareValues(source).map(({ offset }) => offset)).toEqual(offsets)
})

test.each([
  'lead.flag == true && has(lead.x) && !has(lead.y)',
  'consented && did("a.b") || stageAtLeast("intent")',
  'lead.tags.exists(t, t == "x") && lead.name.startsWith("A") && lead.name.matches("^A")',
  '"x" in lead.tags && bool(lead.flag)',
  'lead.a > 1 ? lead.b == 2 : false',
  '(lead.a > 1 ? lead.b : lead.c) == 2',
  'lead.tags.map(t, t.x)[0] == 1',
])('%s is fine', (source) => {
  expect(bareValues(source)).toEqual([])
})

test('the advice is one that can be followed', () => {
  expect(bareValues('lead.flag')).toEqual([
    {
      message:
        '"lead.flag" may hold any value and is not a condition: compare it, as in lead.flag == true, or ask has(lead.flag)',
      offset: 0,
    },
  ])
  expect(bareValues('lead.list[0]')[0]?.message).toBe(
    '"lead.list[0]" may hold any value and is not a condition: compare it, as in lead.list[0] == true',
  )
  expect(bareValues('lead.flag == true || has(lead.flag) || lead.list[0] == true')).toEqual([])
})
