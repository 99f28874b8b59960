import type { Handoff } from '../domain/handoff/handoff.ts'
import type { Run } from '../domain/sequence/run.ts'
import type { Delivery } from '../domain/webhook/delivery.ts'
import type { Lead } from './ports.ts'
import type { Send } from './send-ports.ts'

/** Something in the table for which a moment may come. */
export type Waiting =
  | { readonly type: 'lead'; readonly lead: Lead }
  | { readonly type: 'run'; readonly run: Run }
  | { readonly type: 'handoff'; readonly handoff: Handoff }
  | { readonly type: 'send'; readonly send: Send }
  | { readonly type: 'delivery'; readonly delivery: Delivery }
