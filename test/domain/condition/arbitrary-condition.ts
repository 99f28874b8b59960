import fc from 'fast-check'

/** Source texts of conditions about the attributes that `anyLead` has; without division, and with no name that is not there. */
export const { text, flag, condition } = fc.letrec<{
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

export const anyLead = fc.record({
  a: fc.constantFrom(0, 1, 2.5, -3, 1e6),
  b: fc.constantFrom(0, 1, 7),
  s: fc.constantFrom('', 'x', 'xyz', 'ÄX'),
  f: fc.boolean(),
  list: fc.constantFrom(['x'], ['y', 'x'], ['']),
})
