import type { RescoreJob } from '../../../domain/rescoring/rescore-job.ts'
import { Conflict } from '../../../functions/ports.ts'
import type { RescoreJobs } from '../../../functions/rescore/rescore-ports.ts'

export interface MemoryRescoreJobs extends RescoreJobs {
  /** The one that stands there. */
  job(): RescoreJob | undefined
}

export const memoryRescoreJobs = (): MemoryRescoreJobs => {
  let stored: RescoreJob | undefined
  return {
    job: () => stored,
    load: async () => stored,
    commit: async (job) => {
      if ((stored?.version ?? 0) !== job.version) throw new Conflict('the job has moved on')
      stored = { ...job, version: job.version + 1 }
    },
  }
}
