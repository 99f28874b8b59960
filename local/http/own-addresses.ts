import type { IncomingHttpHeaders } from 'node:http'

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
