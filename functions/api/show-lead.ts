import type { Fact } from '../../domain/activity/activity.ts'
import { consentHistory } from '../../domain/consent/consent-history.ts'
import { foldLead } from '../../domain/lead/fold.ts'
import { type LeadId, parseLeadId } from '../../domain/lead/lead-id.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import { summariseLead } from '../../domain/lead/lead-summary.ts'
import { timelineOf } from '../../domain/lead/timeline.ts'
import type { Rules } from '../../domain/playbook/rules.ts'
import { explain } from '../../domain/scoring/explain.ts'
import type { Run } from '../../domain/sequence/run.ts'
import type { Clock, Handoffs, Leads, Runs } from '../ports.ts'
import type { ApiRequest, ApiResult } from './api-request.ts'
import { inputErrors, pageQuery, toCursor } from './paging.ts'
import { viewHandoff } from './view-handoff.ts'

export interface ShowLeadPorts {
  readonly leads: Pick<Leads, 'load' | 'facts'>
  readonly runs: Runs
  readonly handoffs: Handoffs
  readonly clock: Clock
  readonly rules: Rules
}

interface KnownLead {
  readonly leadId: LeadId
  readonly email?: string
  readonly facts: readonly Fact[]
  readonly state: LeadState
}

const notFound: ApiResult = { type: 'not-found', detail: 'There is no lead with this id.' }

/** Gives `answer` the lead that the path names, its log folded under the rules of today, or answers 404. */
const withLead =
  (
    { leads, rules }: Pick<ShowLeadPorts, 'leads' | 'rules'>,
    answer: (lead: KnownLead, request: ApiRequest) => Promise<ApiResult>,
  ) =>
  async (request: ApiRequest): Promise<ApiResult> => {
    const leadId = parseLeadId(request.params.leadId)
    if (!leadId) return notFound
    const [lead, facts] = await Promise.all([leads.load(leadId), leads.facts(leadId)])
    const state = lead && foldLead(facts, rules)
    return state
      ? answer({ leadId, ...(lead.email && { email: lead.email }), facts, state }, request)
      : notFound
  }

/** The one view of a lead that both teams share. */
export const makeShowLead = (ports: ShowLeadPorts) =>
  withLead(ports, async (lead) => {
    const [runs, handoffs] = await Promise.all([
      ports.runs.list(lead.leadId),
      ports.handoffs.list(lead.leadId),
    ])
    return {
      type: 'ok',
      body: {
        ...summariseLead(lead, ports.rules, ports.clock()),
        attributes: Object.fromEntries(
          Object.entries(lead.state.attributes).map(([name, { value }]) => [name, value]),
        ),
        consentHistory: consentHistory(lead.facts),
        sequences: runs.map(viewRun),
        handoffs: handoffs.map(viewHandoff),
      },
    }
  })

export const makeShowTimeline = (ports: ShowLeadPorts) =>
  withLead(ports, async (lead, { query }) => {
    const page = pageQuery.safeParse(query)
    if (!page.success) return { type: 'bad-input', errors: inputErrors(page.error) }
    const { limit, cursor } = page.data
    const entries = timelineOf(
      lead.facts,
      lead.state,
      explain(lead.facts, ports.rules, ports.clock(), lead.email),
    )
    const from = cursor === undefined ? 0 : entries.findIndex(({ id }) => id === cursor) + 1
    const items = entries.slice(from, from + limit)
    const last = items.at(-1)
    return {
      type: 'ok',
      body: { items, ...(last && from + limit < entries.length && { next: toCursor(last.id) }) },
    }
  })

/** Why this score and this stage, to the point. */
export const makeExplainScore = (ports: ShowLeadPorts) =>
  withLead(ports, async (lead) => ({
    type: 'ok',
    body: explain(lead.facts, ports.rules, ports.clock(), lead.email),
  }))

const viewRun = (run: Run) => ({
  sequence: run.sequence,
  version: run.playbookVersion,
  step: run.step,
  status: run.status.type,
  nextAt: run.status.type === 'waiting' ? run.status.until : null,
})
