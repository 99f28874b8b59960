import type { EmailRequest } from '../../domain/email/email-request.ts'
import { leadVariables } from '../../domain/email/email-variables.ts'
import { addresseeOf } from '../../domain/handoff/addressee.ts'
import { handoffBrief } from '../../domain/handoff/brief/handoff-brief.ts'
import type { Handoff } from '../../domain/handoff/handoff.ts'
import { isInSales } from '../../domain/handoff/team-members.ts'
import type { JsonObject } from '../../domain/json.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import { rulesOf } from '../compiled-rules.ts'
import type { Handoffs, Leads } from '../ports.ts'
import type { Sends } from '../send-ports.ts'
import type { Address } from './address-email.ts'
import { languageFor, type Translations } from './compose-email.ts'

export interface AddressOwnerPorts {
  readonly leads: Pick<Leads, 'facts'>
  readonly handoffs: Pick<Handoffs, 'load'>
  readonly sends: Pick<Sends, 'list'>
}

/** The lead of a handoff, or whoever it was merged into. */
export interface HandedLead {
  readonly leadId: LeadId
  readonly members?: readonly LeadId[]
  readonly email?: string
  readonly state: LeadState
}

/** An email to a salesperson about a lead that they, or somebody of their team, have been given. */
export const addressOwner = async (
  ports: AddressOwnerPorts,
  request: EmailRequest,
  playbook: Playbook,
  translations: Translations,
  lead: HandedLead,
  now: string,
): Promise<Address> => {
  const { leadId, handoffId } = request
  const handoff = handoffId === undefined ? undefined : await ports.handoffs.load(leadId, handoffId)
  if (!handoff) return { type: 'suppressed', reason: 'no-handoff' }
  const reader = addresseeOf(handoff, request, playbook.handoff.teams[handoff.team])
  if (reader.type === 'pointless') return { type: 'suppressed', reason: reader.reason }
  // Whoever takes over was named just now.
  if (request.email !== 'reassigned' && !isInSales(playbook.handoff.teams, reader.email))
    return { type: 'suppressed', reason: 'owner-left' }
  const language = languageFor(translations, [reader.language], playbook.settings)
  return {
    type: 'send',
    to: reader.email,
    language,
    variables: {
      lead: { email: '', ...leadVariables(lead) },
      recipient: { name: reader.name },
      ...(await briefOwner(ports, handoff, playbook, lead, language, now)),
    },
  }
}

/** What the owner of a handoff reads about its lead. */
export const briefOwner = async (
  { leads, sends }: AddressOwnerPorts,
  handoff: Handoff,
  playbook: Playbook,
  lead: HandedLead,
  language: string,
  now: string,
): Promise<JsonObject> => {
  const [facts, ...sent] = await Promise.all([
    leads.facts(lead.leadId),
    ...[lead.leadId, ...(lead.members ?? [])].map((leadId) => sends.list(leadId)),
  ])
  const subjects = new Map(sent.flat().flatMap(({ sendId, subject }) => (subject ? [[sendId, subject]] : [])))
  const timeZone = playbook.handoff.teams[handoff.team]?.timeZone ?? playbook.settings.timeZone
  return handoffBrief({ handoff, lead, facts, subjects }, rulesOf(playbook), { language, timeZone }, now)
}
