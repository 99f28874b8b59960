import { type Frequency, frequencyOf, pausedUntil } from '../../domain/consent/preferences.ts'
import {
  confirmationVariables,
  leadVariables,
  recipientVariables,
} from '../../domain/email/email-variables.ts'
import {
  type ConsentRef,
  judgeSend,
  purposeOf,
  type SuppressedAddress,
} from '../../domain/email/judge-send.ts'
import { addresseeOf } from '../../domain/handoff/answer-handoff.ts'
import type { Handoff } from '../../domain/handoff/handoff.ts'
import { type HandoffBrief, handoffBrief } from '../../domain/handoff/handoff-brief.ts'
import { isInSales } from '../../domain/handoff/routing.ts'
import { zoneOf } from '../../domain/lead/attributes.ts'
import { coversTracking } from '../../domain/lead/consent.ts'
import { foldLead } from '../../domain/lead/fold.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import { withSales } from '../../domain/lead/sales.ts'
import type { LeadId } from '../../domain/model/activity.ts'
import type { EmailRequest, RunStep } from '../../domain/model/email-request.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import { asSequence } from '../../domain/sending/broadcast.ts'
import type { Family } from '../../domain/sending/earlier-emails.ts'
import { contextForRun } from '../../domain/sequence/advance.ts'
import { goesOnWithSales, triggerOf, whyOver } from '../../domain/sequence/run.ts'
import { rulesOf } from '../compiled-rules.ts'
import { triggerCounts } from '../nurture/continue-run.ts'
import type { Handoffs, Leads, Playbooks, Runs, SuppressionOf } from '../ports.ts'
import { rootLead } from '../root-lead.ts'
import type { Sends } from '../send-ports.ts'
import { languageFor, type Translations } from './compose-email.ts'

export interface AddressOwnerPorts {
  readonly leads: Pick<Leads, 'facts'>
  readonly handoffs: Pick<Handoffs, 'load'>
  readonly sends: Pick<Sends, 'list'>
}

/** The lead of a handoff, or the one that it was merged into. */
interface HandedLead {
  readonly leadId: LeadId
  readonly members?: readonly LeadId[]
  readonly email?: string
  readonly state: LeadState
}

/** An email that is to go out, and when it is looked at. */
interface DueEmail {
  readonly request: EmailRequest
  /** The one that the request was made under. */
  readonly playbook: Playbook
  readonly translations: Translations
  readonly now: string
  /** Time has passed since it was asked for: everything is looked at again. */
  readonly wasHeld: boolean
}

/** An email to a salesperson about a lead that they, or somebody of their team, have been given. */
const addressOwner = async (
  ports: AddressOwnerPorts,
  { request, playbook, translations, now }: DueEmail,
  lead: HandedLead,
): Promise<Address> => {
  const { leadId, handoffId } = request
  const handoff = handoffId === undefined ? undefined : await ports.handoffs.load(leadId, handoffId)
  if (!handoff) return { type: 'suppressed', reason: 'no-handoff' }
  const reader = addresseeOf(handoff, request, playbook.handoff.teams[handoff.team])
  if (reader.type === 'pointless') return { type: 'suppressed', reason: reader.reason }
  // The one who takes over was named just now.
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
      ...(await briefOwner(ports, { handoff, lead }, { playbook, language, now })),
    },
  }
}

/** What the owner of a handoff reads about its lead. */
export const briefOwner = async (
  { leads, sends }: AddressOwnerPorts,
  { handoff, lead }: { readonly handoff: Handoff; readonly lead: HandedLead },
  { playbook, language, now }: Pick<DueEmail, 'playbook' | 'now'> & { readonly language: string },
): Promise<HandoffBrief> => {
  const [facts, ...sent] = await Promise.all([
    leads.facts(lead.leadId),
    ...[lead.leadId, ...(lead.members ?? [])].map((leadId) => sends.list(leadId)),
  ])
  const subjects = new Map(sent.flat().flatMap(({ sendId, subject }) => (subject ? [[sendId, subject]] : [])))
  const timeZone = playbook.handoff.teams[handoff.team]?.timeZone ?? playbook.settings.timeZone
  return handoffBrief({ handoff, lead, facts, subjects }, rulesOf(playbook), { language, timeZone }, now)
}

/** The notice of a `notify` step: to the team's lead, or to its first member. */
const addressTeam = (
  { request: { run }, playbook: { sequences, handoff, settings }, translations }: DueEmail,
  lead: { readonly email?: string; readonly state: LeadState },
): Address => {
  const step = run && sequences[run.sequence]?.program[run.step]
  const team = step?.type === 'notify' ? handoff.teams[step.team] : undefined
  if (!run || step?.type !== 'notify' || !team) return { type: 'suppressed', reason: 'no-team' }
  const to = team.lead ?? team.members[0]
  return {
    type: 'send',
    to: to.email,
    language: languageFor(translations, [], settings),
    variables: {
      lead: { email: '', ...leadVariables(lead) },
      notice: { message: step.message, sequence: run.sequence },
    },
  }
}

