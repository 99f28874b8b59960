import { createRequire } from 'node:module'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type FieldTypes, wellTyped } from '../../../local/engines/well-typed.ts'

const load = createRequire(import.meta.url)
const { checkTypes } = load('dynalite/validations') as {
  checkTypes(data: object, types: FieldTypes): object
}
const typesOf = (operation: string) =>
  (load(`dynalite/validations/${operation}`) as { types: FieldTypes }).types

const name = fc.string({ maxLength: 4 }).filter((text) => text !== '__proto__')

/** Mostly values as DynamoDB has them; some with a fault. */
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { arbitrary: fc.record({ S: fc.string() }), weight: 20 },
    fc.record({ N: fc.integer().map(String) }),
    fc.record({ BOOL: fc.boolean() }),
    fc.record({ NULL: fc.constant(true) }),
    fc.record({ SS: fc.array(fc.string()) }),
    fc.record({ B: fc.constant('YQ==') }),
    fc.record({ L: fc.array(tie('value'), { maxLength: 3 }) }),
    fc.record({ M: fc.dictionary(name, tie('value'), { maxKeys: 3 }) }),
    fc.constantFrom<unknown>(
      {},
      { S: 1 },
      { S: null },
      { S: 'a', N: '1' },
      { BOOL: 'true' },
      { L: {} },
      { X: '' },
      [],
      1,
    ),
  ),
}))

const item = fc.dictionary(name, value, { maxKeys: 4 })
const inputs: Readonly<Record<string, fc.Arbitrary<object>>> = {
  putItem: fc.record(
    {
      TableName: fc.constant('Table'),
      Item: item,
      Expected: fc.dictionary(
        name,
        fc.constantFrom<unknown>({ Exists: false }, { Exists: true }, { Exists: 'no' }),
        {
          maxKeys: 2,
        },
      ),
    },
    { requiredKeys: ['TableName'] },
  ),
  batchWriteItem: fc.record({
    RequestItems: fc.dictionary(
      name,
      fc.array(
        fc.oneof(
          fc.record({ PutRequest: fc.record({ Item: item }) }),
          fc.record({ DeleteRequest: fc.record({ Key: item }) }),
        ),
      ),
      { maxKeys: 2 },
    ),
  }),
  query: fc.record(
    {
      TableName: fc.constant('Table'),
      Limit: fc.constantFrom<unknown>(1, 1.5, '1'),
      AttributesToGet: fc.array(fc.constantFrom<unknown>('a', 1, null), { maxLength: 2 }),
      ExclusiveStartKey: item,
    },
    { requiredKeys: [] },
  ),
}

const without = (data: object): object => JSON.parse(JSON.stringify(data))

describe('what is well typed', () => {
  test.each(Object.entries(inputs))('goes through the checks of %s as it is', (operation, arbitrary) => {
    const types = typesOf(operation)
    const isWellTyped = wellTyped(types)
    let found = 0
    fc.assert(
      fc.property(arbitrary, (input) => {
        const data = without(input)
        if (!isWellTyped(data)) return
        found += 1
        expect(checkTypes(without(data), types)).toEqual(data)
      }),
      { numRuns: 500 },
    )
    expect(found).toBeGreaterThan(50)
  })

  test.each<[string, string, object]>([
    ['a field that there is not', 'getItem', { TableName: 'Table', Keys: {} }],
    ['a value of no type', 'putItem', { TableName: 'Table', Item: { a: {} } }],
    ['a value of two types', 'putItem', { TableName: 'Table', Item: { a: { S: '1', N: '1' } } }],
    ['a number that is no text', 'putItem', { TableName: 'Table', Item: { a: { N: 1 } } }],
    ['a number within a list', 'putItem', { TableName: 'Table', Item: { a: { L: [{ S: 'a' }, 1] } } }],
    ['bytes', 'putItem', { TableName: 'Table', Item: { a: { B: 'a' } } }],
    ['half a number', 'query', { TableName: 'Table', Limit: 1.5 }],
    ['nothing', 'query', { TableName: 'Table', Limit: null }],
  ])('is not %s', (_what, operation, input) => {
    expect(wellTyped(typesOf(operation))(input)).toBe(false)
  })
})
