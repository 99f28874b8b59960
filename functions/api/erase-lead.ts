import { parseLeadId } from '../../domain/lead/lead-id.ts'
import type { Bus, Clock, Leads } from '../ports.ts'
import type { ApiRequest, ApiResult } from './api-request.ts'

export interface EraseLeadRoutePorts {
  readonly leads: Pick<Leads, 'load'>
  readonly bus: Pick<Bus, 'publish'>
  readonly clock: Clock
}

/** Asks for a person to be forgotten: 202, and the work is done by a queue. Asking again changes nothing. */
export const makeEraseLeadRoute =
  ({ leads, bus, clock }: EraseLeadRoutePorts) =>
  async ({ params }: ApiRequest): Promise<ApiResult> => {
    const leadId = parseLeadId(params.leadId)
    const lead = leadId && (await leads.load(leadId))
    if (!lead) return { type: 'not-found', detail: 'There is no lead with this id.' }
    const id = `${lead.leadId}:erase:request`
    await bus.publish([
      {
        id,
        type: 'ErasureRequested',
        occurredAt: clock(),
        causationId: id,
        correlationId: id,
        leadId: lead.leadId,
        data: { because: 'request' },
      },
    ])
    return { type: 'accepted', body: { status: 'accepted' } }
  }
