import { afterAll, beforeAll, expect, test } from 'vitest'
import { dynamoAssets } from '../../../functions/adapters/dynamo-assets.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

let table: TestTable
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

const [one, other] = ['a', 'b'].map((letter) => `${letter.repeat(32)}.png`) as [string, string]
const picture = new Uint8Array([1, 2, 3])
const assets = (...bundled: readonly string[]) =>
  dynamoAssets({ ...table, bundled: new Map(bundled.map((name) => [name, picture])) })

test('what came with a deployment is kept for emails that are out when the next one comes', async () => {
  const before = assets(one, other)
  expect(await before.read(one)).toEqual(picture)
  await before.keep([one])
  const after = assets()
  expect(await after.read(one)).toEqual(picture)
  expect(await after.has(one)).toBe(true)
  // No email has shown it.
  expect(await after.read(other)).toBeUndefined()
})

test('what is sent is there at once, for everybody, and once', async () => {
  await assets().store(other, picture)
  await assets().store(other, picture)
  expect(await assets().read(other)).toEqual(picture)
  expect(await assets().has(`${'c'.repeat(32)}.png`)).toBe(false)
})
