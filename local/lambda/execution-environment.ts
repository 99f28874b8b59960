import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { Worker } from 'node:worker_threads'
import { type JsonObject, objectOf, textOf } from '../json.ts'
import { ACCOUNT, REGION, stableHash } from '../template/intrinsics.ts'
import type { Resource } from '../template/model.ts'
import type {
  AwsCall,
  AwsOutcome,
  InvocationResult,
  InvocationStart,
  RunnerMessage,
  WorkerMessage,
  WorkerSetup,
} from './invocation.ts'

let address: URL | undefined

/**
 * The worker's code without its types, as an address a thread can be started from. Stripped once here, each thread
 * saves the 12 MB and 40 ms that its own stripper would take.
 */
function workerSource(): URL {
  address ??= new URL(asUrl(strip()))
  return address
}

function strip(): string {
  const { emitWarning } = process
  // The function still announces itself as experimental, though Node runs TypeScript with it by default.
  process.emitWarning = () => undefined
  try {
    const source = stripTypeScriptTypes(read('./worker.ts'))
    return source.replace(
      "'./aws-shortcut.ts'",
      `'${asUrl(stripTypeScriptTypes(read('./aws-shortcut.ts')))}'`,
    )
  } finally {
    process.emitWarning = emitWarning
  }
}

function read(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8')
}

function asUrl(source: string): string {
  return `data:text/javascript;base64,${Buffer.from(source).toString('base64')}`
}

export interface EnvironmentOptions {
  readonly setup: WorkerSetup
  readonly variables: Record<string, string>
  readonly memoryMb: number
  onStderr(line: string): void
  /** Answers a signed AWS request of the function. */
  callAws(call: AwsCall): Promise<AwsOutcome>
}

const SOURCE_MAPS = '--enable-source-maps'

/** By its link code has the same place in every run. Whoever has the runner profiled has its functions profiled, too. */
const execArgv = [
  ...['--no-warnings', '--preserve-symlinks'],
  ...process.execArgv.filter((option) => option.startsWith('--cpu-prof')),
]

/** What loading a bundle may take before the function's own time begins, as on AWS. */
const INIT_MS = 10_000

/** One worker thread with a loaded bundle. It takes one invocation at a time and ends when it crashes. */
export class ExecutionEnvironment {
  readonly #worker: Worker
  #current: { id: string; begin(): void; resolve(result: InvocationResult): void } | undefined
  #dead: InvocationResult | undefined
  #outgoing: RunnerMessage[] = []
  /** Real time of the end of the last invocation. */
  idleSince = performance.now()
  initMs: number | undefined

  constructor(options: EnvironmentOptions) {
    this.#worker = new Worker(workerSource(), {
      // `top -H` and the load of `npm run bench` tell functions apart by it; Linux keeps 15 letters.
      name: options.setup.functionName,
      env: withoutSourceMaps(options.variables),
      workerData: options.setup,
      execArgv,
      resourceLimits: {
        maxOldGenerationSizeMb: Math.max(64, options.memoryMb),
        maxYoungGenerationSizeMb: 24,
      },
    })
    this.#worker.on('message', (messages: readonly WorkerMessage[]) => {
      for (const message of messages) this.#hear(message, options)
    })
    this.#worker.on('error', (error: Error) => {
      options.onStderr(`${error.name}: ${error.message}`)
      this.#die({ errorType: error.name, errorMessage: error.message })
    })
    this.#worker.on('exit', (code) => {
      this.#die({
        errorType: 'Runtime.ExitError',
        errorMessage: `Runtime exited with error: exit status ${code}`,
      })
    })
  }

  get alive(): boolean {
    return this.#dead === undefined
  }

  get busy(): boolean {
    return this.#current !== undefined
  }

  /** Never rejects: a crash or time-out is an error result, after which the environment is dead. */
  invoke(start: InvocationStart): Promise<InvocationResult> {
    if (this.#dead) return Promise.resolve(this.#dead)
    return new Promise((resolve) => {
      const timeOut = () => {
        const seconds = (start.timeoutMs / 1000).toFixed(2)
        const errorMessage = `${start.id} Task timed out after ${seconds} seconds`
        this.#die({ errorType: 'Sandbox.Timedout', errorMessage })
        void this.#worker.terminate()
      }
      const begun = this.initMs !== undefined
      let timer = setTimeout(timeOut, start.timeoutMs + (begun ? 0 : INIT_MS))
      this.#current = {
        id: start.id,
        begin: () => {
          clearTimeout(timer)
          timer = setTimeout(timeOut, start.timeoutMs)
        },
        resolve: (result) => {
          clearTimeout(timer)
          resolve(result)
        },
      }
      this.#post(start)
    })
  }

  /** Ends the thread as a crash would, in mid-flight. */
  async stop(): Promise<void> {
    await this.#worker.terminate()
  }

  #hear(message: WorkerMessage, options: EnvironmentOptions): void {
    switch (message.type) {
      case 'ready':
        this.initMs = message.initMs
        this.#current?.begin()
        return
      case 'stderr':
        options.onStderr(message.line)
        return
      case 'aws':
        void this.#answer(message, options)
        return
      case 'end':
        if (this.#current?.id === message.id) this.#settle(message.result)
        return
      default:
        message satisfies never
    }
  }

  async #answer(call: AwsCall, options: EnvironmentOptions): Promise<void> {
    const { crashes = false, ...reply } = await options.callAws(call)
    if (crashes) {
      // What the thread still says while it ends is not heard: its process is gone.
      this.#worker.removeAllListeners('message')
      await this.stop()
    } else this.#post({ type: 'aws', id: call.id, ...reply })
  }

  /** What one turn of the event loop has for the thread wakes it once. */
  #post(message: RunnerMessage): void {
    if (this.#outgoing.push(message) > 1) return
    setImmediate(() => {
      this.#worker.postMessage(this.#outgoing)
      this.#outgoing = []
    })
  }

  #settle(result: InvocationResult): void {
    const current = this.#current
    this.#current = undefined
    this.idleSince = performance.now()
    current?.resolve(result)
  }

  #die(error: { errorType: string; errorMessage: string }): void {
    this.#dead ??= { status: 'error', error }
    this.#settle(this.#dead)
  }
}

