import { whyNotByHand } from '../../domain/activity/own-types.ts'
import { parseActivity } from '../../domain/activity/parse-activity.ts'
import { parseLeadId } from '../../domain/lead/lead-id.ts'
import { asByHand } from '../../domain/sales/deal-activity.ts'
import type { Bus, Clock, Leads } from '../ports.ts'
import { rootLead } from '../root-lead.ts'
import type { ApiRequest, ApiResult } from './api-request.ts'
import { type CheckDealPorts, makeCheckDeal } from './check-deal.ts'

export interface RecordByHandPorts extends CheckDealPorts {
  readonly leads: Pick<Leads, 'load' | 'facts'>
  readonly bus: Bus
  readonly clock: Clock
  /** A fresh id for an activity that came without one. */
  readonly newId: () => string
}

/**
 * Sales logs a call, a proposal, a win, or takes a fact back (`activity.voided`): an activity like any other, about the
 * lead of the path. What would leave its deal where it is, a program may send; a person hears of it. `deal.opened` always
 * opens a further deal.
 */
export const makeRecordByHand = (ports: RecordByHandPorts) => {
  const checkDeal = makeCheckDeal(ports)
  return async ({ params, body }: ApiRequest): Promise<ApiResult> => {
    const leadId = parseLeadId(params.leadId)
    const lead = leadId && (await ports.leads.load(leadId))
    const root = lead && (await rootLead(ports.leads, lead.leadId))
    if (!lead || !root) return { type: 'not-found', detail: 'There is no lead with this id.' }
    if (typeof body !== 'object' || body === null)
      return { type: 'bad-input', errors: [{ path: '', message: 'must be a JSON object' }] }
    const parsed = parseActivity({ ...body, subject: { leadId: lead.leadId } }, ports.clock(), ports.newId())
    if (parsed.type === 'refused') return { type: 'bad-input', errors: parsed.errors }
    const own = whyNotByHand(parsed.activity.type)
    if (own !== undefined) return { type: 'bad-input', errors: [{ path: 'type', message: own }] }
    const activity = asByHand(parsed.activity)
    const misfit = await checkDeal(root, lead.leadId, activity)
    if (misfit) return misfit
    await ports.bus.submit([activity])
    return { type: 'accepted', body: { status: 'accepted', id: activity.id } }
  }
}
