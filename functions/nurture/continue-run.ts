import { foldLead } from '../../domain/lead/fold.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import { askLead } from '../../domain/sequence/ask-lead.ts'
import type { Run } from '../../domain/sequence/run.ts'
import { whyOver } from '../../domain/sequence/standing-entry.ts'
import { endRun, isDue, type Tick, wakeRun } from '../../domain/sequence/wake-run.ts'
import { rulesOf } from '../compiled-rules.ts'
import type { Lead, Leads } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { type PerformRunPorts, performRun } from './perform-run.ts'
import { sequenceOf } from './sequence-of.ts'

export interface ContinueRunPorts extends PerformRunPorts {
  readonly leads: Pick<Leads, 'load' | 'facts'>
}

export interface RunTick extends Tick {
  readonly leadId: LeadId
  readonly sequence: string
}

/**
 * The alarm of a wait went off. One that is stale, or whose lead is gone, does nothing; one whose reason no longer stands
 * ends the run.
 */
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
      const next = await proceed(ports, run, { ...lead, state: lead.state })
      await ports.runs.commit(next)
      await performRun(ports, { ...next, version: next.version + 1 })
    })

/**
 * Why the run may not go on. Where other rules are live by now, under which the lead never came to where the run began,
 * it is judged by its own.
 */
const whyOverByItsRules = async (
  { leads }: Pick<ContinueRunPorts, 'leads'>,
  run: Run,
  lead: Lead & { readonly state: LeadState },
  begun: Playbook,
  now: string,
): Promise<ReturnType<typeof whyOver>> => {
  const over = whyOver(run, lead)
  if (over !== 'withdrawn' || lead.state.rules === begun.rulesVersion) return over
  const state = foldLead(await leads.facts(lead.leadId), rulesOf(begun), now)
  return state ? whyOver(run, { ...lead, state }) : over
}

const proceed = async (
  ports: ContinueRunPorts,
  run: Run,
  lead: Lead & { readonly state: LeadState },
): Promise<Run> => {
  const now = ports.clock()
  const [live, begun] = await Promise.all([
    ports.playbooks.current(),
    ports.playbooks.version(run.playbookVersion),
  ])
  const over = await whyOverByItsRules(ports, run, lead, begun, now)
  if (over) return endRun(run, over, now)
  const ask = askLead(lead, rulesOf(live), rulesOf(begun), now)
  return wakeRun(run, await sequenceOf(ports.playbooks, run), ask, now)
}
