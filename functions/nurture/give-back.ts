import type { LeadId } from '../../domain/lead/lead-id.ts'
import { isHeldBySales, releaseFromSales } from '../../domain/sequence/release-held.ts'
import { isOpen } from '../../domain/sequence/run.ts'
import { backFromSales } from '../../domain/sequence/sales-hold.ts'
import { type ContinueRunPorts, makeTakeRun } from './continue-run.ts'

/**
 * Sales has given a lead back, won it, or closed it for good: each run of the lead goes on, stays or ends by how the lead
 * stands now. Safe to repeat.
 */
export const makeGiveBack = (ports: ContinueRunPorts) => {
  const takeRun = makeTakeRun(ports)

  const ofSequence = (leadId: LeadId, sequence: string): Promise<void> =>
    takeRun(
      { leadId, sequence },
      ({ status }) => isOpen(status),
      async (run, program, ask, now, state) => {
        if (!isHeldBySales(run) || ask.hold) return run
        const { paused } = await ports.sequences.load(sequence)
        const back = backFromSales(run.status.salesSince, state) ?? now
        return releaseFromSales(run, program, ask, back, now, paused !== undefined)
      },
    )

  return {
    ofSequence,
    ofAll: async (leadId: LeadId): Promise<void> => {
      const open = (await ports.runs.list(leadId)).filter(({ status }) => isOpen(status))
      for (const { sequence } of open) await ofSequence(leadId, sequence)
    },
  }
}
