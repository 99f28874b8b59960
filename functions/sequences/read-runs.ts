import { type Run, runStatuses } from '../../domain/sequence/run.ts'
import type { RunList } from '../ports.ts'

/** Limit of runs read per status in one request. */
const mostRuns = 2_000
const pageSize = 100

interface Reading {
  readonly runs: readonly Run[]
  /** Entry time of the last run read, where more are left. */
  readonly upTo?: string
}

const readStatus = async (
  { page }: Pick<RunList, 'page'>,
  sequence: string,
  status: Run['status']['type'],
): Promise<Reading> => {
  const runs: Run[] = []
  let cursor: string | undefined
  do {
    const found = await page({ sequence, status, limit: pageSize, ...(cursor !== undefined && { cursor }) })
    runs.push(...found.items)
    cursor = found.next
  } while (cursor !== undefined && runs.length < mostRuns)
  const last = runs.at(-1)
  return cursor === undefined || !last ? { runs } : { runs, upTo: last.enteredAt }
}

/** All runs that entered before the earliest limit of any status: reading further in some statuses would bias the outcomes. */
export const readRuns = async (runList: Pick<RunList, 'page'>, sequence: string): Promise<Reading> => {
  const readings = await Promise.all(runStatuses.map((status) => readStatus(runList, sequence, status)))
  const upTo = readings.flatMap((reading) => reading.upTo ?? []).toSorted()[0]
  // A run that changed status between the two requests is in both lists.
  const runs = [
    ...new Map(readings.flatMap((reading) => reading.runs).map((run) => [run.runId, run])).values(),
  ]
  if (upTo === undefined) return { runs }
  return { runs: runs.filter(({ enteredAt }) => enteredAt <= upTo), upTo }
}
