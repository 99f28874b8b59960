import { makeStore } from './store.ts'

/** Texts of files by their path in the playbook. */
export type Files = Readonly<Record<string, string>>

/** What somebody typed and has not saved yet; null: the file is not there. */
interface Edit {
  /** What stood there when they began. */
  readonly original: string | null
  readonly text: string | null
}

export type Edits = Readonly<Record<string, Edit>>

export const textIn = (files: Files, path: string): string | null =>
  Object.hasOwn(files, path) ? (files[path] ?? null) : null

/** What is typed as somebody left it; a file that is as it was is not edited. */
export const withEdit = (edits: Edits, files: Files, path: string, text: string | null): Edits => {
  const { [path]: before, ...others } = edits
  const original = before ? before.original : textIn(files, path)
  return text === original ? others : { ...others, [path]: { original, text } }
}

export const withoutEdit = (edits: Edits, path: string): Edits => {
  const { [path]: _, ...others } = edits
  return others
}

/** Paths that somebody else has changed meanwhile, into something else. */
export const conflictsOf = (edits: Edits, files: Files): readonly string[] =>
  Object.entries(edits)
    .filter(([path, { original, text }]) => {
      const theirs = textIn(files, path)
      return theirs !== original && theirs !== text
    })
    .map(([path]) => path)

/** What saving changes of what stands there. */
export const changesOf = (edits: Edits, files: Files): Readonly<Record<string, string | null>> =>
  Object.fromEntries(
    Object.entries(edits)
      .filter(([path, { text }]) => textIn(files, path) !== text)
      .map(([path, { text }]) => [path, text]),
  )

/** The files as they are with what is typed. */
export const editedFiles = (edits: Edits, files: Files): Files => {
  const untouched = Object.entries(files).filter(([path]) => !Object.hasOwn(edits, path))
  const typed = Object.entries(edits).flatMap(([path, { text }]) =>
    text === null ? [] : [[path, text] as const],
  )
  return Object.fromEntries([...untouched, ...typed])
}

const kept = 'trichter.edits'

const isText = (value: unknown): value is string | null => value === null || typeof value === 'string'

/** @returns nothing where what is kept is not ours. */
const readKept = (): Edits => {
  try {
    const found: unknown = JSON.parse(sessionStorage.getItem(kept) ?? '{}')
    const entries = Object.entries(found ?? {}).filter(
      ([, edit]) => isText(edit?.original) && isText(edit?.text),
    )
    return Object.fromEntries(entries)
  } catch {
    return {}
  }
}

/** What is typed and not saved yet outlives a reload. */
export const edits = makeStore<Edits>(readKept())

export const setEdits = (next: Edits): void => {
  edits.set(next)
  sessionStorage.setItem(kept, JSON.stringify(next))
}
