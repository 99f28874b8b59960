import { viewJob } from '../../domain/rescoring/rescore-job.ts'
import type { RescoreJobs } from './rescore-ports.ts'

/** How far rescoring is, for `GET /api/playbook`; undefined before the first one. */
export const makeDescribeRescoring =
  ({ jobs }: { readonly jobs: Pick<RescoreJobs, 'load'> }) =>
  async (): Promise<ReturnType<typeof viewJob> | undefined> => {
    const job = await jobs.load()
    return job && viewJob(job)
  }
