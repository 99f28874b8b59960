import { existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Activity } from '../activity.ts'
import type { VirtualClock } from '../clock.ts'
import { numberOf, objectOf, textOf } from '../json.ts'
import type { Resource } from '../template/model.ts'
import { environmentOf, logGroupOf, variablesOf } from './execution-environment.ts'
import { FunctionPool } from './function-pool.ts'
import type { AwsCall, AwsOutcome, InvocationResult, Lineage } from './invocation.ts'

interface FunctionsOptions {
  readonly clock: VirtualClock
  readonly activity: Activity
  readonly assets: ReadonlyMap<string, string>
  readonly endpoint: string
  /** Where code given inline is written, and links to all other. */
  readonly scratch: string
  /** Where what was compiled is kept for the next start. */
  readonly compiled: string
  /** Absent: console output is dropped but for errors. */
  readonly logs: string | undefined
  newId(): string
  crashAt(functionName: string): number | undefined
  onStderr(functionName: string, line: string): void
  callAws(call: AwsCall): Promise<AwsOutcome>
}

/** More threads than cores only cost memory, and time to warm each of them up. */
const MAX_ENVIRONMENTS = Math.min(4, Math.max(2, availableParallelism()))

/** The SDK is among them, which Lambda has beside a function's own code. */
const packages = fileURLToPath(new URL('../../node_modules', import.meta.url))

export interface LocalFunction {
  readonly resource: Resource
  /** Where its code is. */
  readonly folder: string
  readonly pool: FunctionPool
}

/** Lambda's limits on what comes into a function and what it answers. */
export const MOST_REQUEST_BYTES = 6 * 1024 * 1024
const MOST_ANSWER_BYTES = MOST_REQUEST_BYTES + 100

export function isOver(text: string, bytes: number): boolean {
  return text.length > bytes || (3 * text.length > bytes && Buffer.byteLength(text) > bytes)
}

export const TOO_LARGE = 'RequestTooLargeException'

function requestTooLarge(): InvocationResult {
  const errorMessage = `Request must be smaller than ${MOST_REQUEST_BYTES} bytes for the InvokeFunction operation`
  return { status: 'error', error: { errorType: TOO_LARGE, errorMessage } }
}

function withinLimit(result: InvocationResult): InvocationResult {
  if (result.status === 'error' || !isOver(result.payload, MOST_ANSWER_BYTES)) return result
  const errorType = 'Function.ResponseSizeTooLarge'
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${MOST_ANSWER_BYTES} bytes).`
  return { status: 'error', error: { errorType, errorMessage } }
}

/** Whether the template lets the function take part in a loop. */
export function mayRecur({ resource }: LocalFunction): boolean {
  return textOf(resource.properties.RecursiveLoop) === 'Allow'
}

/** The stack's functions by ARN, each with its pool of worker threads. */
export class Functions {
  readonly #functions = new Map<string, LocalFunction>()
  readonly #activity: Activity
  readonly #trimmer: NodeJS.Timeout

  constructor(resources: readonly Resource[], options: FunctionsOptions) {
    this.#activity = options.activity
    symlinkSync(packages, join(options.scratch, 'node_modules'), 'junction')
    for (const resource of resources) {
      const folder = codeFolder(resource, options)
      this.#functions.set(resource.arn, { resource, folder, pool: poolOf(resource, folder, options) })
    }
    this.#trimmer = setInterval(() => this.#trim(), 5_000)
    this.#trimmer.unref()
  }

  all(): LocalFunction[] {
    return [...this.#functions.values()]
  }

  /** By name or by ARN, with or without a qualifier. */
  find(nameOrArn: string): LocalFunction | undefined {
    const arn = nameOrArn.split(':').slice(0, 7).join(':')
    return this.#functions.get(arn) ?? this.all().find(({ resource }) => resource.name === nameOrArn)
  }

  /** @param event JSON @param lineage of the chain of requests that this invocation stands in */
  invoke(fn: LocalFunction, event: string, lineage?: Lineage): Promise<InvocationResult> {
    if (isOver(event, MOST_REQUEST_BYTES)) return Promise.resolve(requestTooLarge())
    return this.#activity.track(async () => withinLimit(await fn.pool.invoke(event, lineage)))
  }

  async close(): Promise<void> {
    clearInterval(this.#trimmer)
    await Promise.all(this.all().map(({ pool }) => pool.close()))
  }

  #trim(): void {
    for (const { pool } of this.#functions.values()) pool.trim(performance.now())
  }
}

function poolOf(fn: Resource, folder: string, options: FunctionsOptions): FunctionPool {
  const reserved = numberOf(fn.properties.ReservedConcurrentExecutions)
  const memoryMb = numberOf(fn.properties.MemorySize) ?? 128
  return new FunctionPool({
    timeoutMs: (numberOf(fn.properties.Timeout) ?? 3) * 1000,
    limit: Math.min(MAX_ENVIRONMENTS, reserved ?? MAX_ENVIRONMENTS),
    newId: options.newId,
    crashAt: () => options.crashAt(fn.name),
    environment: {
      memoryMb,
      variables: environmentOf(fn, folder, options.endpoint),
      onStderr: (line) => options.onStderr(fn.name, line),
      callAws: options.callAws,
      setup: {
        ...linkCode(fn, folder, options),
        handler: textOf(fn.properties.Handler) ?? 'index.handler',
        clock: options.clock.buffer,
        functionName: fn.name,
        functionArn: fn.arn,
        memoryMb: String(memoryMb),
        logGroup: logGroupOf(fn),
        nodeOptions: variablesOf(fn.properties).NODE_OPTIONS,
        ...(options.logs === undefined ? {} : { logFile: join(options.logs, `${fn.name}.log`) }),
      },
    },
  })
}

/**
 * V8 finds what it compiled by the way from there to the code. Through links that way is the same wherever the code lies: beside
 * another playbook, too.
 */
function linkCode({ name }: Resource, code: string, { scratch, compiled }: FunctionsOptions) {
  const links = { folder: join(scratch, name, 'code'), compiled: join(scratch, name, 'compiled') }
  const kept = join(compiled, name)
  for (const folder of [kept, join(scratch, name)]) mkdirSync(folder, { recursive: true })
  symlinkSync(code, links.folder, 'junction')
  symlinkSync(kept, links.compiled, 'junction')
  return links
}

function codeFolder(fn: Resource, options: FunctionsOptions): string {
  const where = `${fn.stack}/${fn.logicalId}`
  const runtime = textOf(fn.properties.Runtime)
  if (!runtime?.startsWith('nodejs')) throw new Error(`${where}: the runtime ${runtime} is not run locally`)
  if (fn.properties.Layers !== undefined) throw new Error(`${where}: layers are not run locally`)
  const code = objectOf(fn.properties.Code)
  const inline = textOf(code.ZipFile)
  if (inline !== undefined) {
    const folder = join(options.scratch, 'inline', fn.name)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'index.js'), inline)
    return folder
  }
  const asset = options.assets.get(textOf(code.S3Key) ?? '')
  if (asset === undefined || !existsSync(asset))
    throw new Error(`${where}: its asset is not in the cloud assembly`)
  if (!statSync(asset).isDirectory()) throw new Error(`${where}: its asset ${asset} is no folder`)
  return asset
}
