import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { EntryStore } from '../../../local/engines/entry-store.ts'
import { takeOver } from '../../../local/engines/former-store.ts'

const root = mkdtempSync(join(tmpdir(), 'trichter-former-'))
afterAll(() => rmSync(root, { recursive: true }))
const newFolder = (): string => mkdtempSync(join(root, 'data-'))

const makeLevel = async (folder: string): Promise<void> => {
  const { create } = createRequire(import.meta.url)('dynalite/db')
  const { db } = create({ path: folder })
  for (let index = 0; index < 300; index += 1) await db.put(`key-${index}`, { index })
  await db.close()
}

it('takes over what LevelDB kept, once', async () => {
  const folder = newFolder()
  await makeLevel(folder)
  const store = new EntryStore(folder)
  await takeOver(folder, store)
  expect(JSON.parse(store.get('key-299') ?? '')).toEqual({ index: 299 })
  store.delete('key-299')
  await takeOver(folder, store)
  expect(store.get('key-299')).toBeUndefined()
  expect(store.read({}, 1_000)).toHaveLength(299)
  store.close()
  expect(readdirSync(folder)).toEqual(['entries.sqlite'])
})

it('deletes what is left of LevelDB where somebody died over that', async () => {
  const folder = newFolder()
  await makeLevel(folder)
  rmSync(join(folder, 'CURRENT'))
  const store = new EntryStore(folder)
  await takeOver(folder, store)
  expect(store.read({}, 1_000)).toEqual([])
  store.close()
  expect(readdirSync(folder)).toEqual(['entries.sqlite'])
})
