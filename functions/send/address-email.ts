import { type Frequency, frequencyOf, pausedUntil } from '../../domain/consent/preferences.ts'
import { coversTracking } from '../../domain/consent/tracking-consent.ts'
import { confirmationVariables } from '../../domain/email/confirmation-variables.ts'
import { type ConsentRef, purposeOf } from '../../domain/email/email-consent.ts'
import type { EmailRequest } from '../../domain/email/email-request.ts'
import { judgeSend } from '../../domain/email/judge-send.ts'
import { recipientVariables } from '../../domain/email/stranger-variables.ts'
import type { SuppressedAddress } from '../../domain/email/suppressed-address.ts'
import type { JsonObject } from '../../domain/json.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import { withSales } from '../../domain/lead/with-sales.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import type { Family } from '../../domain/sending/twin-emails.ts'
import { askLead } from '../../domain/sequence/ask-lead.ts'
import { goesOnWithSales } from '../../domain/sequence/sales-hold.ts'
import { zoneOf } from '../../domain/time/lead-zone.ts'
import { rulesOf } from '../compiled-rules.ts'
import type { Leads, Playbooks, Runs } from '../ports.ts'
import { rootLead } from '../root-lead.ts'
import type { SuppressionOf } from '../suppression-ports.ts'
import { type AddressOwnerPorts, addressOwner } from './address-owner.ts'
import { addressTeam } from './address-team.ts'
import { languageFor, type Translations } from './compose-email.ts'
import { whyRunOver } from './why-run-over.ts'

export interface AddressEmailPorts extends AddressOwnerPorts {
  readonly leads: Pick<Leads, 'load' | 'facts'>
  readonly runs: Pick<Runs, 'load'>
  readonly playbooks: Playbooks
  readonly suppressionOf: SuppressionOf
}

/** To whom, in which language and with what an email goes out now, or why it does not. */
export type Address =
  | {
      readonly type: 'send'
      readonly to: string
      /** What allows it, for marketing mail. */
      readonly consent?: ConsentRef
      /** The lead's consent covers the measuring of opens and clicks. */
      readonly tracked?: true
      readonly language: string
      readonly variables: JsonObject
      /** Set for marketing mail: whose caps and whose hours count. */
      readonly person?: Person
      /** Set for an email of a run, where the person is several leads. */
      readonly family?: Family
    }
  | { readonly type: 'suppressed'; readonly reason: string }
  | { readonly type: 'exited'; readonly reason: string }

/** One person under all ids that they were known by. */
export interface Person {
  readonly leadId: LeadId
  /** The one that stands for them first. */
  readonly leadIds: readonly [LeadId, ...LeadId[]]
  /** IANA. */
  readonly timeZone: string
  /** How often they want to hear from us. */
  readonly frequency: Frequency
  /** They asked for no marketing mail until then, RFC 3339 UTC. */
  readonly pausedUntil?: string
}

interface KnownLead {
  readonly leadId: LeadId
  readonly members?: readonly LeadId[]
  readonly email?: string
  readonly suppressed?: SuppressedAddress
  readonly state: LeadState
}

/**
 * Reads the lead as it is at `now`, strongly consistent; for one that was merged into another the whole person counts,
 * and is written to at the address that it goes by.
 * @param playbook the one that the request was made under.
 * @param wasHeld whether time has passed since it was asked for: then everything is looked at again.
 */
export const addressEmail = async (
  ports: AddressEmailPorts,
  request: EmailRequest,
  playbook: Playbook,
  translations: Translations,
  now: string,
  wasHeld = false,
): Promise<Address> => {
  const lead = await rootLead(ports.leads, request.leadId)
  if (!lead?.state) return { type: 'suppressed', reason: 'no-lead' }
  if (await askedWithoutAddress(ports, request, lead)) return { type: 'suppressed', reason: 'no-address' }
  const known = { ...lead, state: lead.state }
  switch (request.recipient) {
    case 'lead':
      return addressLead(ports, request, playbook, translations, known, now, wasHeld)
    case 'owner':
      return request.run
        ? addressTeam(request, playbook, translations, known)
        : addressOwner(ports, request, playbook, translations, known, now)
    default:
      return request.recipient satisfies never
  }
}

