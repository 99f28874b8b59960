import type { RunStep } from '../../domain/email/email-request.ts'
import { foldLead } from '../../domain/lead/fold.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import type { Rules } from '../../domain/playbook/rules.ts'
import { triggerOf, whyOver } from '../../domain/sequence/standing-entry.ts'
import { triggerStands } from '../nurture/lead-at-entry.ts'
import type { Leads, Runs } from '../ports.ts'

export interface WhyRunOverPorts {
  readonly leads: Pick<Leads, 'facts'>
  readonly runs: Pick<Runs, 'load'>
}

/**
 * Why the run that asked for an email may not go on by now: it was ended, or what it began with was taken back. One that
 * came to its last step is no reason, nor is one that the lead has entered again since.
 * @param lead the one that stands for the person: another than `leadId` where that was merged into it.
 * @param begun rules that the run began under: where others are live, it is judged by its own.
 */
export const whyRunOver = async (
  { leads, runs }: WhyRunOverPorts,
  { sequence, runId }: RunStep,
  leadId: LeadId,
  lead: { readonly leadId: LeadId; readonly state: LeadState },
  begun: Rules,
  now: string,
): Promise<string | undefined> => {
  const run = await runs.load(leadId, sequence)
  if (run?.runId !== runId) return undefined
  if (run.status.type === 'goal') return 'goal'
  // What a step sent before another one ended the run was meant.
  if (run.status.type === 'exited') return run.status.byStep ? undefined : 'exit'
  if (lead.leadId !== leadId) return undefined
  const over = whyOver(run, lead)
  if (over === undefined) return undefined
  const trigger = triggerOf(leadId, run.entryId)
  if (trigger && over === 'withdrawn')
    return triggerStands(await leads.facts(leadId), trigger, begun) ? undefined : over
  const state = foldLead(await leads.facts(leadId), begun, now)
  return state && whyOver(run, { state })
}
