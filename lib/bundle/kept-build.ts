import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { hashOf } from './kept-folder.ts'

interface Kept<Built> {
  /** Size and time of change of every file that the build was made of, or made. */
  readonly stamps: Readonly<Record<string, string>>
  readonly built: Built
}

const stampOf = async (file: string): Promise<string> => {
  const { size, mtimeMs } = await stat(file).catch(() => ({ size: -1, mtimeMs: 0 }))
  return `${size}-${mtimeMs}`
}

const stampsOf = async (files: readonly string[]): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries(await Promise.all(files.map(async (file) => [file, await stampOf(file)] as const)))

/**
 * Bundling takes seconds, and most syntheses differ from the one before in the playbook alone: a build is used again
 * while every file that it was made of, and every file that it made, is as it was.
 * @param what everything else that it depends on, as text: its name in `folder`.
 * @param build returns the files as well, absolute.
 */
export const keptBuild = async <Built>(
  folder: string,
  what: string,
  build: () => Promise<{ readonly built: Built; readonly files: readonly string[] }>,
): Promise<Built> => {
  const file = join(folder, `${hashOf(what)}.json`)
  const kept = await readKept<Built>(file)
  if (kept) {
    const now = await stampsOf(Object.keys(kept.stamps))
    if (Object.entries(kept.stamps).every(([path, stamp]) => now[path] === stamp)) return kept.built
  }
  const { built, files } = await build()
  await write(file, { stamps: await stampsOf(files), built })
  return built
}

const readKept = async <Built>(file: string): Promise<Kept<Built> | undefined> => {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : JSON.parse(text)
}

/** Beside, then moved: another synthesis at the same time reads a whole one or none. */
const write = async (file: string, kept: Kept<unknown>): Promise<void> => {
  const fresh = `${file}.${randomUUID()}`
  await mkdir(dirname(file), { recursive: true })
  await writeFile(fresh, JSON.stringify(kept))
  await rename(fresh, file)
}
