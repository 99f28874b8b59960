import type { RescoreJob } from '../../../domain/rescoring/rescore-job.ts'
import { memoryVersions } from '../../../functions/adapters/memory-versions.ts'
import type { RescoreJobs } from '../../../functions/rescore/rescore-leads.ts'

export interface MemoryRescoreJobs extends RescoreJobs {
  /** The one that stands there. */
  job(lane?: number): RescoreJob | undefined
}

export const memoryRescoreJobs = (): MemoryRescoreJobs => {
  const { items, load, commit } = memoryVersions<RescoreJob>()
  return {
    job: (lane = 0) => items.get(String(lane)),
    load: (lane) => load(String(lane)),
    commit: (job) => commit(String(job.lane ?? 0), job),
  }
}