/**
 * Whether a run asks for a browser that had no address and is part of somebody by now: their own run asks for all that it
 * would have.
 */
const askedWithoutAddress = async (
  { leads }: AddressEmailPorts,
  { leadId, recipient, run }: EmailRequest,
  root: { readonly leadId: LeadId },
): Promise<boolean> => {
  if (recipient !== 'lead' || !run || root.leadId === leadId) return false
  return (await leads.load(leadId))?.email === undefined
}

/** The run that asks, where it matters when it began: for a lead that sales has sent back. */
const runOf = async (
  { runs }: AddressEmailPorts,
  { leadId, run: asking }: EmailRequest,
  { state }: KnownLead,
) => {
  if (!asking || state.recycles.length === 0) return undefined
  const run = await runs.load(leadId, asking.sequence)
  return run?.runId === asking.runId ? run : undefined
}

const addressLead = async (
  ports: AddressEmailPorts,
  request: EmailRequest,
  playbook: Playbook,
  translations: Translations,
  lead: KnownLead,
  now: string,
  wasHeld: boolean,
): Promise<Address> => {
  const marketing = Object.values(translations).some(({ kind }) => kind === 'marketing')
  const [current, listed, run] = await Promise.all([
    ports.playbooks.current(),
    lead.email === undefined ? undefined : ports.suppressionOf(lead.email),
    runOf(ports, request, lead),
  ])
  const live = rulesOf(current)
  const suppressed = [lead.suppressed ?? [], listed ?? []].flat()
  const ask = askLead(lead, live, rulesOf(playbook), now, run)
  const sequence = playbook.sequences[request.run?.sequence ?? '']
  const { exit, goal } = sequence ?? {}
  const exits = () => exit !== undefined && ask.holdsInCycle(exit)
  const purpose = purposeOf(translations, playbook.settings)
  const wishedUntil = pausedUntil(lead.state.attributes, now)
  const kind = marketing ? 'marketing' : 'transactional'
  // What a run asks for as it begins was judged as of the fact that it began with.
  const isFresh = request.run?.afterWait === false && !wasHeld
  const standsBack = !isFresh && withSales(lead.state) && !(sequence && goesOnWithSales(sequence))
  const verdict = judgeSend(request, kind, { ...lead, suppressed, standsBack }, exits, purpose)
  if (verdict.type === 'exited') return { type: 'exited', reason: 'exit' }
  if (verdict.type !== 'send') return verdict
  if (wasHeld && request.run) {
    if (goal !== undefined && ask.holdsInCycle(goal)) return { type: 'exited', reason: 'goal' }
    if (exits()) return { type: 'exited', reason: 'exit' }
    const over = await whyRunOver(ports, request.run, request.leadId, lead, rulesOf(playbook), now)
    if (over !== undefined) return { type: 'exited', reason: over }
  }
  const language = request.confirmation?.language ?? lead.state.attributes.language?.value
  const wishes = typeof language === 'string' ? [language] : []
  const leadIds = [lead.leadId, ...(lead.members ?? [])] as const
  return {
    type: 'send',
    to: verdict.to,
    ...(verdict.consent && { consent: verdict.consent }),
    ...(coversTracking(lead.state) && { tracked: true }),
    language: languageFor(translations, wishes, playbook.settings),
    variables: {
      lead: recipientVariables(lead),
      ...(request.confirmation && {
        consent: confirmationVariables(playbook.forms, request.confirmation),
      }),
    },
    ...(marketing && {
      person: {
        leadId: lead.leadId,
        leadIds,
        timeZone: zoneOf(lead.state, live.playbook.settings),
        frequency: frequencyOf(lead.state.attributes, now),
        ...(wishedUntil !== undefined && { pausedUntil: wishedUntil }),
      },
    }),
    ...(sequence && lead.members?.length && { family: { root: lead.leadId, leadIds, sequence } }),
  }
}
