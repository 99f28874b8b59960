import type { FauxQueue, QueueMessage } from '../engines/fauxqs.ts'
import { numberOf, parseObject } from '../json.ts'

/**
 * How a failed message waits. `soon`: its next try counts as work under way, and comes after a few milliseconds;
 * `timeout`: it is due when its queue's visibility timeout has passed by the virtual clock.
 */
export type Redelivery =
  | { readonly type: 'soon'; readonly ms: number }
  | { readonly type: 'timeout'; readonly ms: number }

const FIRST_BACKOFF_MS = 200
const MAX_BACKOFF_MS = 5000
/** A queue that tries more often than this does so because time has to pass. */
const IMPATIENT_RECEIVES = 5
const QUICK_RECEIVES = 3

/**
 * AWS would let each try wait for the visibility timeout. Here nobody waits for what need not wait: the tries of an
 * impatient queue, and the first ones of a patient queue, come soon, and sooner still while somebody waits for rest.
 * The later tries of a patient queue come when the clock says so, and so do those of a queue that tries for ever.
 * The try after the last only moves the message to the dead letters: no wait.
 */
export function redelivery(message: QueueMessage, queue: FauxQueue, hurry: boolean): Redelivery {
  const { approximateReceiveCount: count } = message
  const limit = maxReceives(queue)
  if (count >= limit) return { type: 'soon', ms: 0 }
  if (limit > IMPATIENT_RECEIVES && count >= QUICK_RECEIVES) {
    return { type: 'timeout', ms: 1000 * Math.max(1, Number(queue.attributes.VisibilityTimeout ?? 30)) }
  }
  const backoff = hurry ? FIRST_BACKOFF_MS : FIRST_BACKOFF_MS * 2 ** (count - 1)
  return { type: 'soon', ms: Math.min(MAX_BACKOFF_MS, backoff) }
}

function maxReceives({ attributes }: FauxQueue): number {
  if (!attributes.RedrivePolicy) return Number.POSITIVE_INFINITY
  return numberOf(parseObject(attributes.RedrivePolicy).maxReceiveCount) ?? Number.POSITIVE_INFINITY
}
