import * as z from 'zod/mini'
import { type LeadId, parseLeadId } from '../../domain/lead/lead-id.ts'
import { decisionEventOf } from '../queue/decision-event.ts'

/** What stands on the erase queue: somebody is to be forgotten, or was and is looked through again. */
export interface EraseMessage {
  readonly leadId: LeadId
  /** `request`: a person's own, made by hand. `unconfirmed`: nobody confirmed in time, and there is no other reason to keep them. */
  readonly because: 'request' | 'unconfirmed'
  readonly isSweep: boolean
  readonly cause?: { readonly decisionId: string; readonly correlationId: string }
}

const sweep = z.object({
  type: z.literal('sweep'),
  leadId: z.custom<LeadId>((value) => parseLeadId(value) !== undefined),
  because: z.enum(['request', 'unconfirmed']),
})

/** @throws when `body` asks for no erasure: the message ends in the dead-letter queue. */
export const parseMessage = (body: unknown): EraseMessage => {
  const again = z.safeParse(sweep, body)
  if (again.success) return { leadId: again.data.leadId, because: again.data.because, isSweep: true }
  const { type, id, correlationId, leadId, data } = decisionEventOf(body)
  if (type !== 'ErasureRequested') throw new Error(`the ${type} event asks for no erasure`)
  const because = data.because === 'unconfirmed' ? 'unconfirmed' : 'request'
  return { leadId, because, isSweep: false, cause: { decisionId: id, correlationId } }
}
