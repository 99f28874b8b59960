import type { Delivery, DeliveryState } from '../../domain/webhook/delivery.ts'
import { table } from '../table-schema.ts'
import type { DeliveryRef } from '../webhook-ports.ts'
import { type Item, type Key, leadPartition } from './dynamo-lead-items.ts'
import { shardFor } from './ranked-lists.ts'

export const deliveryPrefix = 'HOOK#'

/** How long a delivery is kept after its last change, in seconds: as long as somebody may want it replayed. */
const kept = 30 * 86_400

export const deliveryList = (endpoint: string, state: DeliveryState): string => `WEBHOOK#${endpoint}#${state}`

/** That somebody was erased is told after everything in their partition is gone: it stands with the endpoint. It names nobody. */
const partitionOf = ({ leadId, endpoint, webhookId }: DeliveryRef): string =>
  webhookId === `${leadId}:erased` ? `WEBHOOK#${endpoint}` : leadPartition(leadId)

export const deliveryKey = (ref: DeliveryRef): Key => ({
  [table.partitionKey]: partitionOf(ref),
  [table.sortKey]: `${deliveryPrefix}${ref.endpoint}#${ref.webhookId}`,
})

/** The last moment at which something changed, or is going to. */
const latest = ({ createdAt, last, nextAt }: Delivery): string =>
  [createdAt, last?.at, nextAt].reduce<string>((a, b) => (b !== undefined && b > a ? b : a), createdAt)

export const deliveryItem = (delivery: Delivery): Item => {
  const { event, endpoint, webhookId, state, createdAt, version } = delivery
  return {
    ...deliveryKey({ leadId: event.leadId, endpoint, webhookId }),
    [table.lists.partitionKey]: shardFor(deliveryList(endpoint, state), event.leadId),
    [table.lists.sortKey]: `${createdAt}#${event.leadId}#${webhookId}`,
    [table.timeToLive]: Math.floor(Date.parse(latest(delivery)) / 1_000) + kept,
    version,
    delivery: JSON.stringify(delivery),
  }
}

/** Reads what `deliveryItem` wrote: the table is ours, its shape is not checked again. */
export const deliveryOf = (item: Item): Delivery => JSON.parse(String(item.delivery))
