import { expect, test } from 'vitest'
import { noRows, replaceRows } from '../../../domain/kpi/replace-rows.ts'
import type { Row } from '../../../domain/kpi/row.ts'
import { fingerprintsIn, readRows, writeRows } from '../../../functions/adapters/row-files.ts'
import { makeRow } from '../../domain/support/make-row.ts'

const row = (changes: Partial<Row> = {}): Row =>
  makeRow({
    lead: 'lead-0001',
    source: 'google',
    happenedAt: Date.parse('2026-03-01T10:00:00.123Z'),
    ...changes,
  })

const stored = (rows: readonly Row[]) =>
  replaceRows(noRows, new Set([null, 'lead-0001', 'lead-0002']), rows) ?? noRows

test('fingerprints of other rows are read with them; files of before have none', () => {
  const fingerprints = new Map([['lead-0001', '1x-y2']])
  expect(fingerprintsIn(writeRows(stored([row()]), fingerprints))).toEqual(fingerprints)
  expect(fingerprintsIn(writeRows(noRows))).toEqual(new Map())
})

test.each([
  ['none', []],
  [
    'what is there and what is not',
    [row(), row({ campaign: 'Frühling', until: 0, next: 1, first: 2, value: 3 })],
  ],
  [
    'an amount of more digits than a number holds',
    [row({ amount: 9_999_999_999_999_999_999n, currency: 'CLF' })],
  ],
  ['half a point', [row({ value: 1_234_567 }), row({ value: Number.MAX_SAFE_INTEGER })]],
  ['a moment before 1970', [row({ happenedAt: -1 })]],
  ['a cost of nobody', [row({ lead: null, kind: 'cost', amount: 0n, currency: 'EUR' })]],
  ['many', Array.from({ length: 3_000 }, (_, n) => row({ n, happenedAt: 1_790_000_000_000 + 7 * n }))],
])('rows come out of a file as they went in: %s', async (_, rows) => {
  const columns = stored(rows)
  expect(await readRows(writeRows(columns))).toEqual(columns)
})

test('what is no file of rows is refused', async () => {
  await expect(readRows(new TextEncoder().encode('PAR1 and nothing else'))).rejects.toThrow()
})
