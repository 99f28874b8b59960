import type { Migration, SequenceState } from './sequence-state.ts'

/** Migrations kept: every run that is woken reads them. Of more than these nobody asks to be taken back. */
const mostKept = 12

type Known = Pick<SequenceState, 'migrations'>

/** The state with one more migration, which replaces those before it. */
export const withMigration = (state: SequenceState, migration: Migration): SequenceState => ({
  ...state,
  migrations: [...(state.migrations ?? []), migration].slice(-mostKept),
})

/** @returns the state itself where that was undone before; undefined where the sequence knows of no such migration. */
export const withoutMigration = (state: SequenceState, id: string, at: string): SequenceState | undefined => {
  const { migrations = [] } = state
  const known = migrations.find((one) => one.id === id)
  if (!known || known.undoneAt !== undefined) return known && state
  return { ...state, migrations: migrations.map((one) => (one === known ? { ...one, undoneAt: at } : one)) }
}

/**
 * Whether a migration still moves runs, whenever a message of it comes: `undone` moves them back, and `over` (another came
 * after it, or it is not known) leaves them alone.
 */
export const standingOf = ({ migrations = [] }: Known, id: string): 'current' | 'undone' | 'over' => {
  const known = migrations.find((one) => one.id === id)
  if (known?.undoneAt !== undefined) return 'undone'
  return known !== undefined && known === migrations.at(-1) ? 'current' : 'over'
}
