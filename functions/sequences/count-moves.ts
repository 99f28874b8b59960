import type { Playbook } from '../../domain/playbook/playbook.ts'
import { type Move, planMove } from '../../domain/sequence/migrate-run.ts'
import type { Run } from '../../domain/sequence/run.ts'
import type { Sequence } from '../../domain/sequence/sequence.ts'
import type { Playbooks } from '../ports.ts'
import type { RunList } from '../sequence-ports.ts'
import { openRuns } from './open-runs.ts'

export interface CountMovesPorts {
  readonly playbooks: Pick<Playbooks, 'version'>
  readonly runList: Pick<RunList, 'page'>
}

/** What moving the open runs of a sequence comes to. */
export interface MoveCounts {
  /** Runs looked at: the sum of the next two. */
  readonly looked: number
  readonly moves: number
  readonly stays: number
  /** Whether these are all that are open. */
  readonly exact: boolean
}

/** Each run stands somewhere else, so each is looked at: as many as an answer has the time for. */
const mostLooked = 1000
const pageSize = 100

/** @param begun the playbook under which the run began. */
export const moveOf = (run: Run, begun: Playbook, to: Sequence): Move => {
  const from = Object.hasOwn(begun.sequences, run.sequence) ? begun.sequences[run.sequence] : undefined
  return from ? planMove(run, from, to) : { type: 'stays', because: 'no-place' }
}

/** Counts who would move to `to`, the sequence in its live version. */
export const countMoves = async (
  { playbooks, runList }: CountMovesPorts,
  to: Sequence,
): Promise<MoveCounts> => {
  let looked = 0
  let moves = 0
  let cursor: string | undefined
  do {
    const page = await openRuns(runList, to.id, { limit: pageSize, ...(cursor !== undefined && { cursor }) })
    const runs = page?.items ?? []
    const planned = await Promise.all(
      runs.map(async (run) => moveOf(run, await playbooks.version(run.playbookVersion), to)),
    )
    looked += runs.length
    moves += planned.filter(({ type }) => type === 'moves').length
    cursor = page?.next
  } while (cursor !== undefined && looked < mostLooked)
  return { looked, moves, stays: looked - moves, exact: cursor === undefined }
}
