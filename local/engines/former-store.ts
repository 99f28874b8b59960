import { existsSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { EntryStore } from './entry-store.ts'

/** LevelDB, in whose files items were kept before SQLite. */
interface Level {
  iterator(): AsyncIterable<readonly [key: string, value: unknown]>
  close(): Promise<void>
}
interface DynaliteDb {
  create(options: { readonly path: string }): { readonly db: Level }
}

const load = createRequire(import.meta.url)

const isTheirs = (name: string): boolean =>
  /^(LOCK|LOG|LOG\.old|MANIFEST-\d+|\d+\.(ldb|log|sst|dbtmp))$/.test(name)

/** Moves what an earlier release kept in `folder` into the store of this one. Whoever dies over it begins again. */
export async function takeOver(folder: string, store: EntryStore): Promise<void> {
  const root = join(folder, 'CURRENT')
  if (existsSync(root)) {
    const { create }: DynaliteDb = load('dynalite/db')
    const { db } = create({ path: folder })
    await store.written(async () => {
      for await (const [key, value] of db.iterator()) store.put(key, JSON.stringify(value))
    })
    await db.close()
    // The others are worth nothing without it, and it cannot be opened without them.
    rmSync(root)
  }
  for (const name of readdirSync(folder)) if (isTheirs(name)) rmSync(join(folder, name))
}
