import { Worker } from 'node:worker_threads'
import type {
  AwsCall,
  AwsReply,
  InvocationResult,
  InvocationStart,
  RunnerMessage,
  WorkerMessage,
  WorkerSetup,
} from './invocation.ts'
import { workerSource } from './worker-source.ts'

export interface EnvironmentOptions {
  readonly setup: WorkerSetup
  readonly variables: Record<string, string>
  readonly memoryMb: number
  onStderr(line: string): void
  /** Answers a signed AWS request of the function. */
  callAws(call: AwsCall): Promise<Omit<AwsReply, 'type' | 'id'>>
}

/** What loading a bundle may take before the function's own time begins, as on AWS. */
const INIT_MS = 10_000

/** One worker thread with a loaded bundle. It takes one invocation at a time and ends when it crashes. */
export class ExecutionEnvironment {
  readonly #worker: Worker
  #current: { id: string; begin(): void; resolve(result: InvocationResult): void } | undefined
  #dead: InvocationResult | undefined
  /** Real time of the end of the last invocation. */
  idleSince = performance.now()
  initMs: number | undefined

  constructor(options: EnvironmentOptions) {
    this.#worker = new Worker(workerSource(), {
      env: options.variables,
      workerData: options.setup,
      execArgv: ['--no-warnings'],
      resourceLimits: {
        maxOldGenerationSizeMb: Math.max(64, options.memoryMb),
        maxYoungGenerationSizeMb: 16,
      },
    })
    this.#worker.on('message', (message: WorkerMessage) => {
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
          return message satisfies never
      }
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
      this.#worker.postMessage(start)
    })
  }

  /** Ends the thread as a crash would, in mid-flight. */
  async stop(): Promise<void> {
    await this.#worker.terminate()
  }

  async #answer(call: AwsCall, options: EnvironmentOptions): Promise<void> {
    const answer = await options.callAws(call)
    this.#worker.postMessage({ type: 'aws', id: call.id, ...answer } satisfies RunnerMessage)
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
