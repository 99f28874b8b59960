import type { EmailRequest } from '../../domain/email/email-request.ts'
import { leadVariables } from '../../domain/email/email-variables.ts'
import { handoffVariables } from '../../domain/email/handoff-variables.ts'
import { judgeSend } from '../../domain/email/judge-send.ts'
import { notifySendId } from '../../domain/handoff/request-handoff.ts'
import type { JsonObject } from '../../domain/json.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import { askLead } from '../../domain/sequence/ask-lead.ts'
import { rulesOf } from '../compiled-rules.ts'
import type { Handoffs, Leads, Playbooks } from '../ports.ts'
import { rootLead } from '../root-lead.ts'
import { languageFor, type Translations } from './compose-email.ts'

export interface AddressEmailPorts {
  readonly leads: Pick<Leads, 'load' | 'facts'>
  readonly handoffs: Pick<Handoffs, 'load'>
  readonly playbooks: Playbooks
}

/** To whom, in which language and with what an email goes out now, or why it does not. */
export type Address =
  | {
      readonly type: 'send'
      readonly to: string
      readonly language: string
      readonly variables: JsonObject
    }
  | { readonly type: 'suppressed'; readonly reason: string }
  | { readonly type: 'exited' }

interface KnownLead {
  readonly leadId: LeadId
  readonly email?: string
  readonly state: LeadState
}

/**
 * Reads the lead as it is at `now`, strongly consistent; for one that was merged into another the whole person counts,
 * and is written to at the address that it goes by. @param playbook the one that the request was made under.
 */
export const addressEmail = async (
  ports: AddressEmailPorts,
  request: EmailRequest,
  playbook: Playbook,
  translations: Translations,
  now: string,
): Promise<Address> => {
  const lead = await rootLead(ports.leads, request.leadId)
  if (!lead?.state) return { type: 'suppressed', reason: 'no-lead' }
  const known = { ...lead, state: lead.state }
  switch (request.recipient) {
    case 'lead':
      return addressLead(ports, request, playbook, translations, known, now)
    case 'owner':
      return addressOwner(ports, request, playbook, translations, known)
    default:
      return request.recipient satisfies never
  }
}

const addressLead = async (
  ports: AddressEmailPorts,
  request: EmailRequest,
  playbook: Playbook,
  translations: Translations,
  lead: KnownLead,
  now: string,
): Promise<Address> => {
  const marketing = Object.values(translations).some(({ kind }) => kind === 'marketing')
  const live = rulesOf(await ports.playbooks.current())
  const exit = playbook.sequences[request.run?.sequence ?? '']?.exit
  const exits = () => exit !== undefined && askLead(lead, live, rulesOf(playbook), now).holds(exit)
  const verdict = judgeSend(request, marketing ? 'marketing' : 'transactional', lead, exits)
  if (verdict.type !== 'send') return verdict
  const language = request.confirmation?.language ?? lead.state.attributes.language?.value
  const wishes = typeof language === 'string' ? [language] : []
  return {
    type: 'send',
    to: verdict.to,
    language: languageFor(translations, wishes, playbook.settings),
    variables: { lead: leadVariables(lead) },
  }
}

const addressOwner = async (
  ports: AddressEmailPorts,
  { leadId, handoffId, sendId }: EmailRequest,
  playbook: Playbook,
  translations: Translations,
  lead: KnownLead,
): Promise<Address> => {
  const handoff = handoffId === undefined ? undefined : await ports.handoffs.load(leadId, handoffId)
  if (!handoff) return { type: 'suppressed', reason: 'no-handoff' }
  if (handoff.answer.state !== 'requested') return { type: 'suppressed', reason: 'already-answered' }
  // Of a round that was withdrawn before its email went out: the present round has an email of its own.
  const isEarlierRound = sendId.startsWith(`${handoffId}:notify`) && sendId !== notifySendId(handoff)
  if (isEarlierRound) return { type: 'suppressed', reason: 'withdrawn' }
  const language = languageFor(translations, [], playbook.settings)
  const facts = await ports.leads.facts(lead.leadId)
  return {
    type: 'send',
    to: handoff.owner.email,
    language,
    variables: {
      lead: leadVariables(lead),
      ...handoffVariables(handoff, lead, facts, rulesOf(playbook), language),
    },
  }
}
