import { Agent, request } from 'node:http'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { AwsError } from '../aws-error.ts'
import { DataInUse } from '../data-folder.ts'
import { type JsonObject, objectOf, objectsOf } from '../json.ts'
import { ACCOUNT, REGION } from '../template/intrinsics.ts'
import { runInserts } from './insert-statements.ts'
import { type JsonLevel, keepInMemory } from './memory-store.ts'

/** A key-value store on disk. */
interface Compactable {
  put(key: string, value: unknown): Promise<void>
  compactRange(start: string, end: string): Promise<void>
}

/** In bytes: what LevelDB gathers in memory before it is a file, which is merged with others over and over as the table grows. */
const WRITE_BUFFER = 32 * 1024 * 1024

const PAUSE_MS = 30_000
/** Before and after every key that the engine makes. */
const EDGES = ['\u0000', '\uffff'] as const

/** Pauses are so many times as long as a round took: a large table is not rewritten all the time. */
const RESTS = 20

/**
 * LevelDB keeps what was deleted or replaced in its files until it happens to rewrite them; people who were erased have
 * to be gone. Compacted at the start, at the end, and after deletions, at most once in a pause.
 */
export class Compaction {
  readonly #db: Compactable
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()
  #tookMs = 0

  constructor(db: Compactable) {
    this.#db = db
  }

  /** Something may have to go from the files. */
  soon(pauseMs = PAUSE_MS): void {
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined
        // A failure shows again at the end, where somebody waits for it.
        this.#run().catch(() => undefined)
      },
      Math.max(pauseMs, RESTS * this.#tookMs),
    ).unref()
  }

  end(): Promise<void> {
    clearTimeout(this.#timer)
    return this.#run()
  }

  #run(): Promise<void> {
    const round = async (): Promise<void> => {
      const begun = performance.now()
      await compact(this.#db)
      this.#tookMs = performance.now() - begun
    }
    this.#running = this.#running.then(round, round)
    return this.#running
  }
}

/**
 * The first round moves what is in memory to a file; but a file with nothing above it is not rewritten. The second has
 * one above that reaches from the first key to the last, and so rewrites all of them.
 */
async function compact(db: Compactable): Promise<void> {
  const [first, last] = EDGES
  await db.compactRange(first, last)
  for (const key of EDGES) await db.put(key, '')
  await db.compactRange(first, last)
}

type LevelDb = Compactable &
  JsonLevel & {
    open(options: { readonly writeBufferSize: number }): Promise<void>
    close(): Promise<void>
    getSync(key: string): unknown
    keys(range: object): LevelIterator
    values(range: object): LevelIterator
  }

interface LevelIterator {
  /** At most so many; none at the end. */
  nextv(size: number): Promise<readonly unknown[]>
  close(): Promise<void>
}

/** The parts of dynalite that sit behind its HTTP listener. */
interface DynaliteStore {
  readonly tableDb: { awsAccountId: string; awsRegion: string }
  readonly db: LevelDb
}
interface DynaliteDb {
  create(options: Record<string, string | number>): DynaliteStore
}
interface Validations {
  toLowerFirst(text: string): string
  checkTypes(data: object, types: object): object
  checkValidations(data: object, types: object, custom: unknown, store: DynaliteStore): void
}
interface ActionValidation {
  readonly types: object
  readonly custom: unknown
}
interface DynaliteError {
  readonly statusCode?: number
  readonly body?: object
}
type Action = (store: DynaliteStore, data: object, done: (error: unknown, data?: object) => void) => void

const load = createRequire(import.meta.url)

/**
 * dynalite without its HTTP server: the same validation and actions, called directly, which saves a hop, a second
 * parse and a checksum on every call.
 * @param folder LevelDB's folder; absent: in memory
 */
async function startDynalite(folder: string | undefined): Promise<DynamoDbEngine> {
  const db: DynaliteDb = load('dynalite/db')
  const validations: Validations = load('dynalite/validations')
  const store = db.create({
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
    ...(folder ? { path: folder } : {}),
  })
  store.tableDb.awsAccountId = ACCOUNT
  store.tableDb.awsRegion = REGION
  await openOnce(store.db, folder)
  const compaction = folder === undefined ? undefined : new Compaction(store.db)
  if (compaction) {
    readAtOnce(store.db)
    closeIterators(store.db)
  } else keepInMemory(store.db)
  compaction?.soon(0)
  const operations = new Map<string, { action: Action; validation: ActionValidation }>()

  const find = (operation: string) => {
    const known = operations.get(operation)
    if (known) return known
    if (!OPERATIONS.has(operation)) return undefined
    const file = validations.toLowerFirst(operation)
    const loaded = {
      action: load(`dynalite/actions/${file}`),
      validation: load(`dynalite/validations/${file}`),
    }
    operations.set(operation, loaded)
    return loaded
  }

  const call = (operation: string, input: JsonObject): Promise<EngineAnswer> => {
    if (operation === 'BatchExecuteStatement') return answerInserts(call, input)
    const found = find(operation)
    if (!found) {
      return Promise.resolve(answer(400, { __type: 'com.amazon.coral.service#UnknownOperationException' }))
    }
    return new Promise((resolve, reject) => {
      const fail = (error: unknown) => {
        if (isServiceError(error)) resolve(answer(error.statusCode, error.body))
        else reject(error)
      }
      try {
        const { action, validation } = found
        if (deletes(operation, input)) compaction?.soon()
        const data = validations.checkTypes(input, validation.types)
        validations.checkValidations(data, validation.types, validation.custom, store)
        action(store, data, (error: unknown, result?: object) =>
          error ? fail(error) : resolve(answer(200, result ?? {})),
        )
      } catch (error) {
        fail(error)
      }
    })
  }
  const close = async () => {
    await compaction?.end()
    await store.db.close()
  }
  return { call, close }
}

