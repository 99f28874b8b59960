import { acceptanceOf } from '../../domain/handoff/accepted.ts'
import { accountsOf } from '../../domain/handoff/account.ts'
import type { HandoffRules } from '../../domain/handoff/handoff-rules.ts'
import type { Handoffs, Leads } from '../ports.ts'
import { rootLead } from '../root-lead.ts'
import type { AccountOwners } from '../routing-ports.ts'

export interface RememberAccountPorts {
  readonly leads: Pick<Leads, 'load'>
  readonly handoffs: Pick<Handoffs, 'find'>
  readonly accounts: Pick<AccountOwners, 'remember'>
  readonly rules: { readonly playbook: { readonly handoff: Pick<HandoffRules, 'teams'> } }
}

/**
 * Somebody accepted a handoff, or took over one that was accepted: further leads of that company are to come to them. Kept
 * only where a team asks for it. Safe to repeat.
 */
export const makeRememberAccount =
  ({ leads, handoffs, accounts, rules }: RememberAccountPorts) =>
  async (handoffId: string): Promise<void> => {
    const teams = Object.values(rules.playbook.handoff.teams)
    if (!teams.some(({ sticky }) => sticky?.includes('account'))) return
    const handoff = await handoffs.find(handoffId)
    const accepted = handoff && acceptanceOf(handoff)
    const lead = handoff && (await rootLead(leads, handoff.leadId))
    if (!accepted || !lead?.state) return
    const { leadId, owner } = handoff
    const last = handoff.assignments.at(-1)
    const at = last?.accepted ? last.at : accepted.at
    for (const account of accountsOf({ ...lead, state: lead.state }))
      await accounts.remember(account, { handoffId, leadId, owner: owner.email, at })
  }
