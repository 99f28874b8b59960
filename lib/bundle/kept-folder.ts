import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Longer than any synthesis takes that still needs its folder. */
const keptMs = 24 * 60 * 60 * 1000

/** As much of a hash as tells the folders of one name apart. */
export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)

/** Puts off that the folder is removed. @returns whether it is there. */
export const stillUsed = async (folder: string): Promise<boolean> => {
  const now = new Date()
  return utimes(folder, now, now).then(
    () => true,
    () => false,
  )
}

/** @param texts by the name of their file. */
export const writeFiles = async (folder: string, texts: Readonly<Record<string, string>>): Promise<void> => {
  await Promise.all(Object.entries(texts).map(([file, text]) => writeFile(join(folder, file), text)))
}

/**
 * Keeps a folder by its content, whole or not at all: it is filled beside and moved to its place. Folders of the same name that
 * nobody has asked for in a day are removed.
 * @param content what tells it from other folders of the name.
 * @param fill puts the files into an empty folder; not called where the content is kept already.
 * @returns the folder: `<outDir>/<name>-<hash of the content>`.
 */
export const keepFolder = async (
  outDir: string,
  name: string,
  content: string,
  fill: (fresh: string) => Promise<void>,
): Promise<string> => {
  const kept = join(outDir, `${name}-${hashOf(content)}`)
  if (await stillUsed(kept)) return kept
  await mkdir(outDir, { recursive: true })
  const fresh = await mkdtemp(join(outDir, 'fresh-'))
  await fill(fresh)
  await rename(fresh, kept).catch(async (error: unknown) => {
    await rm(fresh, { recursive: true })
    if (!wasThere(error)) throw error
  })
  await removeOld(outDir, name)
  return kept
}

const wasThere = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST')

const removeOld = async (outDir: string, name: string): Promise<void> => {
  const now = Date.now()
  for (const folder of await readdir(outDir)) {
    if (!folder.startsWith(`${name}-`) && !folder.startsWith('fresh-')) continue
    const path = join(outDir, folder)
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: now }))
    if (now - mtimeMs > keptMs) await rm(path, { recursive: true, force: true })
  }
}