const OPERATIONS = new Set([
  'BatchGetItem',
  'BatchWriteItem',
  'CreateTable',
  'DeleteItem',
  'DeleteTable',
  'DescribeTable',
  'DescribeTimeToLive',
  'GetItem',
  'ListTables',
  'ListTagsOfResource',
  'PutItem',
  'Query',
  'Scan',
  'TagResource',
  'UntagResource',
  'UpdateItem',
  'UpdateTable',
])

/** What is put in the place of something else goes with the next deletion, or at the end. */
const deletes = (operation: string, { RequestItems }: JsonObject): boolean =>
  operation === 'DeleteItem' ||
  (operation === 'BatchWriteItem' &&
    Object.values(objectOf(RequestItems)).some((requests) =>
      objectsOf(requests).some(({ DeleteRequest }) => DeleteRequest !== undefined),
    ))

function answer(status: number, body: object): EngineAnswer {
  return { status, body: JSON.stringify(body) }
}

/** Statements, which dynalite does not know. */
async function answerInserts(call: DynamoDbEngine['call'], input: JsonObject): Promise<EngineAnswer> {
  try {
    return answer(200, await runInserts(call, input))
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    const { code, message, status } = error
    return answer(status, { __type: `com.amazon.coral.validate#${code}`, message })
  }
}

function isServiceError(error: unknown): error is Required<DynaliteError> {
  return typeof error === 'object' && error !== null && 'statusCode' in error && 'body' in error
}

/** @throws DataInUse when another process has the folder open */
async function openOnce(db: LevelDb, folder: string | undefined): Promise<void> {
  try {
    await db.open({ writeBufferSize: WRITE_BUFFER })
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined
    const isLocked = cause instanceof Error && 'code' in cause && cause.code === 'LEVEL_LOCKED'
    throw isLocked && folder !== undefined ? new DataInUse(dirname(folder)) : error
  }
}

/** Reads come from LevelDB's own memory: asking a thread of the pool for one takes ten times as long as reading it. */
function readAtOnce(db: LevelDb): void {
  db.get = (key, done) => {
    let value: unknown
    try {
      value = db.getSync(key)
    } catch (error) {
      process.nextTick(done, error)
      return
    }
    process.nextTick(done, null, value)
  }
}

interface EngineAnswer {
  readonly status: number
  readonly body: string
}

/** Most ranges hold a few entries; from longer ones ever more are read at once, up to so many. */
const FIRST_READ = 16
const LARGEST_READ = 256

/**
 * Streams close the iterators that they read. The engine's own leave them open: each keeps what it has read in memory, and
 * everything that was deleted or replaced since in the files, however often these are rewritten. They ask for as many entries as
 * there are likely to be: LevelDB makes room for as many as it is asked for, and keeps it until V8 collects the iterator; read one
 * by one, it asks itself for a thousand.
 */
function closeIterators(db: LevelDb): void {
  const stream = (iterator: LevelIterator): Readable => {
    let size = FIRST_READ
    return new Readable({
      objectMode: true,
      read() {
        iterator.nextv(size).then(
          (values) => {
            size = Math.min(2 * size, LARGEST_READ)
            if (values.length === 0) this.push(null)
            for (const value of values) this.push(value)
          },
          (error: Error) => this.destroy(error),
        )
      },
      destroy(error, done) {
        iterator.close().then(
          () => done(error),
          (other: Error) => done(error ?? other),
        )
      },
    })
  }
  db.createKeyStream = (range = {}) => stream(db.keys(range))
  db.createValueStream = (range = {}) => stream(db.values(range))
}

/** Something that speaks DynamoDB's JSON 1.0 protocol. */
export interface DynamoDbEngine {
  /** `input` is the parsed body; the engine may change it. Service errors are answers, not exceptions. */
  call(operation: string, input: JsonObject): Promise<EngineAnswer>
  close(): Promise<void>
}

/**
 * Another emulator of DynamoDB behind an HTTP address. Everyone calls it with the same credentials, since some
 * emulators keep the tables of each access key apart; who may do what was decided before.
 */
function connectDynamoDb(endpoint: string): DynamoDbEngine {
  const agent = new Agent({ keepAlive: true })
  const url = new URL(endpoint)
  const call = (operation: string, input: object): Promise<EngineAnswer> =>
    new Promise((resolve, reject) => {
      const sent = request(url, { method: 'POST', agent, headers: headersFor(operation) }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 500, body: Buffer.concat(chunks).toString() }),
        )
        response.on('error', reject)
      })
      sent.on('error', (error) => reject(new Error(`DynamoDB at ${endpoint}: ${error.message}`)))
      sent.end(JSON.stringify(input))
    })
  return {
    call,
    close: async () => agent.destroy(),
  }
}

function headersFor(operation: string): Record<string, string> {
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
  const scope = `local/${date.slice(0, 8)}/${REGION}/dynamodb/aws4_request`
  const signature = '0'.repeat(64)
  return {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `DynamoDB_20120810.${operation}`,
    'x-amz-date': date,
    authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${signature}`,
  }
}

/** The engine inside, or the one that `AWS_ENDPOINT_URL_DYNAMODB` points to. @param folder absent: in memory */
export async function startDynamoDb(folder: string | undefined): Promise<DynamoDbEngine> {
  const endpoint = process.env.AWS_ENDPOINT_URL_DYNAMODB
  return endpoint ? connectDynamoDb(endpoint) : startDynalite(folder)
}
