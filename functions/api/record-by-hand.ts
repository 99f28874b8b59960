import { whyOwnType } from '../../domain/activity/own-types.ts'
import { parseActivity } from '../../domain/activity/parse-activity.ts'
import { parseLeadId } from '../../domain/lead/lead-id.ts'
import type { Bus, Clock, Leads } from '../ports.ts'
import type { ApiRequest, ApiResult } from './api-request.ts'

export interface RecordByHandPorts {
  readonly leads: Pick<Leads, 'load'>
  readonly bus: Bus
  readonly clock: Clock
  /** A fresh id for an activity that came without one. */
  readonly newId: () => string
}

/** Sales logs a call, a proposal, a win, or takes a fact back (`activity.voided`): an activity like any other, about the lead of the path. */
export const makeRecordByHand =
  (ports: RecordByHandPorts) =>
  async ({ params, body }: ApiRequest): Promise<ApiResult> => {
    const leadId = parseLeadId(params.leadId)
    const lead = leadId && (await ports.leads.load(leadId))
    if (!lead) return { type: 'not-found', detail: 'There is no lead with this id.' }
    if (typeof body !== 'object' || body === null)
      return { type: 'bad-input', errors: [{ path: '', message: 'must be a JSON object' }] }
    const parsed = parseActivity({ ...body, subject: { leadId: lead.leadId } }, ports.clock(), ports.newId())
    if (parsed.type === 'refused') return { type: 'bad-input', errors: parsed.errors }
    const own = whyOwnType(parsed.activity.type)
    if (own !== undefined) return { type: 'bad-input', errors: [{ path: 'type', message: own }] }
    await ports.bus.submit([parsed.activity])
    return { type: 'accepted', body: { status: 'accepted', id: parsed.activity.id } }
  }
