import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { DataInUse } from '../data-folder.ts'
import type { JsonObject } from '../json.ts'
import { ACCOUNT, REGION } from '../template/place.ts'
import { type Compactable, Compaction } from './compaction.ts'
import type { DynamoDbEngine, EngineAnswer } from './dynamodb-engine.ts'

interface LevelDb extends Compactable {
  open(): Promise<void>
  close(): Promise<void>
  getSync(key: string): unknown
  get(key: string, done: (error: unknown, value?: unknown) => void): void
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
export async function startDynalite(folder: string | undefined): Promise<DynamoDbEngine> {
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
  readAtOnce(store.db)
  const compaction = new Compaction(store.db)
  compaction.soon(0)
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
        if (operation === 'DeleteItem' || operation === 'BatchWriteItem') compaction.soon()
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
    await compaction.end()
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

function answer(status: number, body: object): EngineAnswer {
  return { status, body: JSON.stringify(body) }
}

function isServiceError(error: unknown): error is Required<DynaliteError> {
  return typeof error === 'object' && error !== null && 'statusCode' in error && 'body' in error
}

/** @throws DataInUse when another process has the folder open */
async function openOnce(db: LevelDb, folder: string | undefined): Promise<void> {
  try {
    await db.open()
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
      setImmediate(done, error)
      return
    }
    setImmediate(done, null, value)
  }
}
