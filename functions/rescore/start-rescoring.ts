import { type Lane, type RescoreJob, startJob } from '../../domain/rescoring/rescore-job.ts'
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

/** Rules went live: begins the lanes that bring every lead under them, unless they are there already. */
export const makeStartRescoring =
  (ports: RescorePorts) =>
  (message: Extract<RescoreMessage, { type: 'start' }>): Promise<void> =>
    retryConflicts(
      async () => {
        const { rulesVersion } = await ports.playbooks.current()
        if (rulesVersion !== message.rules) return lookAgain(ports, message)
        const lanes = Array.from({ length: ports.lanes }, (_, lane) => lane)
        const standing = await Promise.all(lanes.map((lane) => ports.jobs.load(lane)))
        const isThere = standing[0]?.rules === rulesVersion
        const leads = isThere ? 0 : await ports.countLeads()
        for (const lane of lanes) {
          const known = standing[lane]
          const begun = { rules: rulesVersion, lane, leads: lane === 0 ? leads : 0 }
          const job = known?.rules === rulesVersion ? known : await begin(ports, begun, known)
          // Also of a lane that is there: whoever began it may have died before saying so.
          if (!job.finishedAt)
            await ports.goOn({ type: 'page', jobId: job.jobId, lane, page: job.page, tries: 0 })
        }
      },
      { pauseUpTo: ports.pauseUpTo },
    )

const begin = async (
  ports: RescorePorts,
  lane: Lane,
  standing: RescoreJob | undefined,
): Promise<RescoreJob> => {
  const job = startJob(lane, await readPage(ports, lane.lane), ports.clock(), standing)
  await ports.jobs.commit(job)
  return { ...job, version: job.version + 1 }
}
