import { existsSync, openSync, readFileSync, writeSync } from 'node:fs'
import { enableCompileCache, flushCompileCache, SourceMap } from 'node:module'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import { shortenAwsCalls } from './aws-shortcut.ts'
import type {
  FunctionError,
  InvocationStart,
  RunnerMessage,
  WorkerMessage,
  WorkerSetup,
} from './invocation.ts'

/** The inside of one execution environment: shifts the clock, loads the bundle, runs one invocation at a time. */
const setup: WorkerSetup = workerData
const started = performance.now()
/** What the running invocation logged at level ERROR; the newest only, should they be many. */
let errorLines: string[] = []
const MAX_ERROR_LINES = 1000
let isKept = false
/** What the runner is told at the end of this turn of the event loop: one message wakes its thread once. */
let outgoing: WorkerMessage[] = []

if (setup.nodeOptions !== undefined) process.env.NODE_OPTIONS = setup.nodeOptions
enableCompileCache({ directory: setup.compiled, portable: true })
shiftClock(new Float64Array(setup.clock))
divertOutput(setup.logFile)
const endpoint = process.env.AWS_ENDPOINT_URL
const answered = endpoint === undefined ? undefined : shortenAwsCalls(endpoint, post)

type Handler = (event: unknown, context: object) => unknown
const loading = loadHandler()
// Listens from the start: the bundle may call AWS, and hear the answer, while it loads.
parentPort?.on('message', (messages: readonly RunnerMessage[]) => {
  for (const message of messages) {
    if (message.type === 'aws') answered?.(message)
    else void loading.then((handler) => run(handler, message))
  }
})
await loading
post({ type: 'ready', initMs: performance.now() - started })

async function run(handler: Handler, start: InvocationStart): Promise<void> {
  process.env._X_AMZN_TRACE_ID = start.traceId
  errorLines = []
  const deadline = performance.now() + start.timeoutMs
  const context = {
    callbackWaitsForEmptyEventLoop: true,
    functionName: setup.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: setup.functionArn,
    memoryLimitInMB: setup.memoryMb,
    awsRequestId: start.id,
    logGroupName: setup.logGroup,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME ?? '',
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadline - performance.now())),
  }
  try {
    const result = await handler(JSON.parse(start.event), context)
    const payload = JSON.stringify(result) ?? 'null'
    post({ type: 'end', id: start.id, result: { status: 'ok', payload, errorLines } })
  } catch (error) {
    const described = describe(error)
    console.error(JSON.stringify({ level: 'ERROR', requestId: start.id, ...described }))
    post({ type: 'end', id: start.id, result: { status: 'error', error: described } })
  }
  // By now what the function usually needs is compiled. Nothing is written where it was there before.
  if (!isKept) setImmediate(flushCompileCache)
  isKept = true
}

function describe(error: unknown): FunctionError {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error) }
  const trace = error.stack?.split('\n') ?? []
  return { errorType: error.name, errorMessage: error.message, trace }
}

async function loadHandler(): Promise<Handler> {
  const dot = setup.handler.lastIndexOf('.')
  const name = setup.handler.slice(dot + 1)
  const base = join(setup.folder, setup.handler.slice(0, dot))
  const file = ['.mjs', '.js', '.cjs']
    .map((extension) => `${base}${extension}`)
    .find((path) => existsSync(path))
  if (!file) throw new Error(`Runtime.ImportModuleError: Cannot find module '${setup.handler}'`)
  const { href } = pathToFileURL(file)
  const asksForSources = process.env.NODE_OPTIONS?.includes('--enable-source-maps')
  if (asksForSources && existsSync(`${file}.map`)) mapStacks(href)
  const loaded: Record<string, unknown> = await import(href)
  const fallback = loaded.default
  const found = loaded[name] ?? (isRecord(fallback) ? fallback[name] : undefined)
  if (!isHandler(found))
    throw new Error(`Runtime.HandlerNotFound: ${setup.handler} is undefined or not exported`)
  return found
}

/**
 * Stacks name the lines of the sources, as `--enable-source-maps` has it. That would read the map, megabytes of it,
 * while the bundle loads, and keep it; here it is read for the first stack that somebody looks at: few ever are.
 */
function mapStacks(bundle: string): void {
  let map: SourceMap | undefined
  const placeOf = (frame: NodeJS.CallSite): string => {
    const text = String(frame)
    const [line, column] = [frame.getLineNumber(), frame.getColumnNumber()]
    if (frame.getFileName() !== bundle || line === null || column === null) return text
    map ??= new SourceMap(JSON.parse(readFileSync(fileURLToPath(`${bundle}.map`), 'utf8')))
    const origin = map.findOrigin(line, column)
    if (!('fileName' in origin)) return text
    const source = fileURLToPath(new URL(origin.fileName, bundle))
    return text.replace(
      `${bundle}:${line}:${column}`,
      `${source}:${origin.lineNumber}:${origin.columnNumber}`,
    )
  }
  Error.prepareStackTrace = (error, frames) =>
    [Error.prototype.toString.call(error), ...frames.map(placeOf)].join('\n    at ')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function'
}

function post(message: WorkerMessage): void {
  if (outgoing.push(message) === 1) setImmediate(flush)
}

/** Bodies of requests lie in memory of their own, which is handed over: nobody copies it once more. */
function flush(): void {
  const bodies = outgoing.flatMap((message) =>
    message.type === 'aws' && typeof message.body !== 'string' ? message.body.buffer : [],
  )
  if (outgoing.length > 0) parentPort?.postMessage(outgoing, bodies)
  outgoing = []
}

/** `Date` and the epoch of `performance` run on the virtual clock; timers stay real. */
function shiftClock(offset: Float64Array): void {
  const RealDate = Date
  const realNow = Date.now.bind(Date)
  const now = () => Math.floor(realNow() + (offset[0] ?? 0))
  const ShiftedDate = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: () => new RealDate(now()).toString(),
    get: (target, key, receiver) => (key === 'now' ? now : Reflect.get(target, key, receiver)),
  })
  Object.defineProperty(RealDate.prototype, 'constructor', {
    value: ShiftedDate,
    writable: true,
    configurable: true,
  })
  Object.defineProperty(globalThis, 'Date', { value: ShiftedDate, writable: true, configurable: true })
  const origin = performance.timeOrigin
  Object.defineProperty(globalThis.performance, 'timeOrigin', { get: () => origin + (offset[0] ?? 0) })
}

function keepError(text: string): void {
  errorLines.push(...text.split('\n').filter((line) => line.includes('ERROR')))
  if (errorLines.length > MAX_ERROR_LINES) errorLines = errorLines.slice(-MAX_ERROR_LINES)
}

/** Console output goes to the function's log file without passing through the runner's thread. */
function divertOutput(logFile: string | undefined): void {
  const file = logFile === undefined ? undefined : openSync(logFile, 'a')
  const write = (isError: boolean) => (chunk: unknown) => {
    const text = typeof chunk === 'string' ? chunk : Buffer.isBuffer(chunk) ? chunk.toString() : String(chunk)
    if (text.includes('ERROR')) keepError(text)
    if (file !== undefined) writeSync(file, text)
    else if (isError) {
      post({ type: 'stderr', line: text.trimEnd() })
      // The function may be about to end its process.
      flush()
    }
    return true
  }
  process.stdout.write = write(false)
  process.stderr.write = write(true)
}
