import type { Decision } from './decision.ts'
import { events, isDecisionFor } from './event-table.ts'
import type { WebhookEventType } from './events.ts'

interface Addressed {
  /** Unique in `handoff.yaml`; the secret of a webhook is derived from it. */
  readonly id: string
  readonly url: string
  readonly events: readonly WebhookEventType[]
  /** Only events about handoffs of this team. */
  readonly team?: string
  /** Includes names, address and phone, which leave the account. */
  readonly lead: boolean
}

/** Another system that receives events, set up by `notify` in `handoff.yaml`. */
export type Endpoint =
  /** A program: signed JSON by Standard Webhooks. */
  | ({ readonly type: 'webhook' } & Addressed)
  /** A chat channel. `language`: BCP 47; absent: the first of the settings. */
  | ({ readonly type: 'slack' | 'teams'; readonly language?: string } & Addressed)

/** Whether `endpoint` subscribes to this type of event, whatever the team. */
export const listensTo = ({ type, events, lead }: Endpoint, event: WebhookEventType): boolean =>
  // Recipients of personal data are always told of an erasure (GDPR art. 19), so that they can erase it too.
  events.includes(event) || (event === 'LeadErased' && type === 'webhook' && lead)

const isForWebhooks = isDecisionFor('webhook')

/** Marks the decisions that none of the endpoints in force subscribes to: who subscribes later hears of what happens later. */
export const markUnheard = (
  decisions: readonly Decision[],
  endpoints: readonly Endpoint[] = [],
): readonly Decision[] =>
  decisions.map((decision): Decision => {
    const { type } = decision
    const isHeard = !isForWebhooks(type) || endpoints.some((endpoint) => listensTo(endpoint, type))
    return isHeard ? decision : { ...decision, unheard: true }
  })

/** Whether to send an event to `endpoint`. @param team of the handoff concerned; undefined after an erasure. */
export const isSubscribed = (
  endpoint: Endpoint,
  event: WebhookEventType,
  team: string | undefined,
): boolean =>
  listensTo(endpoint, event) &&
  (endpoint.team === undefined || endpoint.team === team || event === 'LeadErased')

/** Decisions that other systems can subscribe to: those that matter to sales and a CRM. All are rare. */
export const webhookEvents: readonly WebhookEventType[] = Object.keys(events).filter(isForWebhooks)

/** Default events of a channel: enough to act on, without noise. */
export const channelEvents: readonly WebhookEventType[] = [
  'HandoffRequested',
  'HandoffEscalated',
  'HandoffAccepted',
  'HandoffRejected',
  'DealWon',
  'DealLost',
]
