import * as http from 'node:http'
import * as https from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { defaultProvider } from '../environment-credentials.ts'
import { type Credentials, queryOf, signed, type Unsigned } from './signed-request.ts'

/** A service as its clients need to know it. */
export interface Service {
  /** In its address, such as `events.eu-central-1.amazonaws.com`. */
  readonly host: string
  /** In the signature. */
  readonly signedAs: string
  /** What `AWS_ENDPOINT_URL_…` calls it. */
  readonly name: string
  /** @default 3 */
  readonly attempts?: number
  /** Of waits between attempts, in ms. @default 50 */
  readonly firstWait?: number
}

/** As much of the SDK's configuration as functions use. */
export interface Config {
  readonly region?: string
  readonly credentials?: Credentials
  readonly endpoint?: string
  readonly maxAttempts?: number
  readonly requestHandler?: {
    /** Milliseconds until there is a connection, and without a byte of the answer. @default as long as it takes */
    readonly connectionTimeout?: number
    readonly requestTimeout?: number
  }
}

export type Json = Readonly<Record<string, unknown>>

/** One operation with its input. */
export interface Command {
  request(): Omit<Unsigned, 'query' | 'headers'> & Partial<Pick<Unsigned, 'query' | 'headers'>>
  /** @param answer the body, parsed */
  output(answer: Json): Json
}

interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

interface Metadata {
  readonly httpStatusCode: number
  readonly requestId: string | undefined
  readonly attempts: number
}

/** What a service refuses a request with; `name` is the service's own, further fields are its body's. */
class ServiceException extends Error {
  readonly $metadata: Metadata

  constructor(name: string, message: string, $metadata: Metadata) {
    super(message)
    this.name = name
    this.$metadata = $metadata
  }
}

/** Stands for the SDK's class of one kind of refusal, of which `instanceof` alone is asked. */
export const exception = (name: string) =>
  class extends ServiceException {
    static override [Symbol.hasInstance](error: unknown): boolean {
      return error instanceof Error && error.name === name
    }
  }

/** `com.amazonaws.dynamodb#Conflict:http://…` is a `Conflict`. */
const plainName = (code: string): string => code.slice(code.lastIndexOf('#') + 1).split(/[:,]/)[0] ?? code

const read = (body: string): Json => (body === '' ? {} : JSON.parse(body))

const refusalOf = ({ status, headers, body }: Answer, attempts: number): ServiceException => {
  let said: Json = {}
  try {
    said = read(body)
  } catch {
    // A balancer's page; its status says enough.
  }
  const code = [headers['x-amzn-errortype'], said.__type, said.code].find((one) => typeof one === 'string')
  const name = typeof code === 'string' ? plainName(code) : `Status${status}`
  const message = [said.message, said.Message].find((one) => typeof one === 'string')
  const requestId = headers['x-amzn-requestid']
  return Object.assign(
    new ServiceException(name, typeof message === 'string' ? message : name, {
      httpStatusCode: status,
      requestId: typeof requestId === 'string' ? requestId : undefined,
      attempts,
    }),
    said,
    { name },
  )
}

const throttling =
  /^(BandwidthLimitExceeded|EC2ThrottledException|LimitExceededException|PriorRequestNotComplete|ProvisionedThroughputExceededException|RequestLimitExceeded|RequestThrottled(Exception)?|SlowDown|ThrottledException|Throttling(Exception)?|TooManyRequestsException|TransactionInProgressException)$/
