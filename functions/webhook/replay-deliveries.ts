import { beginAnew, type Delivery, type DeliveryState } from '../../domain/webhook/delivery.ts'
import { type Clock, Conflict } from '../ports.ts'
import type { Deliveries, DeliveryLists, DeliveryRef, QueueWebhook } from '../webhook-ports.ts'
import type { SetAttempt } from './set-attempt.ts'

/** One delivery is to be sent again. `attempts`: how many it had when that was asked for. */
export interface ReplayOne extends DeliveryRef {
  readonly attempts: number
}

/** What is to be sent again: deliveries to one endpoint that were created at `since` or later. */
export interface Replay {
  readonly endpoint: string
  readonly since: string
  readonly states: readonly Exclude<DeliveryState, 'pending'>[]
  readonly cursor?: string
}

/** How many one message hands on. */
const pageSize = 25

/** The message that asks for a delivery to be sent again. */
export const askToReplay = (
  queue: QueueWebhook,
  { event, endpoint, webhookId, attempts }: Delivery,
): Promise<void> => queue({ type: 'replay-one', leadId: event.leadId, endpoint, webhookId, attempts })

/**
 * Begins a delivery anew, under the same id, whatever state it is in; one that waits for its next attempt is attempted at
 * once. Once for each asking, however often the message comes: the number of attempts tells whether it was.
 */
export const makeReplayOne =
  ({
    deliveries,
    clock,
    setAttempt,
  }: {
    readonly deliveries: Pick<Deliveries, 'load' | 'commit'>
    readonly clock: Clock
    readonly setAttempt: SetAttempt
  }) =>
  async ({ attempts, ...ref }: ReplayOne): Promise<void> => {
    const stored = await deliveries.load(ref)
    if (stored?.attempts !== attempts) return
    const anew = beginAnew(stored, clock())
    try {
      await deliveries.commit(anew)
    } catch (error) {
      // Attempted or erased at this very moment.
      if (error instanceof Conflict) return
      throw error
    }
    await setAttempt(anew)
  }

/** Asks for each delivery of a page, and puts the rest back on the queue. */
export const makeReplayDeliveries =
  ({ lists, queue }: { readonly lists: Pick<DeliveryLists, 'page'>; readonly queue: QueueWebhook }) =>
  async ({ endpoint, since, states, cursor }: Replay): Promise<void> => {
    const [state, ...further] = states
    if (state === undefined) return
    const asked = { endpoint, state, since, limit: pageSize }
    const { items, next } = await lists.page(cursor === undefined ? asked : { ...asked, cursor })
    await Promise.all(items.map((delivery) => askToReplay(queue, delivery)))
    const rest = { type: 'replay', endpoint, since }
    if (next !== undefined) await queue({ ...rest, states: [...states], cursor: next })
    else if (further.length > 0) await queue({ ...rest, states: further })
  }
