import type { VirtualClock } from '../clock.ts'
import type { FauxManager, FauxQueue, QueueMessage, QueuePersistence } from './fauxqs.ts'

/**
 * Write-through to SQLite with one commit for all changes of one turn of the event loop: quick, and a message that
 * moves to a dead-letter queue leaves and arrives in one transaction. `committed()` says when it is on disk.
 */
export class DurableQueues implements QueuePersistence {
  readonly #manager: FauxManager
  readonly #clock: VirtualClock
  readonly #makeReady: { run(...values: string[]): unknown }
  #open: Promise<void> | undefined

  constructor(manager: FauxManager, clock: VirtualClock) {
    this.#manager = manager
    this.#clock = clock
    // The write-ahead log reaches the operating system at each commit, which a killed process survives.
    manager.db.exec('PRAGMA synchronous = NORMAL')
    // What is deleted is overwritten; what an earlier release left behind goes at the start.
    manager.db.exec('PRAGMA secure_delete = ON; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)')
    this.#makeReady = manager.db.prepare(
      'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?',
    )
  }

  committed(): Promise<void> {
    return this.#open ?? Promise.resolve()
  }

  insertQueue(queue: FauxQueue): void {
    this.#begin().insertQueue(queue)
  }
  deleteQueue(name: string): void {
    this.#begin().deleteQueue(name)
  }
  updateQueueAttributes(name: string, attributes: Record<string, string>, modified: number): void {
    this.#begin().updateQueueAttributes(name, attributes, modified)
  }
  updateQueueSequenceCounter(name: string, counter: number): void {
    this.#begin().updateQueueSequenceCounter(name, counter)
  }
  /** On disk a delay ends at a time of the virtual clock, which goes on from there after a restart. */
  insertMessage(queue: string, message: QueueMessage): void {
    const { delayUntil } = message
    const kept =
      delayUntil === undefined
        ? message
        : { ...message, delayUntil: Math.floor(delayUntil + this.#clock.offsetMs) }
    this.#begin().insertMessage(queue, kept)
  }
  deleteMessage(id: string): void {
    this.#begin().deleteMessage(id)
  }
  updateMessageInflight(id: string, handle: string, deadline: number, count: number, first?: number): void {
    this.#begin().updateMessageInflight(id, handle, deadline, count, first)
  }
  /** fauxqs 2.4.1 sets the receive count to NULL here, which its own schema refuses. */
  updateMessageReady(id: string): void {
    this.#begin()
    this.#makeReady.run(id)
  }
  deleteQueueMessages(queue: string): void {
    this.#begin().deleteQueueMessages(queue)
  }

  async close(): Promise<void> {
    await this.committed()
    this.#manager.close()
  }

  #begin(): FauxManager {
    this.#open ??= new Promise((resolve, reject) => {
      this.#manager.db.exec('BEGIN')
      setImmediate(() => {
        this.#open = undefined
        try {
          this.#manager.db.exec('COMMIT')
          resolve()
        } catch (error) {
          reject(error)
        }
      })
    })
    return this.#manager
  }
}
