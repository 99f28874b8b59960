import { Environment } from '@marcbachmann/cel-js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ask, contextOf } from './given-context.ts'

const environment = new Environment({ homogeneousAggregateLiterals: false }).registerVariable(
  'lead',
  'map<string, dyn>',
)

const { text, flag, condition } = fc.letrec<{
  number: string
  text: string
  flag: string
  condition: string
}>((tie) => ({
  number: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('lead.a', 'lead.b', '0.0', '1.0', '2.5', '-3.0'),
    fc
      .tuple(tie('number'), fc.constantFrom('+', '-', '*'), tie('number'))
      .map(([a, operator, b]) => `(${a} ${operator} ${b})`),
    fc.tuple(tie('flag'), tie('number'), tie('number')).map(([test, a, b]) => `(${test} ? ${a} : ${b})`),
  ),
  text: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('lead.s', 'lead.list[0]', '"x"', '"xy"', "''"),
    fc.tuple(tie('text'), tie('text')).map(([a, b]) => `(${a} + ${b})`),
    tie('text').map((a) => `${a}.upperAscii()`),
  ),
  flag: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(
      'true',
      'lead.f',
      'has(lead.a)',
      'has(lead.none)',
      '"x" in lead.list',
      'lead.list.exists(e, e == "x")',
    ),
    fc
      .tuple(tie('number'), fc.constantFrom('<', '<=', '>', '>=', '==', '!='), tie('number'))
      .map((part) => part.join(' ')),
    fc.tuple(tie('text'), fc.constantFrom('<', '==', '!='), tie('text')).map((part) => part.join(' ')),
    fc
      .tuple(tie('text'), fc.constantFrom('startsWith', 'endsWith', 'contains'), tie('text'))
      .map(([a, name, b]) => `${a}.${name}(${b})`),
    fc.tuple(tie('text'), tie('text'), tie('text')).map(([a, b, c]) => `${a} in [${b}, ${c}]`),
    fc.tuple(tie('text'), tie('number')).map(([a, b]) => `size(${a}) >= ${b}`),
  ),
  condition: fc.oneof(
    { depthSize: 'small' },
    tie('flag'),
    fc
      .tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition'))
      .map(([a, operator, b]) => `(${a} ${operator} ${b})`),
    tie('condition').map((a) => `!(${a})`),
  ),
}))

const lead = fc.record({
  a: fc.constantFrom(0, 1, 2.5, -3, 1e6),
  b: fc.constantFrom(0, 1, 7),
  s: fc.constantFrom('', 'x', 'xyz', 'ÄX'),
  f: fc.boolean(),
  list: fc.constantFrom(['x'], ['y', 'x'], ['']),
})

test('where nothing is missing, conditions come out as the CEL library evaluates them', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        condition,
        flag,
        text.map((a) => `${a} != "x"`),
      ),
      lead,
      (source, attributes) => {
        expect(ask(source, contextOf(attributes))).toBe(environment.evaluate(source, { lead: attributes }))
      },
    ),
    { numRuns: 1000 },
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
    { numRuns: 1000 },
  )
})
