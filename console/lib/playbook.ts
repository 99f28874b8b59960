import { useQuery } from '@tanstack/preact-query'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Fault } from '../../domain/playbook/fault.ts'
import type { DraftChanges, VersionRow } from '../../functions/playbook/compare-draft.ts'
import type { KnownNames } from '../../functions/playbook/publish-draft.ts'
import type { DrawnFlow } from '../../functions/sequences/show-flow.ts'
import { change, Problem, queries, read, withQuery } from './api.ts'
import { changesOf, conflictsOf, type Edits, edits, type Files, setEdits } from './edits.ts'
import { loadTranslate } from './texts.ts'

export type { DraftChanges, Fault, VersionRow }

/** What is live, and the draft if there is one. */
export interface Playbook {
  readonly version: string
  readonly publishedAt: string | null
  readonly by: string | null
  readonly edition: string
  readonly files: Files
  readonly draft?: {
    readonly savedAt: string
    readonly by: string
    readonly edition: string
    readonly files: Files
  }
}

const path = '/api/playbook'

export const usePlaybook = () =>
  useQuery({ queryKey: ['playbook'], queryFn: ({ signal }) => read<Playbook>(path, signal) })

/** What is edited: the draft, or what is live. */
export const standingOf = ({ draft, edition, files }: Playbook) => draft ?? { edition, files }

/** Of what never changes while the page is open. */
export const useSchemas = () =>
  useQuery({
    queryKey: ['playbook', 'schemas'],
    queryFn: ({ signal }) => read<Readonly<Record<string, object>>>(`${path}/schemas`, signal),
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: false,
  })

export const useVersions = () =>
  useQuery({
    queryKey: ['playbook', 'versions'],
    queryFn: ({ signal }) =>
      read<{ readonly items: readonly VersionRow[]; readonly next?: string }>(
        withQuery(`${path}/versions`, { limit: 100 }),
        signal,
      ),
  })

export const useVersion = (version: string) =>
  useQuery({
    queryKey: ['playbook', 'versions', version],
    queryFn: ({ signal }) =>
      read<{ readonly files: Files }>(`${path}/versions/${encodeURIComponent(version)}`, signal),
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: false,
  })

/** What publishing the draft, or an earlier version, would change. @param key of what is compared. */
export const useChanges = (key: string, version?: string) =>
  useQuery({
    queryKey: ['playbook', 'changes', key, version],
    queryFn: ({ signal }) => read<DraftChanges>(withQuery(`${path}/changes`, { version }), signal),
    refetchInterval: 15_000,
  })

export interface Checked {
  readonly ok: boolean
  readonly errors: readonly Fault[]
  readonly names?: KnownNames
  readonly flow?: DrawnFlow
}

const check = async (asked: object): Promise<Checked> => {
  const checked = await change<Checked>('POST', `${path}/check`, asked)
  if (checked.errors.length === 0) return checked
  const translate = await loadTranslate()
  const errors = checked.errors.map((fault) => ({ ...fault, message: translate(fault.message) }))
  return { ...checked, errors }
}

/** Between the last key and the question (ms). */
const pauseMs = 250

/** What is wrong with what is typed, as one types: the last answer stays until the next one comes. */
export const useCheck = (
  changes: Readonly<Record<string, string | null>>,
  edition: string | undefined,
  sequence?: string,
): Checked | undefined => {
  const [checked, setChecked] = useState<Checked>()
  const asked = useRef(0)
  const key = JSON.stringify(changes)
  useEffect(() => {
    if (edition === undefined) return
    asked.current += 1
    const turn = asked.current
    const ask = () =>
      check({
        changes: JSON.parse(key),
        names: true,
        ...(sequence !== undefined && { sequence }),
      }).then(
        (answer) => turn === asked.current && setChecked(answer),
        // The page says itself that nothing answers; what was known stays.
        () => undefined,
      )
    const timer = setTimeout(ask, pauseMs)
    return () => clearTimeout(timer)
  }, [key, edition, sequence])
  return checked
}

const askPlaybook = (): Promise<Playbook> =>
  queries.fetchQuery({ queryKey: ['playbook'], queryFn: () => read<Playbook>(path), staleTime: 0 })

const put = (standing: ReturnType<typeof standingOf>, typed: Edits) =>
  change('PUT', path, { changes: changesOf(typed, standing.files), replaces: standing.edition })

/**
 * Saves what is typed as the draft. What somebody else saved in other files meanwhile stays. `conflict`: it is in the same
 * file, and nothing was saved.
 */
export const saveEdits = async (playbook: Playbook): Promise<'saved' | 'conflict'> => {
  const typed = edits.get()
  let standing = standingOf(playbook)
  for (let tries = 0; tries < 3; tries++) {
    if (conflictsOf(typed, standing.files).length > 0) return 'conflict'
    try {
      await put(standing, typed)
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 409) throw error
      standing = standingOf(await askPlaybook())
      continue
    }
    // What was typed while it was saved is kept.
    const now = edits.get()
    const saved = await askPlaybook()
    setEdits(
      Object.fromEntries(
        Object.entries(now).flatMap(([file, edit]) =>
          typed[file]?.text === edit.text
            ? []
            : [[file, { ...edit, original: standingOf(saved).files[file] ?? null }]],
        ),
      ),
    )
    await queries.invalidateQueries({ queryKey: ['playbook'] })
    return 'saved'
  }
  return 'conflict'
}

/** Live again as it was. */
const everythingAnew = async (): Promise<void> => {
  await Promise.all([
    queries.invalidateQueries({ queryKey: ['playbook'] }),
    queries.invalidateQueries({ queryKey: ['sequences'] }),
    queries.invalidateQueries({ queryKey: ['emails'] }),
  ])
}

export interface Published {
  readonly version: string
  /** What was live before. */
  readonly previous: string
  readonly unchanged?: boolean
}

/** @param what the draft as it was looked at, or an earlier version. */
export const publish = async (
  what: { readonly edition: string } | { readonly version: string },
): Promise<Published> => {
  const published = await change<Published>('POST', `${path}/publish`, what)
  await everythingAnew()
  return published
}

/** Moves whoever is in a sequence to its live version. @returns the id to undo it by. */
export const moveInto = async (
  sequence: string,
): Promise<{ readonly sequence: string; readonly migration: string }> => {
  const { migration } = await change<{ readonly migration: string }>(
    'POST',
    `/api/sequences/${encodeURIComponent(sequence)}/migrate`,
    {},
  )
  return { sequence, migration }
}

export const moveBack = async ({
  sequence,
  migration,
}: {
  readonly sequence: string
  readonly migration: string
}): Promise<void> => {
  await change('POST', `/api/sequences/${encodeURIComponent(sequence)}/migrate/undo`, { migration })
}
