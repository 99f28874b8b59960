import { type LeadId, parseLeadId } from '../../domain/lead/lead-id.ts'
import type { Delivery } from '../../domain/webhook/delivery.ts'
import type { Endpoint } from '../../domain/webhook/endpoint.ts'
import { type EndpointState, isDisabled } from '../../domain/webhook/endpoint-state.ts'

/** Names a delivery to one endpoint: neither part holds a full stop. */
export const deliveryIdOf = ({ event, webhookId }: Delivery): string => `${event.leadId}.${webhookId}`

export const readDeliveryId = (
  text: string,
): { readonly leadId: LeadId; readonly webhookId: string } | undefined => {
  const [first, webhookId, ...more] = text.split('.')
  const leadId = parseLeadId(first)
  return leadId === undefined || !webhookId || more.length > 0 ? undefined : { leadId, webhookId }
}

/** Whoever knows the address of a channel may write there: its host is all that is shown. */
const shownUrl = ({ type, url }: Endpoint): string =>
  type === 'webhook' ? url : `${URL.parse(url)?.origin ?? ''}/…`

const statusOf = (
  endpoint: Endpoint,
  state: EndpointState,
  now: string,
): 'active' | 'resting' | 'disabled' => {
  if (isDisabled(state, endpoint.url)) return 'disabled'
  return state.restUntil !== undefined && now < state.restUntil ? 'resting' : 'active'
}

export const viewEndpoint = (
  endpoint: Endpoint,
  state: EndpointState,
  counts: Readonly<Record<string, number>>,
  now: string,
) => ({
  id: endpoint.id,
  type: endpoint.type,
  url: shownUrl(endpoint),
  events: endpoint.events,
  team: endpoint.team ?? null,
  lead: endpoint.lead,
  status: statusOf(endpoint, state, now),
  ...counts,
  lastError: state.lastError ?? null,
  ...(endpoint.type === 'webhook' && {
    secret: { generation: state.generation, rotatedAt: state.rotatedAt ?? null },
  }),
})

/** `last.answer` is what the receiver said: it may repeat what it was told of a person. */
export const viewDelivery = (delivery: Delivery) => ({
  deliveryId: deliveryIdOf(delivery),
  webhookId: delivery.webhookId,
  type: delivery.event.type,
  leadId: delivery.event.leadId,
  occurredAt: delivery.event.occurredAt,
  createdAt: delivery.createdAt,
  state: delivery.state,
  attempts: delivery.attempts,
  nextAt: delivery.nextAt ?? null,
  last: delivery.last ?? null,
  givenUp: delivery.givenUp ?? null,
})
