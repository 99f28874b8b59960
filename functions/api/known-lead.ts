import type { Fact } from '../../domain/activity/activity.ts'
import { parseInstant } from '../../domain/activity/parse-instant.ts'
import { factsAt } from '../../domain/lead/facts-at.ts'
import { extendLead, foldLead } from '../../domain/lead/fold.ts'
import { type LeadId, parseLeadId } from '../../domain/lead/lead-id.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import { reshapes } from '../../domain/lead/left-out.ts'
import type { Rules } from '../../domain/playbook/rules.ts'
import type { Clock, Lead, Leads } from '../ports.ts'
import { rootLead } from '../root-lead.ts'
import type { ApiRequest, ApiResult } from './api-request.ts'

export interface KnownLeadPorts {
  readonly leads: Pick<Leads, 'load' | 'factsWithin' | 'factsOf'>
  readonly clock: Clock
  readonly rules: Rules
}

/** A lead as of one moment. */
export interface LeadAt {
  readonly leadId: LeadId
  readonly email?: string
  /** Those that were merged into it. */
  readonly members: readonly LeadId[]
  /** The moment, RFC 3339 UTC. */
  readonly now: string
  /** Whether that moment was asked for by `?at=`. */
  readonly isAsked: boolean
}

export interface KnownLead extends LeadAt {
  /** Its own and those of the leads merged into it, up to the moment. */
  readonly facts: readonly Fact[]
}

export interface JudgedLead extends LeadAt {
  readonly state: LeadState
  /** As far as they were asked for. */
  readonly facts: readonly Fact[]
}

/**
 * Facts that are read and folded for one answer: at 200 MB and five seconds of a core for 100,000 small ones, what the
 * function can do within its time (`npm run bench -- history`).
 */
export const mostFacts = 250_000

const tooMuch: ApiResult = {
  type: 'too-much',
  detail: `This lead has more than ${mostFacts} activities: its page and the newest part of its timeline are shown, everything else is too much for one answer.`,
}

const noSuchLead: ApiResult = { type: 'not-found', detail: 'There is no lead with this id.' }

/** Whom a request is about, and as of when. */
export interface Asked {
  readonly lead: Lead
  readonly at: string | undefined
}

export const askedFor = async (
  { leads }: KnownLeadPorts,
  request: ApiRequest,
): Promise<Asked | ApiResult> => {
  const leadId = parseLeadId(request.params.leadId)
  const at = readMoment(request.query.at)
  if (at === 'bad') return badMoment
  const lead = leadId && (await rootLead(leads, leadId))
  return lead ? { lead, at } : noSuchLead
}

/** The address that is known, or was known at the moment asked about. */
const addressAt = ({ email }: Lead, facts: readonly Fact[], rules: Rules, at: string | undefined) => {
  const isKnown = at === undefined || foldLead(facts, rules, at)?.attributes.email !== undefined
  return email !== undefined && isKnown ? { email } : {}
}

export const readLog = async (
  { leads, clock, rules }: KnownLeadPorts,
  { lead, at }: Asked,
): Promise<KnownLead | ApiResult> => {
  const log = await leads.factsWithin(lead.leadId, mostFacts)
  if (!log) return tooMuch
  const facts = at === undefined ? log : factsAt(log, at)
  if (log.length === 0) return noSuchLead
  if (at !== undefined && !facts.some((fact) => fact.occurredAt <= at && !reshapes(fact)))
    return { type: 'not-found', detail: `Nothing was known of this lead at ${at}.` }
  const { leadId, members = [] } = lead
  const moment = { now: at ?? clock(), isAsked: at !== undefined }
  return { leadId, ...addressAt(lead, facts, rules, at), members, ...moment, facts }
}

/** What the lead's log comes to now, without reading it; undefined where it has to be folded. */
const readState = async (
  { leads, clock, rules }: KnownLeadPorts,
  { lead, at }: Asked,
  types: readonly [string, ...string[]],
): Promise<JudgedLead | undefined> => {
  if (at !== undefined || !lead.state) return undefined
  const now = clock()
  const { leadId, email, members = [] } = lead
  const state = extendLead(lead.state, [], rules, now)
  if (!state) return undefined
  const facts = await leads.factsOf(leadId, members, types)
  return { leadId, ...(email !== undefined && { email }), members, now, isAsked: false, facts, state }
}

export const isResult = (found: object): found is ApiResult => 'type' in found

/**
 * Gives `answer` the lead that the path names, or the one that it was merged into, with its log; answers 404 where there is
 * none. With `?at=` as of that moment, by what is known today: what was taken back since, or proved to be a machine's, does
 * not count. Of a moment to come nothing but fading is foreseen.
 */
export const withLead =
  (ports: KnownLeadPorts, answer: (lead: KnownLead, request: ApiRequest) => Promise<ApiResult>) =>
  async (request: ApiRequest): Promise<ApiResult> => {
    const asked = await askedFor(ports, request)
    const lead = isResult(asked) ? asked : await readLog(ports, asked)
    return isResult(lead) ? lead : answer(lead, request)
  }

/**
 * The same with what the log comes to under the rules of today, and of the facts those of `types`. A long log is not read
 * as a whole, as long as the stored state can be brought to this moment.
 */
export const withJudgedLead =
  (
    ports: KnownLeadPorts,
    types: readonly [string, ...string[]],
    answer: (lead: JudgedLead, request: ApiRequest) => Promise<ApiResult>,
  ) =>
  async (request: ApiRequest): Promise<ApiResult> => {
    const asked = await askedFor(ports, request)
    if (isResult(asked)) return asked
    const judged = await readState(ports, asked, types)
    if (judged) return answer(judged, request)
    const lead = await readLog(ports, asked)
    if (isResult(lead)) return lead
    const state = foldLead(lead.facts, ports.rules, lead.now)
    return state ? answer({ ...lead, state }, request) : noSuchLead
  }

const badMoment: ApiResult = {
  type: 'bad-input',
  errors: [
    { path: 'at', message: 'must be a time with an offset (RFC 3339), such as 2026-01-31T09:30:00+01:00' },
  ],
}

/** A `+` that was not written as `%2B` arrives as a space. */
const readMoment = (text: string | undefined): string | undefined | 'bad' =>
  text === undefined ? undefined : (parseInstant(text.replace(/ (?=\d\d:\d\d$)/, '+')) ?? 'bad')
