import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Caller, Guard, Need } from '../access/guard.ts'
import type { Activity } from '../activity.ts'
import { AwsError } from '../aws-error.ts'
import { type JsonObject, parseObject } from '../json.ts'
import { html, type Page, sendPage } from '../pages/page.ts'
import { CallerCrash, type Faults, type Target } from './faults.ts'
import { parted } from './partial-batch.ts'

/** One signed request as it came in. */
export interface AwsRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: string | Buffer
}

interface AwsAnswer {
  /** The caller ends here, and hears nothing. */
  readonly crashes?: true
  readonly status: number
  readonly body: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
}

/** What a request asks for, once its protocol is understood. */
export interface Operation {
  readonly name: string
  readonly input: JsonObject
}

/** One AWS service behind the gateway. Errors are thrown as AwsError. */
export interface Service {
  /** @throws AwsError where the request is none of this service's */
  read(request: AwsRequest): Operation
  /** The permissions the operation needs. */
  needs(operation: Operation, request: AwsRequest): readonly Need[]
  invoke(operation: Operation, request: AwsRequest, caller: Caller): Promise<AwsAnswer>
  refuse(error: AwsError, request: AwsRequest): AwsAnswer
}

const CRASHED: AwsAnswer = { crashes: true, status: 500, body: '' }

/** The trace header, which the SDK sends along from within a function. */
export function traceOf({ headers }: AwsRequest): string | undefined {
  const trace = headers['x-amzn-trace-id']
  return typeof trace === 'string' ? trace : undefined
}

/** JSON protocols: the operation stands in the `x-amz-target` header. */
export function readTarget(request: AwsRequest): Operation {
  const target = request.headers['x-amz-target']
  const name = typeof target === 'string' ? target.slice(target.lastIndexOf('.') + 1) : ''
  if (!name) throw new AwsError('UnknownOperationException', 'The request names no operation')
  return { name, input: readJson(request.body) }
}

export function readJson(body: string | Buffer): JsonObject {
  if (body.length === 0) return {}
  try {
    return parseObject(typeof body === 'string' ? body : body.toString())
  } catch {
    throw new AwsError('SerializationException', 'The request body is not valid JSON')
  }
}

export function jsonAnswer(value: object, status = 200, version: '1.0' | '1.1' | 'rest' = '1.1'): AwsAnswer {
  const type = version === 'rest' ? 'application/json' : `application/x-amz-json-${version}`
  return { status, body: JSON.stringify(value), headers: { 'content-type': type } }
}

export function refuseJson(error: AwsError): AwsAnswer {
  const answer = jsonAnswer(
    { __type: error.code, message: error.message, Message: error.message },
    error.status,
  )
  return { ...answer, headers: { ...answer.headers, 'x-amzn-errortype': error.code } }
}

export function unknownOperation(name: string): AwsError {
  return new AwsError('UnknownOperationException', `The operation ${name} is not offered locally`)
}

interface Credential {
  readonly accessKeyId: string
  readonly service: string
}

/**
 * The access key and service of a request's SigV4 credential scope; the signature itself is not verified. Only the header
 * counts: a page of another site can write an address, but no such header.
 */
function readCredential(request: AwsRequest): Credential {
  const scope = /Credential=([^,\s]+)/.exec(request.headers.authorization ?? '')?.[1]
  const [accessKeyId, , , service] = scope?.split('/') ?? []
  if (!accessKeyId || !service) {
    throw new AwsError('MissingAuthenticationTokenException', 'Request is missing Authentication Token', 403)
  }
  return { accessKeyId, service }
}

/** The whole body; undefined where it is over `limit` bytes or was cut off. */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= limit) chunks.push(chunk)
    })
    request.on('end', () =>
      resolve(size > limit ? undefined : chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)),
    )
    request.on('error', () => resolve(undefined))
    request.on('close', () => resolve(undefined))
  })
}

interface GatewayOptions {
  readonly services: ReadonlyMap<string, Service>
  /** By access key. */
  readonly callers: ReadonlyMap<string, Caller>
  readonly guard: Guard
  readonly faults: Faults
  readonly counts: Counts
  readonly calls: CallLog
  readonly activity: Activity
  onError(message: string): void
}

interface Served {
  readonly service: Service
  readonly operation: Operation
  readonly request: AwsRequest
  readonly caller: Caller
}

const MAX_BODY = 32 * 1024 * 1024

/** The one endpoint for every AWS client: tells services apart by the credential scope, callers by access key. */
export class Gateway {
  readonly #options: GatewayOptions

  constructor(options: GatewayOptions) {
    this.#options = options
  }

