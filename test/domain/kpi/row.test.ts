import { expect, expectTypeOf, it } from 'vitest'
import {
  type Asked,
  type ColumnType,
  type Grouping,
  groupings,
  type History,
  type KpiSend,
  type Row,
  type RowColumns,
  type RowKind,
  rowColumns,
  rowKinds,
} from '../../../domain/kpi/row.ts'

it('has a column for each property, of a type that sums exactly', () => {
  expectTypeOf<(typeof rowColumns)[number]['name']>().toEqualTypeOf<keyof Row>()
  expectTypeOf<(typeof rowColumns)[number]['type']>().toEqualTypeOf<ColumnType>()
  expectTypeOf<RowColumns['amount'][number]>().toEqualTypeOf<bigint | null>()
  expectTypeOf<Asked['by']>().toEqualTypeOf<Grouping | undefined>()
  expectTypeOf<History['sends'][number]>().toEqualTypeOf<KpiSend>()
  expect(rowColumns.map(({ name }) => name).toSorted()).toEqual([
    ...['amount', 'campaign', 'currency', 'first', 'happenedAt', 'key', 'kind', 'lead', 'n', 'next'],
    ...['source', 'until', 'value'],
  ])
})

it('names each kind once', () => {
  expectTypeOf<(typeof rowKinds)[number]>().toEqualTypeOf<RowKind>()
  expect(new Set(rowKinds).size).toBe(rowKinds.length)
  expect(groupings).toEqual(['source', 'campaign', 'week', 'month'])
})
