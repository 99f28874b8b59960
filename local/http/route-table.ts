/** One route of an HTTP API, `GET /f/{form}` or `$default`. */
export interface RouteKey {
  readonly routeKey: string
}

export interface RouteMatch<R> {
  readonly route: R
  readonly pathParameters: Readonly<Record<string, string>>
}

interface Candidate<R> {
  readonly route: R
  readonly method: string
  readonly segments: readonly string[]
}

/**
 * Finds the route as API Gateway does: the most specific path first (literal before `{name}` before `{name+}`, from
 * the left), a method before `ANY`, and `$default` when nothing else matches.
 */
export class RouteTable<R extends RouteKey> {
  readonly #candidates: readonly Candidate<R>[]
  readonly #fallback: R | undefined

  constructor(routes: readonly R[]) {
    this.#fallback = routes.find(({ routeKey }) => routeKey === '$default')
    this.#candidates = routes
      .filter(({ routeKey }) => routeKey !== '$default')
      .map((route) => {
        const [method = '', path = ''] = route.routeKey.split(' ')
        return { route, method, segments: path.split('/').slice(1) }
      })
      .sort(bySpecificity)
  }

  /** @param path decoded, beginning with a slash */
  find(method: string, path: string): RouteMatch<R> | undefined {
    const given = path.split('/').slice(1)
    for (const candidate of this.#candidates) {
      if (candidate.method !== 'ANY' && candidate.method !== method) continue
      const pathParameters = matchSegments(candidate.segments, given)
      if (pathParameters) return { route: candidate.route, pathParameters }
    }
    return this.#fallback && { route: this.#fallback, pathParameters: {} }
  }
}

function bySpecificity<R>(left: Candidate<R>, right: Candidate<R>): number {
  const length = Math.max(left.segments.length, right.segments.length)
  for (let index = 0; index < length; index++) {
    const difference = rank(left.segments[index]) - rank(right.segments[index])
    if (difference !== 0) return difference
  }
  return Number(left.method === 'ANY') - Number(right.method === 'ANY')
}

function rank(segment: string | undefined): number {
  if (segment === undefined) return 3
  if (segment.endsWith('+}')) return 2
  return segment.startsWith('{') ? 1 : 0
}

function matchSegments(
  wanted: readonly string[],
  given: readonly string[],
): Record<string, string> | undefined {
  const parameters: Record<string, string> = {}
  for (const [index, segment] of wanted.entries()) {
    if (segment.endsWith('+}')) {
      const rest = given.slice(index).join('/')
      if (rest === '') return undefined
      parameters[segment.slice(1, -2)] = rest
      return parameters
    }
    const value = given[index]
    if (value === undefined) return undefined
    if (segment.startsWith('{')) {
      if (value === '') return undefined
      parameters[segment.slice(1, -1)] = value
    } else if (segment !== value) return undefined
  }
  return given.length === wanted.length ? parameters : undefined
}
