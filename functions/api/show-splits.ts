import type { Playbook } from '../../domain/playbook/playbook.ts'
import type { Rules } from '../../domain/playbook/rules.ts'
import { askLead } from '../../domain/sequence/ask-lead.ts'
import { type Run, runStatuses } from '../../domain/sequence/run.ts'
import { type SplitRun, splitResults, statedTest } from '../../domain/split/split-results.ts'
import type { Clock, Leads } from '../ports.ts'
import { rootLead } from '../root-lead.ts'
import type { RunList } from '../sequence-ports.ts'
import type { ApiRequest, ApiResult } from './api-request.ts'

export interface ShowSplitsPorts {
  readonly runList: Pick<RunList, 'page'>
  readonly leads: Pick<Leads, 'load'>
  readonly rules: Rules
  readonly clock: Clock
}

/** Runs read of each status: what one request has time for. */
const mostRuns = 2_000
const pageSize = 100

interface Reading {
  readonly runs: readonly Run[]
  /** Entry of the last run that was read, where more are left. */
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

/** Every run that entered up to the moment up to which all statuses could be read: a part would favour some outcomes. */
const readRuns = async (runList: Pick<RunList, 'page'>, sequence: string): Promise<Reading> => {
  const readings = await Promise.all(runStatuses.map((status) => readStatus(runList, sequence, status)))
  const upTo = readings.flatMap((reading) => reading.upTo ?? []).toSorted()[0]
  // A run that moved on between two requests stands in both lists.
  const runs = [
    ...new Map(readings.flatMap((reading) => reading.runs).map((run) => [run.runId, run])).values(),
  ]
  if (upTo === undefined) return { runs }
  return { runs: runs.filter(({ enteredAt }) => enteredAt <= upTo), upTo }
}

const splitsOf = (playbook: Playbook, sequence: string) =>
  (playbook.sequences[sequence]?.program ?? []).flatMap((step) =>
    step.type === 'split' ? { name: step.name, ways: step.ways.map(({ id }) => id) } : [],
  )

/**
 * `GET /api/sequences/{id}/splits`: how the ways of each split do on the sequence's goal. A lead has reached it when its
 * run ended so, or when it holds by now: also after the run, as the last email may be what worked.
 */
export const makeShowSplits =
  ({ runList, leads, rules, clock }: ShowSplitsPorts) =>
  async ({ params: { id = '' } }: ApiRequest): Promise<ApiResult> => {
    const sequence = Object.hasOwn(rules.playbook.sequences, id) ? rules.playbook.sequences[id] : undefined
    if (!sequence) return { type: 'not-found', detail: 'The playbook has no such sequence.' }
    const now = clock()
    const { goal } = sequence
    const { runs, upTo } = await readRuns(runList, id)
    const hasReached = async (run: Run): Promise<boolean> => {
      if (run.status.type === 'goal') return true
      if (goal === undefined) return false
      const lead = await rootLead(leads, run.leadId)
      if (!lead?.state) return false
      return askLead({ ...lead, state: lead.state }, rules, rules, now, run).holdsInCycle(goal)
    }
    const parted = runs.filter(({ ways }) => ways !== undefined)
    const judged = await Promise.all(parted.map(async (run) => ({ run, reached: await hasReached(run) })))
    const results = splitsOf(rules.playbook, id).map(({ name, ways }) => {
      const came = judged.flatMap(({ run, reached }): SplitRun[] => {
        const way = run.ways?.[name]
        return way === undefined ? [] : [{ way, enteredAt: run.enteredAt, reached }]
      })
      return splitResults(name, ways, came, now)
    })
    return {
      type: 'ok',
      body: {
        sequence: id,
        goal: goal ?? null,
        test: statedTest,
        // Where there are more runs than one request reads: those who entered up to then are counted, all of them.
        countedUpTo: upTo ?? null,
        splits: results,
      },
    }
  }
