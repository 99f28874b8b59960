import { differByFold } from '../../domain/lead/fold-version.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import type { AnnouncePlaybook } from '../playbook-ports.ts'
import type { Clock } from '../ports.ts'
import type { RescoreJobs } from './rescore-ports.ts'

export interface EnsureRescoredPorts {
  readonly jobs: Pick<RescoreJobs, 'load'>
  readonly announce: AnnouncePlaybook
  readonly clock: Clock
  /** The version that came with the deployment: whoever publishes another one announces it himself. */
  readonly deployed: string
}

/**
 * To be called by whoever meets a lead that was folded under other rules (`previous`) than the live ones: a deployment
 * may have brought another playbook, or another fold, and nobody has told the bus of it. Asks once for each container and
 * rules; telling it twice starts no second job.
 */
export const makeEnsureRescored = ({ jobs, announce, clock, deployed }: EnsureRescoredPorts) => {
  const asked = new Set<string>()
  return async (
    { version, rulesVersion }: Pick<Playbook, 'version' | 'rulesVersion'>,
    previous: string,
  ): Promise<void> => {
    const isAnnounced = version !== deployed && !differByFold(previous, rulesVersion)
    if (isAnnounced || previous === rulesVersion || asked.has(rulesVersion)) return
    const job = await jobs.load(0)
    if (job?.rules !== rulesVersion) {
      const folded = differByFold(previous, rulesVersion) ? `:${rulesVersion}` : ''
      const id = `playbook:${version}:deployed${folded}`
      await announce({ id, occurredAt: clock(), version, rulesVersion, previousRulesVersion: previous })
    }
    asked.add(rulesVersion)
  }
}
