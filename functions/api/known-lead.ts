import type { Fact } from '../../domain/activity/activity.ts'
import { parseInstant } from '../../domain/activity/parse-instant.ts'
import { factsAt } from '../../domain/lead/facts-at.ts'
import { foldLead } from '../../domain/lead/fold.ts'
import { type LeadId, parseLeadId } from '../../domain/lead/lead-id.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import { reshapes } from '../../domain/lead/left-out.ts'
import type { Rules } from '../../domain/playbook/rules.ts'
import type { Clock, Leads } from '../ports.ts'
import { rootLead } from '../root-lead.ts'
import type { ApiRequest, ApiResult } from './api-request.ts'

export interface KnownLeadPorts {
  readonly leads: Pick<Leads, 'load' | 'facts'>
  readonly clock: Clock
  readonly rules: Rules
}

/** A lead with its log, as of one moment. */
export interface KnownLead {
  readonly leadId: LeadId
  readonly email?: string
  /** Its own and those of the leads merged into it, up to the moment. */
  readonly facts: readonly Fact[]
  readonly state: LeadState
  /** Those that were merged into it. */
  readonly members: readonly LeadId[]
  /** The moment, RFC 3339 UTC. */
  readonly now: string
  /** Whether that moment was asked for by `?at=`. */
  readonly isAsked: boolean
}

const noSuchLead: ApiResult = { type: 'not-found', detail: 'There is no lead with this id.' }

/**
 * Gives `answer` the lead that the path names, or the one that it was merged into, its log folded under the rules of
 * today; answers 404 where there is none. With `?at=` as of that moment, by what is known today: what was taken back
 * since, or proved to be a machine's, does not count. Of a moment to come nothing but fading is foreseen.
 */
export const withLead =
  (
    { leads, rules, clock }: KnownLeadPorts,
    answer: (lead: KnownLead, request: ApiRequest) => Promise<ApiResult>,
  ) =>
  async (request: ApiRequest): Promise<ApiResult> => {
    const leadId = parseLeadId(request.params.leadId)
    const at = readMoment(request.query.at)
    if (at === 'bad') return badMoment
    const lead = leadId && (await rootLead(leads, leadId))
    if (!lead) return noSuchLead
    const log = await leads.facts(lead.leadId)
    const now = at ?? clock()
    const facts = at === undefined ? log : factsAt(log, at)
    if (at !== undefined && !facts.some((fact) => fact.occurredAt <= at && !reshapes(fact)))
      return log.length === 0
        ? noSuchLead
        : { type: 'not-found', detail: `Nothing was known of this lead at ${at}.` }
    const state = foldLead(facts, rules, now)
    if (!state) return noSuchLead
    const email = at !== undefined && state.attributes.email === undefined ? undefined : lead.email
    const { leadId: root, members = [] } = lead
    const known = { leadId: root, facts, state, members, now, isAsked: at !== undefined }
    return answer(email === undefined ? known : { ...known, email }, request)
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
