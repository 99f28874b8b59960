import { stableHash } from '../template/intrinsics.ts'

/** What a worker thread is told about one invocation. */
export interface InvocationStart {
  readonly type: 'start'
  readonly id: string
  /** JSON. */
  readonly event: string
  /** Milliseconds of real time until the function's timeout. */
  readonly timeoutMs: number
  readonly traceId: string
}

/**
 * How an invocation ended: JSON text as the handler returned it, with the lines of level ERROR that it logged on the
 * way, or the error as Lambda words it.
 */
export type InvocationResult =
  | { readonly status: 'ok'; readonly payload: string; readonly errorLines: readonly string[] }
  | { readonly status: 'error'; readonly error: FunctionError }

export interface FunctionError {
  readonly errorType: string
  readonly errorMessage: string
  readonly trace?: readonly string[]
}

/** A signed AWS request that a function makes. */
export interface AwsCall {
  readonly type: 'aws'
  readonly id: number
  readonly method: string
  /** Path and query. */
  readonly url: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Bytes lie in memory of their own. */
  readonly body: string | Uint8Array<ArrayBuffer>
}

export interface AwsReply {
  readonly type: 'aws'
  readonly id: number
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

/** What comes of such a request: an answer, or, with `crashes`, the end of the function's process. */
export interface AwsOutcome extends Omit<AwsReply, 'type' | 'id'> {
  readonly crashes?: true
}

/** From the runner to the worker. */
export type RunnerMessage = InvocationStart | AwsReply

/** From the worker to the runner. */
export type WorkerMessage =
  | { readonly type: 'ready'; readonly initMs: number }
  | { readonly type: 'end'; readonly id: string; readonly result: InvocationResult }
  | { readonly type: 'stderr'; readonly line: string }
  | AwsCall

export interface WorkerSetup {
  readonly folder: string
  /** `file.export`, as in the template. */
  readonly handler: string
  readonly clock: SharedArrayBuffer
  readonly functionName: string
  readonly functionArn: string
  readonly memoryMb: string
  readonly logGroup: string
  /** Folder in which V8 keeps what it compiled, for the next environment of the same code: always the same way from `folder`. */
  readonly compiled: string
  /** As the template has them; what would cost each environment memory at its start is not given to Node itself. */
  readonly nodeOptions: string | undefined
  /** Where console output goes; absent: only errors, to the runner. */
  readonly logFile?: string
}

/** For logs and dead letters. */
export function describeError(error: FunctionError): string {
  return `${error.errorType}: ${error.errorMessage}`
}

/** Times that one chain of requests may come through the same queue and function. */
const MOST_ROUNDS = 16

/**
 * How often a chain of requests came through each function, by a hash of the function and what invokes it. It travels
 * as `Lineage=<hash>:<count>|…` in the trace header: Lambda hands it to the function, the SDK passes it on to SQS and
 * Lambda, and SQS keeps it with the message. A bus or a schedule between two functions begins a new chain.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */
export type Lineage = ReadonlyMap<string, number>

/** What stands for the source where one function invokes another without a queue between. */
export const DIRECT = 'lambda'

export function readLineage(traceHeader: string | undefined): Lineage {
  const written = /(?:^|;)\s*Lineage=([^;]*)/.exec(traceHeader ?? '')?.[1] ?? ''
  const counts = new Map<string, number>()
  for (const [, passage = '', count = ''] of written.matchAll(/([0-9a-z]+):(\d+)/g)) {
    counts.set(passage, Number(count))
  }
  return counts
}

export function writeLineage(lineage: Lineage): string {
  return [...lineage].map(([passage, count]) => `${passage}:${count}`).join('|')
}

/** Whether a chain may not come through once more. */
export function isSpent(lineage: Lineage, source: string, functionArn: string): boolean {
  return (lineage.get(passageOf(source, functionArn)) ?? 0) >= MOST_ROUNDS
}

/**
 * The lineage of what a function does with a batch. Nobody knows which message it does a thing for, so the batch
 * counts as the one that has come the shortest way: what is new is not refused for the company it was in.
 */
export function oneRoundOn(batch: readonly Lineage[], source: string, functionArn: string): Lineage {
  const own = passageOf(source, functionArn)
  const [first = new Map<string, number>(), ...others] = batch
  const joined = new Map<string, number>()
  for (const [passage, count] of first) {
    const least = Math.min(count, ...others.map((other) => other.get(passage) ?? 0))
    if (least > 0) joined.set(passage, least)
  }
  return joined.set(own, (joined.get(own) ?? 0) + 1)
}

function passageOf(source: string, functionArn: string): string {
  return stableHash(`${source} ${functionArn}`, 8)
}

/** How Lambda words it. */
export function tooManyRounds(functionName: string): string {
  return `Lambda has detected a recursive loop: ${functionName} was invoked ${MOST_ROUNDS} times in this chain of requests. RecursiveLoop: Allow in the template lets it go on`
}
