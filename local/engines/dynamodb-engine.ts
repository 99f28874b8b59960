import { Agent, request } from 'node:http'
import { createRequire } from 'node:module'
import { AwsError } from '../aws-error.ts'
import { type JsonObject, objectOf, objectsOf } from '../json.ts'
import { ACCOUNT, REGION } from '../template/intrinsics.ts'
import { Compaction } from './compaction.ts'
import { EntryStore, type JsonLevel, keepIn } from './entry-store.ts'
import { takeOver } from './former-store.ts'
import { runInserts } from './insert-statements.ts'
import { type Action, type Answer, type Items, type Put, putAtOnce, type Table } from './put-item.ts'
import { type FieldTypes, wellTyped } from './well-typed.ts'

/** The parts of dynalite that sit behind its HTTP listener. */
interface DynaliteStore {
  readonly tableDb: Pick<JsonLevel, 'put' | 'del'> & { awsAccountId: string; awsRegion: string }
  readonly db: JsonLevel
  getTable(name: string, ...rest: [Answer<Table>] | [checkStatus: false, Answer<Table>]): void
  getItemDb(table: string): { readonly lock: { isLocked(key: string): boolean } }
  entries: EntryStore
}
interface DynaliteDb extends Items {
  create(options: Record<string, number>): DynaliteStore
}
interface Validations {
  toLowerFirst(text: string): string
  checkTypes(data: object, types: FieldTypes): object
  checkValidations(data: object, types: object, custom: unknown, store: DynaliteStore): void
}
interface ActionValidation {
  readonly types: FieldTypes
  readonly custom: unknown
}
interface DynaliteError {
  readonly statusCode?: number
  readonly body?: object
}
interface KnownOperation {
  readonly action: Action<DynaliteStore>
  readonly validation: ActionValidation
  readonly isWellTyped: (input: unknown) => boolean
}

const load = createRequire(import.meta.url)

/**
 * dynalite without its HTTP server: the same validation and actions, called directly, which saves a hop, a second
 * parse and a checksum on every call.
 * @param folder where its items are kept; absent: in memory
 */
async function startDynalite(folder: string | undefined): Promise<DynamoDbEngine> {
  const db: DynaliteDb = load('dynalite/db')
  const validations: Validations = load('dynalite/validations')
  const store = db.create({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 })
  store.tableDb.awsAccountId = ACCOUNT
  store.tableDb.awsRegion = REGION
  const entries = new EntryStore(folder)
  if (folder !== undefined) await takeOver(folder, entries)
  keepIn(entries, store.db)
  keepDescriptions(store)
  store.entries = entries
  replacePutItem(db)
  const compaction = new Compaction(entries)
  compaction.soon(0)
  const operations = new Map<string, KnownOperation>()

  const find = (operation: string) => {
    const known = operations.get(operation)
    if (known) return known
    if (!OPERATIONS.has(operation)) return undefined
    const file = validations.toLowerFirst(operation)
    const validation: ActionValidation = load(`dynalite/validations/${file}`)
    const action: Action<DynaliteStore> = load(`dynalite/actions/${file}`)
    const loaded = { action, validation, isWellTyped: wellTyped(validation.types) }
    operations.set(operation, loaded)
    return loaded
  }

  const act = (operation: string, input: JsonObject): Promise<EngineAnswer> => {
    if (operation === 'BatchExecuteStatement') return answerInserts(act, input)
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
        const { action, validation, isWellTyped } = found
        if (deletes(operation, input)) compaction.soon()
        const data = isWellTyped(input) ? input : validations.checkTypes(input, validation.types)
        validations.checkValidations(data, validation.types, validation.custom, store)
        action(store, data, (error: unknown, result?: object) =>
          error ? fail(error) : resolve(answer(200, result ?? {})),
        )
      } catch (error) {
        fail(error)
      }
    })
  }
  const call = (operation: string, input: JsonObject): Promise<EngineAnswer> => {
    compaction.asked()
    return entries.written(() => act(operation, input))
  }
  const close = async () => {
    compaction.end()
    entries.close()
  }
  return { call, close }
}

let isReplaced = false

/** For `BatchWriteItem`, too, which puts by it and is loaded later. */
function replacePutItem(db: DynaliteDb): void {
  if (isReplaced) return
  isReplaced = true
  const path = load.resolve('dynalite/actions/putItem')
  const inSteps: Action<DynaliteStore, Put> = load(path)
  const module = load.cache[path]
  if (module) module.exports = putAtOnce(db, inSteps)
}

/** Whatever is asked of items asks first what their table is like, and changes nothing of it: that is read once, until a table changes. */
function keepDescriptions(store: DynaliteStore): void {
  const { tableDb, getTable } = store
  let known = new Map<string, Table>()
  const change = <Args extends unknown[]>(write: (...args: Args) => void) => {
    return (...args: Args): void => {
      known = new Map()
      write(...args)
    }
  }
  tableDb.put = change(tableDb.put)
  tableDb.del = change(tableDb.del)
  store.getTable = (name, ...rest) => {
    const [done] = rest
    // What a table was like before a change is not kept after it.
    const asKnown = known
    const table = asKnown.get(name)
    if (done === false) return getTable(name, ...rest)
    if (table) return done(null, table)
    return getTable(name, (error, found) => {
      if (found) asKnown.set(name, found)
      done(error, found)
    })
  }
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

interface EngineAnswer {
  readonly status: number
  readonly body: string
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
