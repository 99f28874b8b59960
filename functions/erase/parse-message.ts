import * as z from 'zod/mini'
import { type LeadId, parseLeadId } from '../../domain/lead/lead-id.ts'
import { decisionEventOf } from '../queue/decision-event.ts'

const erasureReasons = ['request', 'unconfirmed', 'retention'] as const
/**
 * `request`: a person's own, made by hand. `unconfirmed`: nobody confirmed in time, and there is no other reason to keep
 * them. `retention`: nothing was heard of them for as long as the settings say.
 */
export type ErasureReason = (typeof erasureReasons)[number]

/** A keyed hash of an address's identity key, or of a browser. */
export type NameHash = string

/** What stands on the erase queue: somebody is to be forgotten, or was and is looked through again. */
export interface EraseMessage {
  readonly leadId: LeadId
  readonly because: ErasureReason
  readonly look: 'first' | 'second' | 'last'
  /** When it was asked for (RFC 3339 UTC): what the person did until then is forgotten, whenever it arrives. */
  readonly at: string
  /** What the looks before found them by. */
  readonly names: readonly NameHash[]
  /** Of the lead when it was found that it is not to be kept: it is erased at this version alone. */
  readonly version?: number
  readonly cause?: { readonly decisionId: string; readonly correlationId: string }
}

export type Sweep = Omit<EraseMessage, 'cause' | 'version'>

const sweep = z.object({
  type: z.literal('sweep'),
  leadId: z.custom<LeadId>((value) => parseLeadId(value) !== undefined),
  because: z.enum(erasureReasons),
  look: z.enum(['second', 'last']),
  at: z.string(),
  names: z.array(z.string()),
})

/** @throws when `body` asks for no erasure: the message ends in the dead-letter queue. */
export const parseMessage = (body: unknown): EraseMessage => {
  const again = z.safeParse(sweep, body)
  if (again.success) return again.data
  const { type, id, occurredAt, correlationId, leadId, data } = decisionEventOf(body)
  if (type !== 'ErasureRequested') throw new Error(`the ${type} event asks for no erasure`)
  const because = erasureReasons.find((one) => one === data.because) ?? 'request'
  return {
    leadId,
    because,
    at: occurredAt,
    look: 'first',
    names: [],
    ...(typeof data.version === 'number' && { version: data.version }),
    cause: { decisionId: id, correlationId },
  }
}
