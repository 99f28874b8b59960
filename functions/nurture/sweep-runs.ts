import { addMilliseconds } from '../../domain/time/local-time.ts'
import type { Clock, EnqueueNurture, RunList, Timers } from '../ports.ts'
import type { Sweep } from './parse-message.ts'

export interface SweepRunsPorts {
  readonly runList: Pick<RunList, 'page'>
  readonly timers: Timers
  readonly enqueueNurture: EnqueueNurture
  readonly clock: Clock
}

const pageSize = 50
/** Milliseconds after which lists surely show what was written before. */
const listsLag = 60_000

/**
 * Hands on one page of runs, each as a message of its own, and then the next page; a minute after the last one all is gone
 * through once more. Safe to repeat.
 */
export const makeSweepRuns =
  ({ runList, timers, enqueueNurture, clock }: SweepRunsPorts) =>
  async ({ cursor, second = false, ...sweep }: Sweep): Promise<void> => {
    const { sequence, status, id } = sweep
    const work = { ...sweep.work }
    const page = await runList.page({
      sequence,
      status,
      limit: pageSize,
      ...(cursor === undefined ? {} : { cursor }),
    })
    await Promise.all(page.items.map(({ leadId }) => enqueueNurture({ type: 'run', leadId, sequence, work })))
    if (page.next !== undefined) await enqueueNurture({ ...sweep, work, cursor: page.next, second })
    else if (!second)
      await timers.set(`sweep:${id}:${status}`, addMilliseconds(clock(), listsLag), {
        ...sweep,
        work,
        second: true,
      })
  }
