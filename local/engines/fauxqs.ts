import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { VirtualClock } from '../clock.ts'

/**
 * Everything that SQS does not take: what XML 1.0 has no place for.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const REFUSED = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u

export const REFUSED_MESSAGE =
  'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF'

export function isRefused(text: string): boolean {
  return REFUSED.test(text)
}

/** JSON that says the same in characters that SQS takes: those it refuses can only stand within strings. */
export function escapeRefused(json: string): string {
  if (!isRefused(json)) return json
  return json.replaceAll(
    new RegExp(REFUSED, 'gu'),
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** As much of a text as fits into so many bytes of UTF-8. */
export function firstBytes(text: string, limit: number): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= limit) return text
  return new TextDecoder().decode(bytes.subarray(0, Math.max(0, limit)), { stream: true })
}

/** The parts of fauxqs that sit behind its HTTP listener, which binds to every interface and so is not used. */
export interface QueueMessage {
  readonly messageId: string
  readonly body: string
  readonly md5OfBody: string
  readonly messageAttributes: Record<string, { DataType: string; StringValue?: string; BinaryValue?: string }>
  sentTimestamp: number
  approximateReceiveCount: number
  approximateFirstReceiveTimestamp?: number
  delayUntil?: number
  readonly messageGroupId?: string
  readonly messageDeduplicationId?: string
  readonly sequenceNumber?: string
}

interface InFlight {
  readonly message: QueueMessage
  readonly receiptHandle: string
  visibilityDeadline: number
}

export interface FauxQueue {
  readonly name: string
  readonly url: string
  readonly arn: string
  readonly attributes: Record<string, string>
  persistence: QueuePersistence | undefined
  readonly inflightMessages: Map<string, InFlight>
  enqueue(message: QueueMessage): void
  dequeue(
    max: number,
    timeout: number | undefined,
    dlq: (arn: string) => FauxQueue | undefined,
  ): { ReceiptHandle: string }[]
  deleteMessage(receiptHandle: string): boolean
  changeVisibility(receiptHandle: string, seconds: number): void
  processTimers(): void
  inspectMessages(): { ready: QueueMessage[]; delayed: QueueMessage[]; inflight: InFlight[] }
  setAttributes(attributes: Record<string, string>): void
  isFifo(): boolean
  getAttribute(name: string): string | undefined
}

export interface FauxStore {
  persistence: QueuePersistence | undefined
  region: string
  createQueue(name: string, url: string, arn: string, attributes: Record<string, string>): FauxQueue
  allQueues(): Iterable<FauxQueue>
  getQueueByName(name: string): FauxQueue | undefined
  getQueueByArn(arn: string): FauxQueue | undefined
  getQueue(url: string): FauxQueue | undefined
  shutdown(): void
}

/** What a store calls on every change. */
interface QueuePersistence {
  insertQueue(queue: FauxQueue): void
  deleteQueue(name: string): void
  updateQueueAttributes(name: string, attributes: Record<string, string>, modified: number): void
  updateQueueSequenceCounter(name: string, counter: number): void
  insertMessage(queue: string, message: QueueMessage): void
  deleteMessage(id: string): void
  updateMessageInflight(
    id: string,
    handle: string,
    deadline: number,
    count: number,
    first: number | undefined,
  ): void
  updateMessageReady(id: string): void
  deleteQueueMessages(queue: string): void
}

interface FauxManager extends QueuePersistence {
  readonly db: { exec(sql: string): void; prepare(sql: string): { run(...values: string[]): unknown } }
  loadSqsAndSns(queues: FauxStore, topics: object): void
  close(): void
}

export type QueueAction = (body: object, store: FauxStore, request: object) => object | Promise<object>

/** A web application whose `inject` handles a request without a socket. */
export interface FauxApp {
  inject(request: {
    method: string
    url: string
    headers: Record<string, string>
    payload?: Buffer
  }): Promise<{
    statusCode: number
    headers: Record<string, string | string[] | number | undefined>
    rawPayload: Buffer
  }>
  ready(): Promise<unknown>
  close(): Promise<unknown>
}

const root = pathToFileURL(findMain())

/** fauxqs lets itself be resolved by `import` alone, and only its main file. */
function findMain(): string {
  const folders = createRequire(import.meta.url).resolve.paths('fauxqs') ?? []
  const found = folders.map((folder) => join(folder, 'fauxqs/dist/app.js')).find((file) => existsSync(file))
  if (found === undefined) throw new Error('fauxqs is not installed')
  return found
}

/**
 * fauxqs 2.4.1 looks for characters that SQS refuses by an expression of its own, which takes each half of a surrogate
 * pair for one of them: no emoji would come through. It asks this object, which gives SQS's own answer from here on.
 */
async function correctCharacters(): Promise<void> {
  const loaded: { INVALID_MESSAGE_BODY_CHAR: RegExp } = await import(new URL('sqs/sqsTypes.js', root).href)
  Object.defineProperty(loaded.INVALID_MESSAGE_BODY_CHAR, 'test', { value: isRefused, configurable: true })
}

export async function loadQueueStore(): Promise<new () => FauxStore> {
  await correctCharacters()
  const loaded: { SqsStore: new () => FauxStore } = await import(new URL('sqs/sqsStore.js', root).href)
  return loaded.SqsStore
}

export async function loadManager(): Promise<new (folder: string) => FauxManager> {
  const loaded: { PersistenceManager: new (folder: string) => FauxManager } = await import(
    new URL('persistence.js', root).href
  )
  return loaded.PersistenceManager
}

/** The function that carries out one SQS operation, such as `SendMessage`. */
export async function loadQueueAction(operation: string): Promise<QueueAction> {
  const name = `${operation.charAt(0).toLowerCase()}${operation.slice(1)}`
  const loaded: Record<string, QueueAction> = await import(new URL(`sqs/actions/${name}.js`, root).href)
  const action = loaded[name]
  if (!action) throw new Error(`fauxqs has no ${operation}`)
  return action
}

interface ObjectStore {
  persistence: object | undefined
  readonly buckets: ReadonlyMap<string, ReadonlyMap<string, { readonly lastModified: Date }>>
  putObject(bucket: string, key: string, ...rest: readonly unknown[]): unknown
}

/** S3's part: the store, its persistence in files, and the application that routes its requests. */
export async function loadObjectStore(): Promise<{
  readonly S3Store: new () => ObjectStore
  readonly FileS3Persistence: new (folder: string) => { loadS3(store: ObjectStore): void; close(): void }
  readonly buildApp: (options: {
    logger: boolean
    defaultRegion: string
    stores: { s3Store: ObjectStore }
  }) => FauxApp
}> {
  const [store, files, app] = await Promise.all([
    import(new URL('s3/s3Store.js', root).href),
    import(new URL('s3/fileS3Persistence.js', root).href),
    import(root.href),
  ])
  return { S3Store: store.S3Store, FileS3Persistence: files.FileS3Persistence, buildApp: app.buildApp }
}

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
