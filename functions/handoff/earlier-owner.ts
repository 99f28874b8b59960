import { lastAccepted } from '../../domain/handoff/accepted.ts'
import { accountsOf } from '../../domain/handoff/account.ts'
import type { HandoffRules, Member, StickyTo, Team } from '../../domain/handoff/handoff-rules.ts'
import { memberOf } from '../../domain/handoff/team-members.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import type { Handoffs } from '../ports.ts'
import type { AccountOwners } from '../routing-ports.ts'

export interface EarlierOwnerPorts {
  readonly handoffs: Pick<Handoffs, 'list'>
  readonly accounts: Pick<AccountOwners, 'latest'>
  readonly rules: { readonly playbook: { readonly handoff: Pick<HandoffRules, 'teams'> } }
}

export interface RoutedLead {
  readonly leadId: LeadId
  readonly members?: readonly LeadId[]
  readonly email?: string
  readonly state: LeadState
}

/** Somebody in their team. */
export interface TeamMember {
  readonly team: Team
  readonly member: Member
}

/**
 * Who had the lead, or others of its company, before: whoever the team wants its leads to stay with, those first that it
 * names first. Somebody who has changed teams keeps theirs; who has left the playbook is nobody.
 */
export const earlierOwners = async (
  ports: EarlierOwnerPorts,
  lead: RoutedLead,
  team: Team,
): Promise<readonly TeamMember[]> => {
  const { teams } = ports.rules.playbook.handoff
  const found: TeamMember[] = []
  for (const to of team.sticky ?? []) {
    const address = await addressOf(ports, lead, to)
    const inTeam = address === undefined ? undefined : findMember([team, ...Object.values(teams)], address)
    if (inTeam) found.push(inTeam)
  }
  return found
}

const addressOf = async (
  { handoffs, accounts }: EarlierOwnerPorts,
  lead: RoutedLead,
  to: StickyTo,
): Promise<string | undefined> => {
  switch (to) {
    case 'lead': {
      const leadIds = [lead.leadId, ...(lead.members ?? [])]
      return lastAccepted((await Promise.all(leadIds.map(handoffs.list))).flat())?.owner.email
    }
    case 'account':
      for (const account of accountsOf(lead)) {
        const owner = await accounts.latest(account)
        if (owner !== undefined) return owner
      }
      return undefined
    default:
      return to satisfies never
  }
}

const findMember = (teams: readonly Team[], address: string): TeamMember | undefined => {
  for (const team of teams) {
    const member = memberOf(team, address)
    if (member) return { team, member }
  }
  return undefined
}
