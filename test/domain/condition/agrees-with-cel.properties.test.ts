import { Environment } from '@marcbachmann/cel-js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '../../support/runs.ts'
import { anyLead, condition, flag, text } from './arbitrary-condition.ts'
import { ask, contextOf } from './given-context.ts'

const environment = new Environment({ homogeneousAggregateLiterals: false }).registerVariable(
  'lead',
  'map<string, dyn>',
)

test('where nothing is missing, conditions come out as the CEL library evaluates them', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        condition,
        flag,
        text.map((a) => `${a} != "x"`),
      ),
      anyLead,
      (source, attributes) => {
        expect(ask(source, contextOf(attributes))).toBe(environment.evaluate(source, { lead: attributes }))
      },
    ),
    { numRuns: runs(1000) },
  )
})

test('no condition throws, whatever the attributes are', () => {
  fc.assert(
    fc.property(
      condition,
      fc.dictionary(fc.constantFrom('a', 'b', 's', 'f', 'list'), fc.jsonValue()),
      (source, attributes) => {
        expect(typeof ask(source, contextOf(JSON.parse(JSON.stringify(attributes))))).toBe('boolean')
      },
    ),
    { numRuns: runs(1000) },
  )
})
