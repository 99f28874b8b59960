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
  readonly body: string | Uint8Array
}

export interface AwsReply {
  readonly type: 'aws'
  readonly id: number
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
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
  /** Where console output goes; absent: only errors, to the runner. */
  readonly logFile?: string
}

/** For logs and dead letters. */
export function describeError(error: FunctionError): string {
  return `${error.errorType}: ${error.errorMessage}`
}
