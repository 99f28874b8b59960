import { describe, expect, test } from 'vitest'
import { leadShards, noRows, replaceRows, shardOf } from '../../../domain/kpi/replace-rows.ts'
import type { Row, RowColumns } from '../../../domain/kpi/row.ts'
import { parseLeadId } from '../../../domain/model/activity.ts'
import { makeRow } from '../support/make-row.ts'

const row = (lead: string, happenedAt: number, changes: Partial<Row> = {}): Row =>
  makeRow({ lead, happenedAt, ...changes })

const replaced = (from: RowColumns, leads: readonly string[], rows: readonly Row[]): RowColumns =>
  replaceRows(from, new Set(leads), rows) ?? from

const told = ({ lead, happenedAt }: RowColumns) =>
  Array.from(lead, (one, place) => `${one} ${happenedAt[place]}`)

const both = replaced(noRows, ['anna', 'bea'], [row('anna', 3), row('anna', 1), row('bea', 2)])

describe('the rows of a shard', () => {
  test('stand in one order, whoever they are of', () => {
    expect(told(both)).toEqual(['anna 1', 'bea 2', 'anna 3'])
  })

  test('are those that a lead has now, and leave the others alone', () => {
    expect(told(replaced(both, ['anna'], [row('anna', 4)]))).toEqual(['bea 2', 'anna 4'])
    expect(told(replaced(both, ['anna'], []))).toEqual(['bea 2'])
    expect(told(replaced(both, ['carl'], [row('carl', 2, { kind: 'lead' })]))).toEqual([
      'carl 2',
      'anna 1',
      'bea 2',
      'anna 3',
    ])
  })

  test('are not written again where nothing has changed', () => {
    expect(replaceRows(both, new Set(['anna']), [row('anna', 1), row('anna', 3)])).toBeUndefined()
    expect(replaceRows(both, new Set(['carl']), [])).toBeUndefined()
    expect(replaceRows(both, new Set(['anna']), [row('anna', 1), row('anna', 3, { n: 2 })])).toBeDefined()
  })
})

test('leads are spread evenly', () => {
  const counts = new Map<number, number>()
  for (let n = 0; n < 6_400; n += 1) {
    const leadId = parseLeadId(`lead-${String(n).padStart(6, '0')}`)
    if (leadId) counts.set(shardOf(leadId), (counts.get(shardOf(leadId)) ?? 0) + 1)
  }
  expect(counts.size).toBe(leadShards)
  expect(Math.max(...counts.values())).toBeLessThan(150)
})
