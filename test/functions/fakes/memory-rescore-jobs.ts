import type { RescoreJob } from '../../../domain/rescoring/rescore-job.ts'
import { Conflict } from '../../../functions/ports.ts'
import type { RescoreJobs } from '../../../functions/rescore/rescore-leads.ts'

export interface MemoryRescoreJobs extends RescoreJobs {
  /** The one that stands there. */
  job(lane?: number): RescoreJob | undefined
}

export const memoryRescoreJobs = (): MemoryRescoreJobs => {
  const stored = new Map<number, RescoreJob>()
  return {
    job: (lane = 0) => stored.get(lane),
    load: async (lane) => stored.get(lane),
    commit: async (job) => {
      const { lane = 0, version } = job
      if ((stored.get(lane)?.version ?? 0) !== version) throw new Conflict('the job has moved on')
      stored.set(lane, { ...job, version: version + 1 })
    },
  }
}
