import { events, isDecisionFor } from './event-table.ts'
import type { WebhookEventType } from './events.ts'

interface Addressed {
  /** Unique in `handoff.yaml`; the secret of a webhook is derived from it. */
  readonly id: string
  readonly url: string
  readonly events: readonly WebhookEventType[]
  /** Only what concerns handoffs of this team. */
  readonly team?: string
  /** Names, address and phone go along: they leave the account. */
  readonly lead: boolean
}

/** Another system that is told of what happens, as `notify` in `handoff.yaml` sets it up. */
export type Endpoint =
  /** A program: signed JSON, as Standard Webhooks has it. */
  | ({ readonly type: 'webhook' } & Addressed)
  /** A channel that people read. `language`: BCP 47; absent: the first of the settings. */
  | ({ readonly type: 'slack' | 'teams'; readonly language?: string } & Addressed)

/** Whether events of this type concern `endpoint` at all, whatever team they are about. */
export const listensTo = ({ type, events, lead }: Endpoint, event: WebhookEventType): boolean =>
  // Whoever was given personal data is told of an erasure in any case (GDPR art. 19), so that it can be followed there.
  events.includes(event) || (event === 'LeadErased' && type === 'webhook' && lead)

/** Whether `endpoint` is to be told of something. @param team of the handoff that it is about; of nobody after an erasure. */
export const isSubscribed = (
  endpoint: Endpoint,
  event: WebhookEventType,
  team: string | undefined,
): boolean =>
  listensTo(endpoint, event) &&
  (endpoint.team === undefined || endpoint.team === team || event === 'LeadErased')

/** Decisions that other systems may be told of: what sales and a CRM live by. All of them are rare. */
export const webhookEvents: readonly WebhookEventType[] = Object.keys(events).filter(isDecisionFor('webhook'))

/** What a channel is told of where the playbook names no events: enough to act on, and no chatter. */
export const channelEvents: readonly WebhookEventType[] = [
  'HandoffRequested',
  'HandoffEscalated',
  'HandoffAccepted',
  'HandoffRejected',
  'DealWon',
  'DealLost',
]