interface WhyRunOverPorts {
  readonly leads: Pick<Leads, 'facts'>
  readonly runs: Pick<Runs, 'load'>
}

/**
 * Why the run that asked for an email may not go on now: it was ended, or what it began with was taken back. One that
 * came to its last step is no reason, nor is one that the lead has entered again since.
 * @param lead the root lead: another than `leadId` where that was merged into it.
 */
const whyRunOver = async (
  { leads, runs }: WhyRunOverPorts,
  { sequence, runId }: RunStep,
  { request: { leadId }, playbook, now }: DueEmail,
  lead: { readonly leadId: LeadId; readonly state: LeadState },
): Promise<string | undefined> => {
  // Where others are live, a run is judged by the rules that it began under.
  const begun = rulesOf(playbook)
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
    return triggerCounts(await leads.facts(leadId), trigger, begun) ? undefined : over
  const state = foldLead(await leads.facts(leadId), begun, now)
  return state && whyOver(run, { state })
}

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
  /** The root lead first. */
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
 */
export const addressEmail = async (ports: AddressEmailPorts, due: DueEmail): Promise<Address> => {
  const { request } = due
  const lead = await rootLead(ports.leads, request.leadId)
  if (!lead?.state) return { type: 'suppressed', reason: 'no-lead' }
  if (await askedWithoutAddress(ports, request, lead)) return { type: 'suppressed', reason: 'no-address' }
  const known = { ...lead, state: lead.state }
  switch (request.recipient) {
    case 'lead':
      return addressLead(ports, due, known)
    case 'owner':
      return request.run ? addressTeam(due, known) : addressOwner(ports, due, known)
    default:
      return request.recipient satisfies never
  }
}

/**
 * Whether a run asks for a browser that had no address and is part of somebody now: their own run asks for all that it
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

const addressLead = async (ports: AddressEmailPorts, due: DueEmail, lead: KnownLead): Promise<Address> => {
  const { request, playbook, translations, now, wasHeld } = due
  const [current, listed, run] = await Promise.all([
    ports.playbooks.current(),
    lead.email === undefined ? undefined : ports.suppressionOf(lead.email),
    runOf(ports, request, lead),
  ])
  const live = rulesOf(current)
  const suppressed = [lead.suppressed ?? [], listed ?? []].flat()
  const context = contextForRun(lead, { live, begun: rulesOf(playbook) }, run, { now })
  const sequence = playbook.sequences[request.run?.sequence ?? '']
  const { exit, goal } = sequence ?? {}
  const exits = () => exit !== undefined && context.holdsInCycle(exit)
  // What a run asks for as it begins was judged as of the fact that it began with.
  const isFresh = request.run?.afterWait === false && !wasHeld
  const standsBack = !isFresh && withSales(lead.state) && !(sequence && goesOnWithSales(sequence))
  const kind = isMarketing(translations) ? 'marketing' : 'transactional'
  const purpose = purposeOf(translations, playbook.settings)
  const verdict = judgeSend(request, { kind, purpose }, { ...lead, suppressed, standsBack }, exits)
  if (verdict.type === 'exited') return { type: 'exited', reason: 'exit' }
  if (verdict.type !== 'send') return verdict
  if (wasHeld && request.run) {
    if (goal !== undefined && context.holdsInCycle(goal)) return { type: 'exited', reason: 'goal' }
    if (exits()) return { type: 'exited', reason: 'exit' }
    const over = await whyRunOver(ports, request.run, due, lead)
    if (over !== undefined) return { type: 'exited', reason: over }
  }
  return { ...verdict, ...writtenTo(due, lead, live.playbook) }
}

const isMarketing = (translations: Translations): boolean =>
  Object.values(translations).some(({ kind }) => kind === 'marketing')

/** What an email to a lead is filled with, and whose caps and hours count. */
const writtenTo = (
  { request: { confirmation, run, email }, playbook, translations, now }: DueEmail,
  lead: KnownLead,
  { settings }: Playbook,
) => {
  const { attributes } = lead.state
  const language = confirmation?.language ?? attributes.language?.value
  const leadIds = [lead.leadId, ...(lead.members ?? [])] as const
  const wishedUntil = pausedUntil(attributes, now)
  const sequence = playbook.sequences[run?.sequence ?? ''] ?? asSequence(run, email)
  const person: Person = {
    ...{ leadId: lead.leadId, leadIds, timeZone: zoneOf(lead.state, settings) },
    frequency: frequencyOf(attributes, now),
    ...(wishedUntil !== undefined && { pausedUntil: wishedUntil }),
  }
  return {
    ...(coversTracking(lead.state) && { tracked: true as const }),
    language: languageFor(translations, typeof language === 'string' ? [language] : [], playbook.settings),
    variables: {
      lead: recipientVariables(lead),
      ...(confirmation && { consent: confirmationVariables(playbook.forms, confirmation) }),
    },
    ...(isMarketing(translations) && { person }),
    ...(sequence && lead.members?.length && { family: { root: lead.leadId, leadIds, sequence } }),
  }
}
