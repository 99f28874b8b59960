import { afterAll, beforeAll, expect, it } from 'vitest'
import { dynamoImports } from '../../../functions/adapters/dynamo-imports.ts'
import { importWorld } from '../import/import-world.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

let table: TestTable
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

it('keeps an import in the table: rows until they are taken, then what became of them, and takes it back', async () => {
  const imports = dynamoImports(table.client, table.tableName)
  const world = importWorld(imports)
  const rows = Array.from(
    { length: 700 },
    (_, index) => [index + 2, { Mail: index % 5 === 0 ? 'nobody' : `p${index}@example.com` }] as const,
  )
  const id = await world.begin()
  await world.rows(id, rows.slice(0, 500))
  await world.settle()
  await world.rows(id, rows.slice(300), true)
  await world.settle(2)
  const shown = await world.show(id)
  expect(shown).toMatchObject({
    state: 'done',
    rows: 700,
    created: 560,
    updated: 0,
    unchanged: 0,
    rejectedRows: 140,
  })
  expect(shown.rejected).toHaveLength(140)
  expect((await imports.rejected(id, 2, 12)).map(({ line }) => line)).toEqual([17, 22])
  for (let lane = 0; lane < 4; lane += 1) expect(await imports.firstWaiting(id, lane, 5)).toEqual([])
  const second = await world.begin()
  expect((await imports.page({ limit: 10 })).items.map(({ importId }) => importId).sort()).toEqual([
    id,
    second,
  ])
  await world.call(`/api/imports/${id}/undo`, {})
  await world.settle()
  expect(await world.show(id)).toMatchObject({ state: 'undone' })
  const asked = world.bus.published.filter(({ type }) => type === 'ErasureRequested')
  expect(new Set(asked.map(({ leadId }) => leadId)).size).toBe(560)
})
