import type { Sequence, Step } from '../model/sequence.ts'
import { kindOf, usesOf, waysFrom } from '../step/step-kinds.ts'
import { leavingTimer } from './advance.ts'
import {
  decisionOf,
  isOpen,
  type Migration,
  namesOf,
  type OpenStatus,
  type Run,
  type SequenceState,
} from './run.ts'

type Program = Sequence['program']

/** Whether runs stand still there. */
const isWait = (step: Step | undefined): boolean => step !== undefined && kindOf(step).migrated !== undefined

/** Steps before `step` that lie on some way to it, nearest first: bodies that are left before it by a jump beyond are not. */
const before = (program: Program, step: number): readonly number[] => {
  const found: number[] = []
  let index = step - 1
  while (index >= 0) {
    const jump = program[index]
    if (jump?.type === 'jump' && jump.goto > step) {
      // The end of a way that this one is an alternative to: go on before it.
      index = startOfWay(program, index) - 1
      continue
    }
    found.push(index)
    index -= 1
  }
  return found
}

/** Where the way that ends with the jump at `end` begins. */
const startOfWay = (program: Program, end: number): number => {
  for (let index = end - 1; index >= 0; index -= 1) {
    const step = program[index]
    const leadsTo = step ? waysFrom(step, index).map(({ to }) => to) : []
    if (step?.type !== 'jump' && leadsTo.includes(end + 1))
      return Math.max(index + 1, ...leadsTo.filter((goto) => goto <= end))
  }
  return 0
}

const emailAt = (program: Program, index: number): string | undefined => {
  const step = program[index]
  return step && usesOf(step).emails?.[0]
}

/** Indexes of the waits that follow `anchor` before the next email. */
const waitsAfter = (program: Program, anchor: number): readonly number[] => {
  const waits: number[] = []
  for (let index = anchor + 1; index < program.length && emailAt(program, index) === undefined; index += 1)
    if (isWait(program[index])) waits.push(index)
  return waits
}

/**
 * Where a run that waits at `step` of one version stands in another: after the same email, or after the nearest one before
 * it that both have, at the wait of the same number.
 * @returns an index after which the run continues; -1: before the first step. Undefined where the versions share nothing
 * that tells.
 */
export const mapStep = (from: Program, step: number, to: Program): number | undefined => {
  const way = before(from, step)
  const anchor = way.find((index) => {
    const email = emailAt(from, index)
    return email !== undefined && to.some((_, at) => emailAt(to, at) === email)
  })
  if (anchor === undefined && way.some((index) => emailAt(from, index) !== undefined)) return undefined
  const email = anchor === undefined ? undefined : emailAt(from, anchor)
  const start = anchor === undefined ? -1 : to.findIndex((_, at) => emailAt(to, at) === email)
  const passed = way.filter((index) => index > (anchor ?? -1) && isWait(from[index])).length
  const waits = waitsAfter(to, start)
  return waits[passed] ?? waits.at(-1) ?? start
}

/** Where a run would go on under another version. */
export type Move =
  | {
      readonly type: 'moves'
      readonly step: number
      readonly status: OpenStatus
    }
  | { readonly type: 'stays'; readonly because: 'same' | 'no-place' | 'ended' }

/** @param from the sequence in the version that the run is in. */
export const planMove = (run: Pick<Run, 'step' | 'status'>, from: Sequence, to: Sequence): Move => {
  const { status } = run
  if (!isOpen(status)) return { type: 'stays', because: 'ended' }
  if (from.version === to.version) return { type: 'stays', because: 'same' }
  const step = status.type === 'held' && status.next === 0 ? -1 : mapStep(from.program, run.step, to.program)
  if (step === undefined) return { type: 'stays', because: 'no-place' }
  return {
    type: 'moves',
    step,
    status: statusAt(status, from.program[run.step], to.program[step], step),
  }
}

/** Behind another step than a wait, what it waits for ends when it would have. */
const statusAt = (
  status: OpenStatus,
  before: Step | undefined,
  after: Step | undefined,
  step: number,
): OpenStatus => {
  if (status.type === 'held') return { ...status, next: step + 1 }
  const awaited = after && kindOf(after).migrated?.(after, before, status)
  return { ...(awaited ?? { type: 'waiting', until: status.until }), renewed: true }
}

/** The run in its new place; where it stood is kept until it takes a step. */
export const migrateRun = (
  run: Run & { readonly status: OpenStatus },
  move: Extract<Move, { type: 'moves' }>,
  { id, to: playbookVersion }: Pick<Migration, 'id' | 'to'>,
  now: string,
): Run => {
  const { step, status } = run
  const from = { playbookVersion: run.playbookVersion, step, status }
  return moved(
    { ...run, enteredVersion: run.enteredVersion ?? run.playbookVersion, migrated: { id, from } },
    { playbookVersion, step: move.step, status: move.status },
    `migrated:${id}`,
    now,
  )
}

/** A migrated run that has taken no step since moves back. @returns undefined for any other. */
export const moveBack = (run: Run, migration: string, now: string): Run | undefined => {
  const { migrated, ...rest } = run
  if (migrated?.id !== migration || !isOpen(run.status)) return undefined
  const { status } = migrated.from
  const renewed = status.type === 'waiting' ? ({ ...status, renewed: true } as const) : status
  return moved(rest, { ...migrated.from, status: renewed }, `moved-back:${migration}`, now)
}

const moved = (
  run: Run,
  to: { readonly playbookVersion: string; readonly step: number; readonly status: OpenStatus },
  id: string,
  now: string,
): Run => {
  const cause = { causationId: run.entryId, correlationId: run.entryId }
  const data = { ...namesOf(run), from: run.playbookVersion, to: to.playbookVersion, step: to.step }
  const event = decisionOf(run, 'SequenceMigrated', { id, now, cause }, data)
  return { ...leavingTimer(run), ...to, outbox: [...run.outbox, event] }
}

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
export const migrationStatus = ({ migrations = [] }: Known, id: string): 'current' | 'undone' | 'over' => {
  const known = migrations.find((one) => one.id === id)
  if (known?.undoneAt !== undefined) return 'undone'
  return known !== undefined && known === migrations.at(-1) ? 'current' : 'over'
}
