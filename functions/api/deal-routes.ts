import * as z from 'zod/mini'
import type { Handoff } from '../../domain/handoff/handoff.ts'
import { nameOf } from '../../domain/lead/lead-summary.ts'
import type { LeadId } from '../../domain/model/activity.ts'
import { type Deal, dealStatuses, salesPhases } from '../../domain/model/deal.ts'
import { viewDeal } from '../../domain/sales/deal-view.ts'
import type { Clock, DealLists, Handoffs, Lead, Leads } from '../ports.ts'
import { rootLead } from '../root-lead.ts'
import {
  type ApiRequest,
  type ApiResult,
  everyone,
  oneOf,
  otherCursor,
  pageQuery,
  shortText,
} from './api-request.ts'
import { get } from './api-route.ts'
import { listByState, type StatePlace } from './list-by-state.ts'

interface ListDealsPorts {
  readonly dealLists: Pick<DealLists, 'page'>
  readonly leads: Pick<Leads, 'load'>
  readonly handoffs: Pick<Handoffs, 'load'>
  readonly clock: Clock
}

const dealsQuery = z.extend(pageQuery, {
  phase: oneOf(salesPhases),
  owner: shortText(320),
  state: oneOf(dealStatuses),
})
type DealsQuery = z.infer<typeof dealsQuery>

/** A deal as a row of a list, with whom it is with. */
const viewRow = (deal: Deal, { leadId, state }: Lead, owner: Handoff['owner'] | null, now: string) => {
  const { dealId, externalId, phase, phases, value, currency, status, openedAt, closedAt, reason } = viewDeal(
    deal,
    now,
  )
  const company = state?.attributes.company?.value
  return {
    dealId,
    externalId,
    leadId,
    name: state ? nameOf(state) : null,
    company: typeof company === 'string' && company !== '' ? company : null,
    phase,
    amount: value,
    currency,
    owner,
    state: status,
    openedAt,
    phaseSince: phases.at(-1)?.since ?? openedAt,
    closedAt,
    reason,
  }
}

export type DealRow = ReturnType<typeof viewRow>

/** The deals of some leads, each once however many of the leads are one person. */
const dealsOf = async (
  { leads, handoffs }: ListDealsPorts,
  leadIds: readonly LeadId[],
  state: Deal['status'],
  now: string,
): Promise<readonly DealRow[]> => {
  const roots = await Promise.all(leadIds.map((leadId) => rootLead(leads, leadId)))
  const people = new Map(roots.flatMap((lead) => (lead ? [[lead.leadId, lead] as const] : [])))
  const found = [...people.values()].flatMap((lead) =>
    (lead.state?.deals ?? []).filter(({ status }) => status === state).map((deal) => ({ lead, deal })),
  )
  return Promise.all(
    found.map(async ({ lead, deal }) => {
      const { handoffId, member } = deal
      const handoff =
        handoffId === undefined ? undefined : await handoffs.load(member ?? lead.leadId, handoffId)
      return viewRow(deal, lead, handoff?.owner ?? null, now)
    }),
  )
}

const wants =
  ({ phase, owner }: DealsQuery) =>
  (row: DealRow): boolean =>
    (phase === undefined || row.phase === phase) &&
    (owner === undefined || row.owner?.email.toLowerCase() === owner.toLowerCase())

/** Deals, open ones first, the latest first within a state. A page may hold a few more where a lead has several. */
const makeListDeals =
  (ports: ListDealsPorts) =>
  async ({ query }: ApiRequest<DealsQuery>): Promise<ApiResult> => {
    const now = ports.clock()
    const page = async (status: Deal['status'], place: StatePlace) => {
      const { leadIds, ...rest } = await ports.dealLists.page({ ...place, status })
      return { ...rest, items: (await dealsOf(ports, leadIds, status, now)).filter(wants(query)) }
    }
    const body = await listByState({ kind: 'deals', states: dealStatuses, page }, query)
    return body ? { type: 'ok', body } : otherCursor
  }

export const dealRoutes = [get('/api/deals', { roles: everyone, query: dealsQuery }, makeListDeals)]
