import { expect, test } from 'vitest'
import { migrationStatus, withMigration, withoutMigration } from '../../../domain/sequence/migrate-run.ts'
import { running } from '../../../domain/sequence/run.ts'
import { deepFreeze } from '../support/deep-freeze.ts'

const at = '2026-01-05T09:00:00.000Z'
const later = '2026-01-06T09:00:00.000Z'
const one = deepFreeze(withMigration(running, { id: 'm1', at, to: 'p1' }))
const two = deepFreeze(withMigration(one, { id: 'm2', at: later, to: 'p2' }))

test('the last migration moves runs, and none that is not known', () => {
  expect(migrationStatus(one, 'm1')).toBe('current')
  expect(['m1', 'm2', 'm3'].map((id) => migrationStatus(two, id))).toEqual(['over', 'current', 'over'])
  expect(migrationStatus(running, 'm1')).toBe('over')
})

test('one that was undone moves runs back, whatever came after it', () => {
  expect(migrationStatus(withoutMigration(one, 'm1', later) ?? running, 'm1')).toBe('undone')
  const undone = withoutMigration(two, 'm1', later)
  expect(undone?.migrations).toEqual([
    { id: 'm1', at, to: 'p1', undoneAt: later },
    { id: 'm2', at: later, to: 'p2' },
  ])
  expect(['m1', 'm2'].map((id) => migrationStatus(undone ?? running, id))).toEqual(['undone', 'current'])
})

test('none before it takes its place', () => {
  expect(migrationStatus(withoutMigration(two, 'm2', later) ?? running, 'm1')).toBe('over')
})

test('undoing again changes nothing; what is not known cannot be', () => {
  const undone = withoutMigration(one, 'm1', later)
  expect(undone && withoutMigration(undone, 'm1', '2026-01-07T09:00:00.000Z')).toBe(undone)
  expect(withoutMigration(one, 'm2', later)).toBeUndefined()
})

test('the state stays small, and keeps the rest', () => {
  const many = Array.from({ length: 40 }, (_, id) => ({ id: `n${id}`, at, to: 'p1' }))
  const state = many.reduce(withMigration, { paused: { since: at }, version: 3 })
  expect(state).toMatchObject({ paused: { since: at }, version: 3 })
  expect(state.migrations).toHaveLength(12)
  expect(state.migrations?.at(-1)?.id).toBe('n39')
})
