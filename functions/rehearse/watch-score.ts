import type { ScoreChange, Standing } from '../../domain/rehearsal/entry.ts'
import type { ConsoleView, Row } from './console-view.ts'

export type WatchScore = () => Promise<(Standing & { readonly changes: readonly ScoreChange[] }) | undefined>

const awarded = (rows: readonly Row[]): ReadonlyMap<string, number> => {
  const sums = new Map<string, number>()
  for (const { rule, points } of rows) sums.set(rule, (sums.get(rule) ?? 0) + points)
  return sums
}

/** Says how the score stands and which points came or went since it was last asked; undefined where none did. */
export const makeWatchScore = (view: () => Promise<ConsoleView | undefined>): WatchScore => {
  let before = awarded([])
  return async () => {
    const seen = await view()
    if (!seen) return undefined
    const after = awarded(seen.rows)
    const changes = [...new Set([...after.keys(), ...before.keys()])]
      .map((rule) => ({ rule, points: (after.get(rule) ?? 0) - (before.get(rule) ?? 0) }))
      .filter(({ points }) => points !== 0)
    before = after
    return changes.length === 0 ? undefined : { ...seen.outcome.standing, changes }
  }
}
