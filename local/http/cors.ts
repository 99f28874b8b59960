import { isTrue, type JsonObject, numberOf, textsOf } from '../json.ts'

/** Answers preflights and sets the headers that an API's `CorsConfiguration` says. */
export class Cors {
  readonly #origins: readonly string[]
  readonly #methods: readonly string[]
  readonly #headers: readonly string[]
  readonly #exposed: readonly string[]
  readonly #maxAge: number | undefined
  readonly #credentials: boolean

  constructor(configuration: JsonObject) {
    this.#origins = textsOf(configuration.AllowOrigins)
    this.#methods = textsOf(configuration.AllowMethods)
    this.#headers = textsOf(configuration.AllowHeaders)
    this.#exposed = textsOf(configuration.ExposeHeaders)
    this.#maxAge = numberOf(configuration.MaxAge)
    this.#credentials = isTrue(configuration.AllowCredentials)
  }

  /** The headers for a request from this origin; none where it is not allowed. */
  headersFor(origin: string | undefined): Record<string, string> {
    if (origin === undefined || !this.#allows(origin)) return {}
    return {
      'access-control-allow-origin': this.#origins.includes('*') ? '*' : origin,
      ...(this.#exposed.length > 0 ? { 'access-control-expose-headers': this.#exposed.join(',') } : {}),
      ...(this.#credentials ? { 'access-control-allow-credentials': 'true' } : {}),
    }
  }

  preflightHeaders(origin: string | undefined): Record<string, string> {
    const allowed = this.headersFor(origin)
    if (Object.keys(allowed).length === 0) return {}
    return {
      ...allowed,
      'access-control-allow-methods': this.#methods.join(','),
      'access-control-allow-headers': this.#headers.join(','),
      ...(this.#maxAge === undefined ? {} : { 'access-control-max-age': String(this.#maxAge) }),
    }
  }

  #allows(origin: string): boolean {
    return this.#origins.some(
      (one) => one === '*' || one === origin || (one.endsWith('://*') && origin.startsWith(one.slice(0, -1))),
    )
  }
}
