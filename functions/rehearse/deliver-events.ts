import type { QueuedEvent } from '../adapters/memory-event-bus.ts'
import { activityDetailType } from '../event-names.ts'
import type { QueueMessage } from '../queue/message.ts'
import type { Journal } from './keep-journal.ts'
import { mailSource } from './mail-notice.ts'
import type { System } from './make-system.ts'
import { makeWorkers } from './make-workers.ts'
import { subscribersOf, type Worker } from './subscriptions.ts'
import type { WatchScore } from './watch-score.ts'

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Delivers what is on the bus, and the messages of alarms, until there is nothing left to do. */
export const makeDeliverEvents = (system: System, journal: Journal, watchScore: WatchScore) => {
  const workers = makeWorkers(system)

  const attempt = async (worker: Worker | 'feedback', message: QueueMessage): Promise<void> => {
    try {
      await workers[worker](message)
    } catch (error) {
      journal.note({ type: 'failed', message: worker, reason: reasonOf(error) })
    }
    const change = worker === 'record' ? await watchScore() : undefined
    if (change) journal.note({ type: 'score', ...change })
  }

  const deliver = async (event: QueuedEvent): Promise<void> => {
    const { source, 'detail-type': type, detail } = event.body
    if (source === mailSource) return attempt('feedback', event)
    if (type === activityDetailType) journal.noteActivity(detail)
    else await journal.noteDecision(event.body)
    for (const worker of subscribersOf(type)) await attempt(worker, event)
  }

  const settle = async (): Promise<void> => {
    for (let event = system.bus.take(); event; event = system.bus.take()) await deliver(event)
  }

  return {
    settle,
    /** An alarm goes off: its message comes to the queue of whoever set it. */
    wake: async (worker: Worker, body: unknown): Promise<void> => {
      await attempt(worker, { messageId: 'alarm', body })
      await settle()
    },
  }
}
