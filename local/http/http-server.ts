import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** A listener on the loopback interface. Requests that come before `serve` is called wait for it. */
export class LocalServer {
  readonly #server: Server
  #serve: (handler: Handler) => void = () => undefined
  #open = 0
  #closing = false

  constructor(onError: (error: unknown) => void) {
    const ready = new Promise<Handler>((resolve) => {
      this.#serve = resolve
    })
    this.#server = createServer(
      { keepAliveTimeout: 60_000, requestTimeout: 0, noDelay: true },
      (request, response) => {
        this.#open += 1
        response.on('close', () => {
          this.#open -= 1
        })
        if (this.#closing) response.setHeader('connection', 'close')
        ready
          .then((handler) => handler(request, response))
          .catch((error: unknown) => {
            onError(error)
            if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' })
            response.end('{"message":"Internal Server Error"}')
          })
      },
    )
  }

  /** @throws Error with a clear message where the port is taken */
  async listen(port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        reject(error.code === 'EADDRINUSE' ? new PortInUse(port) : error)
      })
      this.#server.listen(port, '127.0.0.1', resolve)
    })
    return `http://127.0.0.1:${portOf(this.#server.address())}`
  }

  serve(handler: Handler): void {
    this.#serve(handler)
  }

  /** No request is being answered. */
  get idle(): boolean {
    return this.#open === 0
  }

  /** Stops accepting; connections at rest end at once, the others after their answer. */
  stopAccepting(): void {
    this.#closing = true
    this.#server.close()
    this.#server.closeIdleConnections()
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

export class PortInUse extends Error {
  constructor(port: number) {
    super(`port ${port} is in use; choose another one with --port N`)
    this.name = 'PortInUse'
  }
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}

interface Head {
  readonly method?: string | undefined
  readonly headers: IncomingHttpHeaders
}

const DEFAULT_PORT = '80'

/**
 * Tells requests to the runner's own addresses from those that a page of another site makes. Browsers say in `Host`
 * whom they mean to reach, in `Origin` and `Sec-Fetch-Site` who asks; programs send no more than `Host`.
 */
export class OwnAddresses {
  readonly #hosts: ReadonlySet<string>
  readonly #origins: ReadonlySet<string>

  /** @param urls of the runner's listeners, on the loopback interface */
  constructor(urls: readonly string[]) {
    const hosts = urls.flatMap((url) => {
      const { hostname, port } = new URL(url)
      return [hostname, 'localhost'].map((name) => ({ name, port: port || DEFAULT_PORT }))
    })
    const written = ({ name, port }: { name: string; port: string }): string[] =>
      port === DEFAULT_PORT ? [name, `${name}:${port}`] : [`${name}:${port}`]
    this.#hosts = new Set(hosts.flatMap(written))
    this.#origins = new Set([...this.#hosts].map((host) => new URL(`http://${host}`).origin))
  }

  /** Why the request is not for this runner: a name that somebody else made point to this machine. */
  foreignHost({ headers }: Head): string | undefined {
    const host = headers.host?.toLowerCase()
    return host !== undefined && this.#hosts.has(host)
      ? undefined
      : `this runner is not ${host || 'a server without a name'}; open it by the address that it printed`
  }

  /** Why another site may not do this; following a link to a page is no more than looking. */
  foreignPage(request: Head): string | undefined {
    const { origin, 'sec-fetch-site': site } = request.headers
    if (origin !== undefined && !this.#origins.has(origin)) return `pages of ${origin} may not use the runner`
    const isOwn = site === undefined || site === 'same-origin' || site === 'none'
    return isOwn || followsLink(request) ? undefined : 'pages of other sites may not use the runner'
  }
}

function followsLink({ method, headers }: Head): boolean {
  return (
    method === 'GET' &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document' &&
    headers.origin === undefined
  )
}