/** Node would read the map of the whole bundle at its start; `worker.ts` does when it is needed. */
function withoutSourceMaps(variables: Record<string, string>): Record<string, string> {
  const { NODE_OPTIONS, ...others } = variables
  const options = NODE_OPTIONS?.replace(SOURCE_MAPS, '').trim()
  return options ? { ...others, NODE_OPTIONS: options } : others
}

/** The credentials of one function: the gateway knows the caller by its access key. */
interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
}

export function credentialsOf(functionArn: string): Credentials {
  return {
    accessKeyId: `ASIA${stableHash(functionArn, 16).toUpperCase()}`,
    secretAccessKey: stableHash(`secret ${functionArn}`, 40),
    sessionToken: stableHash(`session ${functionArn}`, 64),
  }
}

/** The process environment as Lambda sets it: the template's variables and the reserved ones, nothing else. */
export function environmentOf(fn: Resource, folder: string, endpoint: string): Record<string, string> {
  const credentials = credentialsOf(fn.arn)
  return {
    ...variablesOf(fn.properties),
    _HANDLER: textOf(fn.properties.Handler) ?? 'index.handler',
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_ACCOUNT_ID: ACCOUNT,
    AWS_DEFAULT_REGION: REGION,
    AWS_ENDPOINT_URL: endpoint,
    AWS_EXECUTION_ENV: `AWS_Lambda_${textOf(fn.properties.Runtime) ?? 'nodejs24.x'}`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: textOf(fn.properties.MemorySize) ?? '128',
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: logGroupOf(fn),
    ...logLevelOf(fn),
    AWS_LAMBDA_LOG_STREAM_NAME: `local/[$LATEST]${stableHash(fn.arn, 32)}`,
    AWS_REGION: REGION,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    LAMBDA_TASK_ROOT: folder,
    TZ: ':UTC',
  }
}

/** Lambda tells a function of the level that its configuration asks for. */
function logLevelOf(fn: Resource): { AWS_LAMBDA_LOG_LEVEL?: string } {
  const level = textOf(objectOf(fn.properties.LoggingConfig).ApplicationLogLevel)
  return level === undefined ? {} : { AWS_LAMBDA_LOG_LEVEL: level }
}

export function logGroupOf(fn: Resource): string {
  return textOf(objectOf(fn.properties.LoggingConfig).LogGroup) ?? `/aws/lambda/${fn.name}`
}

/** The variables that the template sets. */
export function variablesOf(properties: JsonObject): Record<string, string> {
  const variables: Record<string, string> = {}
  for (const [name, value] of Object.entries(objectOf(objectOf(properties.Environment).Variables))) {
    variables[name] = textOf(value) ?? ''
  }
  return variables
}
