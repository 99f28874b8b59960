import { startJob } from '../../domain/rescoring/rescore-job.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import type { RescoreMessage } from './parse-message.ts'
import { readPage } from './read-page.ts'
import type { RescorePorts } from './rescore-ports.ts'

/** Seconds until a message looks again whether its rules are live here. */
const lookAgainAfter = 60
/** A deployment replaces all functions within minutes: what is not live after a quarter of an hour was replaced by something newer. */
const mostLooks = 15

type Waiting = Extract<RescoreMessage, { tries: number }>

/** The function may still be the old one while a deployment is on its way: the message waits for the new one. */
export const lookAgain = async (ports: Pick<RescorePorts, 'goOn'>, message: Waiting): Promise<void> => {
  if (message.tries < mostLooks) await ports.goOn({ ...message, tries: message.tries + 1 }, lookAgainAfter)
}

/** Rules went live: begins the job that brings every lead under them, unless it is there already. */
export const makeStartRescoring =
  (ports: RescorePorts) =>
  (message: Extract<RescoreMessage, { type: 'start' }>): Promise<void> =>
    retryConflicts(
      async () => {
        const { rulesVersion } = await ports.playbooks.current()
        if (rulesVersion !== message.rules) return lookAgain(ports, message)
        const standing = await ports.jobs.load()
        const isThere = standing?.rules === rulesVersion
        const job = isThere ? standing : await begin(ports, rulesVersion, standing)
        // Also of a job that is there: whoever began it may have died before saying so.
        if (!job.finishedAt) await ports.goOn({ type: 'page', jobId: job.jobId, page: job.page, tries: 0 })
      },
      { pauseUpTo: ports.pauseUpTo },
    )

const begin = async (
  ports: RescorePorts,
  rules: string,
  standing: Parameters<typeof startJob>[4],
): Promise<ReturnType<typeof startJob>> => {
  const [leads, first] = await Promise.all([ports.countLeads(), readPage(ports.list)])
  const job = startJob(rules, leads, first, ports.clock(), standing)
  await ports.jobs.commit(job)
  return job
}
