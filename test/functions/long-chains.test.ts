import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../domain/model/json.ts'
import { newDelivery } from '../../domain/webhook/delivery.ts'
import { memoryTimers } from '../../functions/adapters/memory-event-bus.ts'
import { sweepSchema } from '../../functions/nurture/parse-message.ts'
import { makeSweepRuns } from '../../functions/nurture/sweep-runs.ts'
import { heldTimerSchema, makeRetryHeld } from '../../functions/send/hold-email.ts'
import { makeReplayDeliveries } from '../../functions/webhook/deliver-webhooks.ts'
import { leadIdOf } from './rescore/rescore-world.ts'

/** A chain that hands itself on this often is stopped by Lambda, unless its function may go round. */
const lambdaStopsAt = 16
const count = 2_000
const now = '2026-04-01T00:00:00.000Z'

/** Pages of a list, as the table gives them. */
const paged =
  <Item>(items: readonly Item[]) =>
  async ({ limit, cursor = '0' }: { readonly limit: number; readonly cursor?: string }) => {
    const from = Number(cursor)
    const shown = items.slice(from, from + limit)
    return { items: shown, ...(from + limit < items.length && { next: String(from + limit) }) }
  }

/** A queue that hands out what it is given, first in, first out. */
const roundCounter = () => {
  const queue: JsonObject[] = []
  const done: JsonObject[] = []
  let rounds = 0
  return {
    done,
    rounds: () => rounds,
    put: async (message: JsonObject) => {
      queue.push(message)
    },
    run: async (type: string, handle: (message: JsonObject) => Promise<void>) => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        if (next.type !== type) done.push(next)
        else {
          rounds += 1
          await handle(next)
        }
      }
    },
  }
}

describe('chains reach their end at any length', () => {
  test.each(['waiting', 'held'] as const)('a sweep over runs that are %s', async (status) => {
    const queue = roundCounter()
    const timers = memoryTimers()
    const runs = Array.from({ length: count }, (_, index) => ({ leadId: leadIdOf(index + 1) }))
    const sweep = makeSweepRuns({
      runList: { page: paged(runs) as never },
      timers,
      enqueueNurture: queue.put,
      clock: () => now,
    })
    const handle = (message: JsonObject) => sweep(sweepSchema.parse(message))
    await queue.put({ type: 'sweep', sequence: 'interest', status, work: { type: 'release' }, id: 'r1' })
    await queue.run('sweep', handle)
    expect(queue.rounds()).toBeGreaterThan(2 * lambdaStopsAt)
    expect(new Set(queue.done.map(({ leadId }) => leadId)).size).toBe(count)
    // Once more, as lists lag behind, and then never again.
    const second = timers.take()
    if (second) await queue.put(second.message)
    await queue.run('sweep', handle)
    expect(queue.done).toHaveLength(2 * count)
    expect(timers.items.size).toBe(0)
  })

  test('waking what was held', async () => {
    const queue = roundCounter()
    const timers = memoryTimers()
    const sends = Array.from({ length: count }, (_, index) => ({
      leadId: leadIdOf(index + 1),
      sendId: `s${index}`,
      status: 'held',
      reason: 'paused',
      until: now,
    }))
    const timer = makeRetryHeld({
      sendLists: { held: paged(sends) as never },
      timers,
      enqueueSend: queue.put,
      clock: () => now,
    })
    await queue.put({ type: 'wake-held', id: 'w1', reason: 'paused' })
    await queue.run('wake-held', (message) => timer(heldTimerSchema.parse(message)))
    expect(queue.rounds()).toBeGreaterThan(2 * lambdaStopsAt)
    expect(new Set(queue.done.map(({ sendId }) => sendId)).size).toBe(count)
    expect(timers.items.size).toBe(1)
  })

  test('replaying deliveries', async () => {
    const queue = roundCounter()
    const deliveries = Array.from({ length: count }, (_, index) =>
      newDelivery(
        'crm',
        {
          decisionId: `d${index}`,
          type: 'DealWon',
          occurredAt: now,
          leadId: leadIdOf(index + 1),
          data: {},
        },
        now,
      ),
    )
    const replay = makeReplayDeliveries({ lists: { page: paged(deliveries) as never }, queue: queue.put })
    await queue.put({ type: 'replay', endpoint: 'crm', since: now, states: ['failed'] })
    await queue.run('replay', (message) => replay(message as never))
    expect(queue.rounds()).toBeGreaterThan(2 * lambdaStopsAt)
    expect(queue.done).toHaveLength(count)
  })
})
