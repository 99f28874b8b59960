import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

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
