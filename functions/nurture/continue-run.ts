import type { LeadId } from '../../domain/lead/lead-id.ts'
import { askLead } from '../../domain/sequence/ask-lead.ts'
import { isDue, type Tick, wakeRun } from '../../domain/sequence/wake-run.ts'
import { rulesOf } from '../compiled-rules.ts'
import type { Leads } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { type PerformRunPorts, performRun } from './perform-run.ts'
import { sequenceOf } from './sequence-of.ts'

export interface ContinueRunPorts extends PerformRunPorts {
  readonly leads: Pick<Leads, 'load'>
}

export interface RunTick extends Tick {
  readonly leadId: LeadId
  readonly sequence: string
}

/** The alarm of a wait went off. One that is stale, or whose lead is gone, does nothing. */
export const makeContinueRun =
  (ports: ContinueRunPorts) =>
  (tick: RunTick): Promise<void> =>
    retryConflicts(async () => {
      const stored = await ports.runs.load(tick.leadId, tick.sequence)
      if (!stored) return
      const run = await performRun(ports, stored)
      if (!isDue(run, tick)) return
      const lead = await ports.leads.load(tick.leadId)
      if (!lead?.state) return
      const [live, begun] = await Promise.all([
        ports.playbooks.current(),
        ports.playbooks.version(run.playbookVersion),
      ])
      const now = ports.clock()
      const ask = askLead({ ...lead, state: lead.state }, rulesOf(live), rulesOf(begun), now)
      const next = wakeRun(run, await sequenceOf(ports.playbooks, run), ask, now)
      await ports.runs.commit(next)
      await performRun(ports, { ...next, version: next.version + 1 })
    })
