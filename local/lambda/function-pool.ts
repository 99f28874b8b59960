import { type EnvironmentOptions, ExecutionEnvironment } from './execution-environment.ts'
import { type InvocationResult, type Lineage, writeLineage } from './invocation.ts'

interface PoolOptions {
  readonly environment: EnvironmentOptions
  readonly timeoutMs: number
  /** Environments at once. */
  readonly limit: number
  newId(): string
  /** 0–1: where in the function's usual run time this invocation's thread is to crash; undefined: not at all. */
  crashAt(): number | undefined
}

interface Waiting {
  readonly event: string
  readonly lineage: Lineage | undefined
  resolve(result: InvocationResult): void
}

/** Milliseconds without an invocation after which an environment ends; another one takes a tenth of a second to start. */
const IDLE_MS = 10_000
const LAST_IDLE_MS = 60_000

/** The execution environments of one function: grows while invocations wait, shrinks when idle. */
export class FunctionPool {
  readonly #options: PoolOptions
  #environments: ExecutionEnvironment[] = []
  readonly #waiting: Waiting[] = []
  #closed = false
  /** Running mean of the run time. */
  #usualMs = 10

  constructor(options: PoolOptions) {
    this.#options = options
  }

  get limit(): number {
    return this.#options.limit
  }

  /** @param event JSON. Waits for a free environment; never rejects. */
  invoke(event: string, lineage?: Lineage): Promise<InvocationResult> {
    return new Promise((resolve) => {
      this.#waiting.push({ event, lineage, resolve })
      this.#dispatch()
    })
  }

  /** Milliseconds that the environments took to load their bundle. */
  initTimes(): number[] {
    return this.#environments.flatMap((one) => one.initMs ?? [])
  }

  /** Ends environments that were idle for ten seconds; the last one only after a minute. */
  trim(now: number): void {
    for (const one of this.#environments) {
      const patience = this.#environments.length > 1 ? IDLE_MS : LAST_IDLE_MS
      if (one.busy || now - one.idleSince < patience) continue
      this.#environments = this.#environments.filter((other) => other !== one)
      void one.stop()
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all(this.#environments.map((one) => one.stop()))
    this.#environments = []
    for (const { resolve } of this.#waiting.splice(0)) {
      resolve({
        status: 'error',
        error: { errorType: 'Runtime.Stopped', errorMessage: 'the runner is stopping' },
      })
    }
  }

  #dispatch(): void {
    while (this.#waiting.length > 0 && !this.#closed) {
      const environment = this.#free()
      const next = environment && this.#waiting.shift()
      if (!environment || !next) return
      void this.#run(environment, next)
    }
  }

  #free(): ExecutionEnvironment | undefined {
    const free = this.#environments.find((one) => !one.busy)
    if (free) return free
    if (this.#environments.length >= this.#options.limit) return undefined
    const made = new ExecutionEnvironment(this.#options.environment)
    this.#environments.push(made)
    return made
  }

  async #run(environment: ExecutionEnvironment, { event, lineage, resolve }: Waiting): Promise<void> {
    const id = this.#options.newId()
    const running = environment.invoke({
      type: 'start',
      id,
      event,
      timeoutMs: this.#options.timeoutMs,
      traceId: traceOf(id, lineage),
    })
    const started = performance.now()
    const crash = this.#options.crashAt()
    const timer =
      crash === undefined ? undefined : setTimeout(() => void environment.stop(), crash * this.#usualMs)
    const result = await running
    clearTimeout(timer)
    if (crash === undefined) this.#usualMs = 0.8 * this.#usualMs + 0.2 * (performance.now() - started)
    if (!environment.alive || crash !== undefined) this.#forget(environment)
    resolve(result)
    this.#dispatch()
  }

  #forget(environment: ExecutionEnvironment): void {
    this.#environments = this.#environments.filter((one) => one !== environment)
    void environment.stop()
  }
}

function traceOf(id: string, lineage: Lineage | undefined): string {
  const hex = id.replaceAll('-', '').padEnd(32, '0')
  const trace = `Root=1-${hex.slice(0, 8)}-${hex.slice(8, 32)};Parent=${hex.slice(0, 16)};Sampled=0`
  return lineage === undefined ? trace : `${trace};Lineage=${writeLineage(lineage)}`
}
