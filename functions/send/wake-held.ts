import * as z from 'zod/mini'
import type { JsonObject } from '../../domain/json.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import type { Alarms, Clock } from '../ports.ts'
import type { SendLists } from '../send-ports.ts'

/** Everything that is held for one reason is looked at now: somebody let it go on. */
export const heldWakeSchema = z.object({
  type: z.literal('wake-held'),
  /** Names the resumption. */
  id: z.string(),
  reason: z.enum(['paused', 'confirmations-paused', 'sequence-paused']),
  /** Absent: whatever sequence. */
  sequence: z.optional(z.string()),
  cursor: z.optional(z.string()),
  /** Lists lag behind: gone through a second time, this is. */
  second: z.optional(z.boolean()),
})

export type HeldWake = z.infer<typeof heldWakeSchema>

export interface WakeHeldPorts {
  readonly sendLists: Pick<SendLists, 'held'>
  readonly alarms: Alarms
  /** Puts a message on the queue of the sender. */
  readonly tellSend: (message: JsonObject) => Promise<void>
  readonly clock: Clock
}

const pageSize = 50
/** Milliseconds after which lists surely show what was written before. */
const listsLag = 60_000

/**
 * Hands on one page of held emails, each as a message of its own, and then the next page; a minute after the last one all
 * is gone through once more. Safe to repeat: an email that is not held any more is left alone.
 */
export const makeWakeHeld =
  ({ sendLists, alarms, tellSend, clock }: WakeHeldPorts) =>
  async ({ type, id, reason, sequence, cursor, second = false }: HeldWake): Promise<void> => {
    const held = await sendLists.held({
      limit: pageSize,
      ...(sequence !== undefined && { sequence }),
      ...(cursor !== undefined && { cursor }),
    })
    const meant = held.items.filter((send) => send.reason === reason)
    await Promise.all(
      meant.map(({ leadId, sendId, until = '' }) =>
        tellSend({ type: 'wake', leadId, sendId, until, early: true }),
      ),
    )
    const message = { type, id, reason, ...(sequence !== undefined && { sequence }) }
    if (held.next !== undefined) await tellSend({ ...message, cursor: held.next, second })
    else if (!second)
      await alarms.set(`wake-held:${id}`, addMilliseconds(clock(), listsLag), { ...message, second: true })
  }
