import type { FauxQueue, QueueMessage } from '../engines/fauxqs.ts'
import { numberOf, parseObject } from '../json.ts'

/** How a failed message waits: a little real time, or its queue's visibility timeout by the virtual clock. */
export type Redelivery =
  | { readonly type: 'soon'; readonly ms: number }
  | { readonly type: 'timeout'; readonly seconds: number }

const FIRST_BACKOFF_MS = 200
const MAX_BACKOFF_MS = 5000
/** A queue that tries more often than this does so because time has to pass. */
const IMPATIENT_RECEIVES = 5
const QUICK_RECEIVES = 3

/**
 * Waits are short, so that a settled stack is soon at rest, but for the later tries of a queue that has many: those
 * come when the clock says so. The try after the last only moves the message to the dead letters: no wait.
 */
export function redelivery({ approximateReceiveCount: count }: QueueMessage, queue: FauxQueue): Redelivery {
  const limit = maxReceives(queue)
  if (count >= limit) return { type: 'soon', ms: 0 }
  if (limit > IMPATIENT_RECEIVES && Number.isFinite(limit) && count >= QUICK_RECEIVES) {
    return { type: 'timeout', seconds: Math.max(1, Number(queue.attributes.VisibilityTimeout ?? 30)) }
  }
  return { type: 'soon', ms: Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (count - 1)) }
}

function maxReceives({ attributes }: FauxQueue): number {
  if (!attributes.RedrivePolicy) return Number.POSITIVE_INFINITY
  return numberOf(parseObject(attributes.RedrivePolicy).maxReceiveCount) ?? Number.POSITIVE_INFINITY
}
