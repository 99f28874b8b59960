import type { Handoff } from '../../domain/handoff/handoff.ts'
import type { Background } from '../../domain/webhook/told.ts'
import type { WebhookEvent } from '../../domain/webhook/webhook-event.ts'
import type { Handoffs, Leads } from '../ports.ts'
import { rootLead } from '../root-lead.ts'

export interface BackgroundPorts {
  readonly leads: Pick<Leads, 'load'>
  readonly handoffs: Pick<Handoffs, 'find' | 'list'>
}

/** The handoff that an event is about: the one it names, else the lead's latest. */
export const handoffOf = async (
  { handoffs }: Pick<BackgroundPorts, 'handoffs'>,
  { data, leadId, type }: WebhookEvent,
): Promise<Handoff | undefined> => {
  if (type === 'LeadErased') return undefined
  if (typeof data.handoffId === 'string') return handoffs.find(data.handoffId)
  const all = await handoffs.list(leadId)
  return all.toSorted((a, b) => (a.requestedAt < b.requestedAt ? -1 : 1)).at(-1)
}

/** What is known beside the event at the moment of telling. @returns undefined once the person was erased: nothing is told of them any more, but that they were. */
export const makeGatherBackground =
  (ports: BackgroundPorts) =>
  async (event: WebhookEvent): Promise<Background | undefined> => {
    if (event.type === 'LeadErased') return {}
    const [lead, handoff] = await Promise.all([rootLead(ports.leads, event.leadId), handoffOf(ports, event)])
    if (!lead) return undefined
    const { email, state } = lead
    return {
      ...(handoff && { handoff }),
      ...(state && { lead: { state, ...(email !== undefined && { email }) } }),
    }
  }
