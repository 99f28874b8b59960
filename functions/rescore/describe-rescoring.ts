import { viewJobs } from '../../domain/rescoring/rescore-job.ts'
import type { RescoreJobs } from './rescore-ports.ts'

/** How far rescoring is, for `GET /api/playbook`; undefined before the first one. */
export const makeDescribeRescoring =
  ({ jobs, lanes }: { readonly jobs: Pick<RescoreJobs, 'load'>; readonly lanes: number }) =>
  async (): Promise<ReturnType<typeof viewJobs>> =>
    viewJobs(await Promise.all(Array.from({ length: lanes }, (_, lane) => jobs.load(lane))))
