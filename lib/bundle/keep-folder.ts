import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface Bundle {
  /** Folder with `index.mjs`, `index.mjs.map` and `playbook.json`. */
  readonly folder: string
  /** What of which source is in `index.mjs`, as esbuild tells it. */
  readonly metafile: string
}

/** Longer than any synthesis takes that still needs its folder. */
const keptMs = 24 * 60 * 60 * 1000

/**
 * Puts files into a folder named by their content, at once or not at all: they are written beside and moved there.
 * Folders of the same name that nobody has asked for in a day are removed.
 */
export const keepFolder = async (
  outDir: string,
  name: string,
  files: Readonly<Record<string, string>>,
  metafile: string,
): Promise<Bundle> => {
  const hash = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16)
  const kept = join(outDir, `${name}-${hash}`)
  const bundle = { folder: join(kept, 'asset'), metafile: join(kept, 'metafile.json') }
  await mkdir(outDir, { recursive: true })
  const now = new Date()
  const there = await utimes(kept, now, now).then(
    () => true,
    () => false,
  )
  if (there) return bundle
  const fresh = await mkdtemp(join(outDir, 'fresh-'))
  await mkdir(join(fresh, 'asset'))
  for (const [file, text] of Object.entries(files)) await writeFile(join(fresh, 'asset', file), text)
  await writeFile(join(fresh, 'metafile.json'), metafile)
  await rename(fresh, kept).catch(async (error: unknown) => {
    await rm(fresh, { recursive: true })
    if (!wasThere(error)) throw error
  })
  await removeOld(outDir, name, now)
  return bundle
}

const wasThere = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST')

const removeOld = async (outDir: string, name: string, now: Date): Promise<void> => {
  for (const folder of await readdir(outDir)) {
    if (!folder.startsWith(`${name}-`) && !folder.startsWith('fresh-')) continue
    const path = join(outDir, folder)
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: now.getTime() }))
    if (now.getTime() - mtimeMs > keptMs) await rm(path, { recursive: true, force: true })
  }
}