  /** Answers a request that came by a socket. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request
    if (isBrowser(method, headers)) return sendPage(response, page)
    const body = await readBody(request, MAX_BODY)
    const answer = body === undefined ? refuseJson(tooLarge()) : await this.call(method, url, headers, body)
    if (answer.crashes) return void response.destroy()
    response.sendDate = false
    const length = answer.headers?.['content-length'] ?? Buffer.byteLength(answer.body)
    response.writeHead(answer.status, { ...answer.headers, 'content-length': length })
    response.end(answer.body)
  }

  /** Answers a request that came some other way. Never rejects. */
  async call(
    method: string,
    url: string,
    headers: IncomingHttpHeaders,
    body: string | Buffer,
  ): Promise<AwsAnswer & Pick<Required<AwsAnswer>, 'headers'>> {
    const mark = url.indexOf('?')
    const path = mark < 0 ? url : url.slice(0, mark)
    const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1))
    const answer = await this.#answer({ method, path, query, headers, body })
    return { ...answer, headers: { ...answer.headers, 'x-amzn-requestid': randomUUID() } }
  }

  async #answer(request: AwsRequest): Promise<AwsAnswer> {
    const { services, callers, guard, counts, calls, activity } = this.#options
    let service: Service | undefined
    let end: (() => void) | undefined
    try {
      const credential = readCredential(request)
      service = services.get(credential.service)
      if (!service)
        throw new AwsError('UnknownService', `The service ${credential.service} is not offered locally`)
      const caller = callers.get(credential.accessKeyId)
      if (!caller)
        throw new AwsError(
          'UnrecognizedClientException',
          'The security token included in the request is invalid.',
          403,
        )
      const operation = service.read(request)
      if (operation.name !== 'ReceiveMessage') end = activity.begin()
      counts.add(credential.service, operation.name, caller.kind === 'function' ? caller.name : 'local')
      const needs = service.needs(operation, request)
      guard.authorize(caller, needs)
      if (caller.kind !== 'function') return await service.invoke(operation, request, caller)
      const call = { service: credential.service, operation: operation.name, function: caller.name }
      const ended = calls.add({ ...call, needs, input: operation.input })
      return await this.#serve({ service, operation, request, caller }, call, ended)
    } catch (error) {
      const known = error instanceof AwsError ? error : this.#internal(error)
      return service ? service.refuse(known, request) : refuseJson(known)
    } finally {
      end?.()
    }
  }

  /** Answers a function, unless faults are in the way. @param ended told where its process ends with the call */
  async #serve(
    { service, operation, request, caller }: Served,
    target: Target,
    ended: () => void,
  ): Promise<AwsAnswer> {
    const { faults } = this.#options
    if (!faults.any) return service.invoke(operation, request, caller)
    try {
      await faults.strike(target)
      const batch = parted(operation, (entries) => faults.refused(target, entries))
      const answer = batch.added(await service.invoke(batch.operation, request, caller))
      faults.strikeAfter(target)
      return answer
    } catch (error) {
      if (!(error instanceof CallerCrash)) throw error
      ended()
      return CRASHED
    }
  }

  #internal(error: unknown): AwsError {
    this.#options.onError(`gateway: ${error instanceof Error ? (error.stack ?? error.message) : error}`)
    return new AwsError('InternalFailure', 'The local runner failed; its output says why', 500)
  }
}

/** Programs sign what they ask for; whoever opens the printed address in a browser does not. */
function isBrowser(method: string, { authorization, accept = '' }: IncomingHttpHeaders): boolean {
  return method === 'GET' && authorization === undefined && accept.includes('text/html')
}

const page: Page = {
  title: 'AWS endpoint',
  body: html`<h1>AWS endpoint of the local runner</h1>
<p>Programs call this address in place of AWS: DynamoDB, SQS, EventBridge, Scheduler, SES and the others that the stack uses.
There is nothing to look at here; the overview is at <code>/_local</code> of the app's own address.</p>
<pre>aws --endpoint-url http://THIS-ADDRESS dynamodb list-tables</pre>`,
}

function tooLarge(): AwsError {
  return new AwsError('RequestEntityTooLargeException', `The request is over ${MAX_BODY} bytes`, 413)
}

/** How often each operation was called and by whom: a function, a rule, a group of schedules or `local`. */
export class Counts {
  readonly #counts = new Map<string, number>()

  /** @param times how many requests it took */
  add(service: string, operation: string, caller: string, times = 1): void {
    const key = `${service} ${operation} ${caller}`
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + times)
  }

  list(): { service: string; operation: string; function: string; count: number }[] {
    return [...this.#counts].map(([key, count]) => {
      const [service = '', operation = '', caller = ''] = key.split(' ')
      return { service, operation, function: caller, count }
    })
  }

  clear(): void {
    this.#counts.clear()
  }
}

/** One call of a function: what it asked for, and which permissions that took. */
interface Call extends Target {
  readonly needs: readonly Need[]
  readonly input: JsonObject
  /** The function's process ended with it. */
  readonly crashed: boolean
}

/** The calls of functions, in the order in which they came, while somebody records them. */
export class CallLog {
  #calls: Call[] | undefined

  /** Begins anew. */
  record(): void {
    this.#calls = []
  }

  stop(): void {
    this.#calls = undefined
  }

  list(): readonly Call[] {
    return this.#calls ?? []
  }

  /** @returns what notes that the function's process ended with this call. */
  add(call: Omit<Call, 'crashed'>): () => void {
    const calls = this.#calls
    const index = (calls?.push({ ...call, crashed: false }) ?? 0) - 1
    return () => calls?.splice(index, 1, { ...call, crashed: true })
  }
}