const transient = /^(TimeoutError|RequestTimeout(Exception)?)$/
const network = /^(ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/

/** What a repeat may cure, as the SDK sees it. */
const kindOf = (error: unknown): 'throttled' | 'passing' | undefined => {
  if (!(error instanceof Error)) return undefined
  if (error instanceof ServiceException) {
    const { httpStatusCode } = error.$metadata
    if (httpStatusCode === 429 || throttling.test(error.name)) return 'throttled'
    if ([500, 502, 503, 504].includes(httpStatusCode)) return 'passing'
  }
  if (transient.test(error.name)) return 'passing'
  return 'code' in error && typeof error.code === 'string' && network.test(error.code) ? 'passing' : undefined
}

const throttledWait = 1_000
const longestWait = 20_000

/** Full jitter, in ms. */
const waitBefore = (attempt: number, first: number): number =>
  Math.floor(Math.random() * Math.min(first * 2 ** (attempt - 1), longestWait))

/** As the SDK has them: connections that outlive a request, 50 to each address. */
const agents = {
  'http:': new http.Agent({ keepAlive: true, maxSockets: 50 }),
  'https:': new https.Agent({ keepAlive: true, maxSockets: 50 }),
}

const timedOut = (what: string, ms: number): Error =>
  Object.assign(new Error(`${what} took longer than ${ms} ms`), { name: 'TimeoutError' })

/** What a client is made with does not change: a function has one account, one region and, as long as it lives, one set of credentials. */
export class Client {
  readonly #endpoint: URL
  readonly #region: string
  readonly #credentials: () => Promise<Credentials>
  readonly #service: Service
  readonly #config: Config
  readonly #function = process.env.AWS_LAMBDA_FUNCTION_NAME

  constructor(service: Service, config: Config) {
    const { env } = process
    const region = config.region ?? env.AWS_REGION
    if (region === undefined) throw new Error('AWS_REGION is not set')
    const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
    const given = config.endpoint ?? env[`AWS_ENDPOINT_URL_${service.name}`] ?? env.AWS_ENDPOINT_URL
    this.#endpoint = new URL(given ?? `https://${service.host}.${region}.${domain}`)
    this.#region = region
    this.#credentials = config.credentials ? async () => config.credentials as Credentials : defaultProvider()
    this.#service = service
    this.#config = config
  }

  /** @throws ServiceException; whatever the network fails with */
  async send(command: Command): Promise<Json> {
    const request = command.request()
    const { attempts = 3, firstWait = 50 } = this.#service
    const most = this.#config.maxAttempts ?? attempts
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await this.#exchange(request)
        if (answer.status >= 300) throw refusalOf(answer, attempt)
        return command.output(read(answer.body))
      } catch (error) {
        const kind = kindOf(error)
        if (kind === undefined || attempt >= most) throw error
        await sleep(waitBefore(attempt, kind === 'throttled' ? throttledWait : firstWait))
      }
    }
  }

  /** Each attempt is signed anew: a signature holds for five minutes. */
  async #exchange(request: ReturnType<Command['request']>): Promise<Answer> {
    const { method, path, query = {}, body } = request
    const headers: Record<string, string> = { host: this.#endpoint.host, ...request.headers }
    const trace = this.#function === undefined ? undefined : process.env._X_AMZN_TRACE_ID
    const scope = {
      service: this.#service.signedAs,
      region: this.#region,
      credentials: await this.#credentials(),
    }
    const ready: Record<string, string> = {
      ...signed({ method, path, query, headers, body }, scope, new Date()),
      'content-length': String(Buffer.byteLength(body)),
    }
    // Not signed, as whatever is on the way may change it. Lambda notices by it when functions call each other in a circle.
    if (trace) ready['x-amzn-trace-id'] = trace
    const text = queryOf(query)
    return this.#transmit({ method, path: text === '' ? path : `${path}?${text}`, headers: ready }, body)
  }

  #transmit(options: http.RequestOptions, body: string): Promise<Answer> {
    const { protocol, hostname, port } = this.#endpoint
    const { connectionTimeout, requestTimeout } = this.#config.requestHandler ?? {}
    const isPlain = protocol === 'http:'
    const target = {
      ...options,
      host: hostname,
      port: port || undefined,
      agent: agents[isPlain ? protocol : 'https:'],
    }
    return new Promise((resolve, reject) => {
      const request = (isPlain ? http : https).request(target, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        )
        response.on('error', reject)
      })
      request.on('error', reject)
      if (requestTimeout)
        request.setTimeout(requestTimeout, () => request.destroy(timedOut('the answer', requestTimeout)))
      if (connectionTimeout) limitConnecting(request, connectionTimeout)
      request.end(body)
    })
  }
}

const limitConnecting = (request: http.ClientRequest, ms: number): void => {
  const timer = setTimeout(() => request.destroy(timedOut('connecting', ms)), ms)
  const stop = (): void => clearTimeout(timer)
  request.once('close', stop)
  request.once('socket', (socket) => {
    if (socket.connecting) socket.once('connect', stop)
    else stop()
  })
}
