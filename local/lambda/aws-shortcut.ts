import { EventEmitter } from 'node:events'
import type { IncomingMessage, RequestOptions } from 'node:http'
import { Readable } from 'node:stream'
import type { AwsCall, AwsReply } from './invocation.ts'

/**
 * Takes signed requests for the AWS endpoint straight to the runner's thread, past the socket: the same request, a
 * tenth of the cost. Every other request goes out as it would.
 * @returns what takes the replies.
 */
export function shortenAwsCalls(endpoint: string, post: (call: AwsCall) => void): (reply: AwsReply) => void {
  const target = new URL(endpoint)
  const http = lightHttp()
  const waiting = new Map<number, (reply: AwsReply) => void>()
  const original = http.request
  let last = 0

  const shortened = (options: RequestOptions, callback?: (response: IncomingMessage) => void) => {
    const isOurs = options.host === target.hostname && String(options.port) === target.port
    const headers = isOurs ? inLowerCase(options.headers ?? {}) : {}
    if (headers.authorization === undefined) return original(options, callback)
    const method = options.method ?? 'GET'
    const url = options.path ?? '/'
    return new ShortRequest({
      callback,
      isStreamed: headers.authorization.includes('/s3/aws4_request'),
      send: (body, done) => {
        last += 1
        waiting.set(last, done)
        post({ type: 'aws', id: last, method, url, headers, body })
      },
    })
  }
  Object.assign(http, {
    request: (...args: unknown[]) => {
      const [options, callback] = args
      return isOptions(options) && (callback === undefined || isCallback(callback))
        ? shortened(options, callback)
        : Reflect.apply(original, http, args)
    },
  })
  return (reply) => {
    waiting.get(reply.id)?.(reply)
    waiting.delete(reply.id)
  }
}

/**
 * `node:http` without what it hands on from the browsers' world. A module that imports `node:http` looks at each of
 * its exports, and these would load a client of their own: a third of the time in which an environment starts.
 * Nothing has imported it yet, so that what is put into it here is what functions get.
 */
function lightHttp(): typeof import('node:http') {
  const http = process.getBuiltinModule('node:http')
  for (const name of ['WebSocket', 'CloseEvent', 'MessageEvent']) Reflect.deleteProperty(http, name)
  return http
}

function inLowerCase(headers: object): Record<string, string> {
  const lower: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) lower[name.toLowerCase()] = String(value)
  return lower
}

interface ShortRequestOptions {
  send(body: AwsCall['body'], done: (reply: AwsReply) => void): void
  readonly callback: ((response: IncomingMessage) => void) | undefined
  /** Whether the SDK hands the body of the answer on as a stream; it takes all others as bytes just as well. */
  readonly isStreamed: boolean
}

/** As much of a ClientRequest as the SDK's HTTP handler uses. */
class ShortRequest extends EventEmitter {
  readonly socket = new IdleSocket()
  readonly #options: ShortRequestOptions
  readonly #chunks: (string | Uint8Array)[] = []
  destroyed = false

  constructor(options: ShortRequestOptions) {
    super()
    this.#options = options
  }

  write(chunk: string | Uint8Array): boolean {
    this.#chunks.push(chunk)
    return true
  }

  end(chunk?: string | Uint8Array): this {
    if (chunk !== undefined) this.write(chunk)
    const [only = '', ...more] = this.#chunks
    const body = more.length === 0 ? only : Buffer.concat(this.#chunks.map((one) => Buffer.from(one)))
    this.#options.send(inOwnMemory(body), (reply) => this.#answer(reply))
    return this
  }

  setTimeout(): this {
    return this
  }

  destroy(): this {
    this.destroyed = true
    return this
  }

  #answer({ status, headers, body }: AwsReply): void {
    if (this.destroyed) return
    const bytes = Buffer.from(body)
    const content = this.#options.isStreamed ? Readable.from(bytes.length > 0 ? [bytes] : []) : bytes
    const response = { statusCode: status, statusMessage: '', headers, complete: true }
    const message = Object.assign(content, response) as unknown as IncomingMessage
    this.#options.callback?.(message)
    this.emit('response', message)
    this.emit('close')
  }
}

/** Bytes in memory of their own: a part goes to another thread with all that it is a part of, such as the 64 KB that Node cuts buffers from. */
function inOwnMemory(body: string | Uint8Array): AwsCall['body'] {
  return typeof body === 'string' ? body : new Uint8Array(body)
}

/** Stands for the connection there is none of. */
class IdleSocket {
  readonly connecting = false
  setTimeout(): void {}
  setKeepAlive(): void {}
  removeListener(): void {}
  destroy(): void {}
}

function isOptions(value: unknown): value is RequestOptions {
  return typeof value === 'object' && value !== null && !(value instanceof URL)
}

function isCallback(value: unknown): value is (response: IncomingMessage) => void {
  return typeof value === 'function'
}
