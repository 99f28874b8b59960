import { existsSync } from 'node:fs'
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { z } from 'zod'

const begun = z.object({
  importId: z.string(),
  /** Line of the last row that the API has taken. */
  sentTo: z.number(),
  size: z.number(),
  modified: z.number(),
  url: z.string(),
})
export type Begun = z.infer<typeof begun>

/** Stands beside the file while it is sent: an import that was killed goes on. */
const noteOf = (file: string): string => `${file}.import.json`

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * @returns undefined where there is none, or one of another file or system.
 * @throws Error where nobody can tell what it says: whoever began anew could import the file twice.
 */
export const readNote = async (file: string, url: string): Promise<Begun | undefined> => {
  if (!existsSync(noteOf(file))) return undefined
  const note = begun.safeParse(parsed(await readFile(noteOf(file), 'utf8'))).data
  if (!note)
    throw new Error(
      `${noteOf(file)} cannot be read: it says how far an earlier import of this file came. See in the console under imports, or with GET /api/imports, whether that one is over, then delete the note.`,
    )
  const { size, mtimeMs } = await stat(file)
  return note.size === size && note.modified === mtimeMs && note.url === url ? note : undefined
}

/** Whole at any moment: whoever is killed meanwhile leaves the note before. */
export const writeNote = async (file: string, note: Begun): Promise<void> => {
  const next = `${noteOf(file)}.next`
  await writeFile(next, JSON.stringify(note))
  await rename(next, noteOf(file))
}

export const removeNote = async (file: string): Promise<void> => {
  await Promise.all([noteOf(file), `${noteOf(file)}.next`].map((path) => rm(path, { force: true })))
}
