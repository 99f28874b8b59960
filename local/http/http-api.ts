import type { Guard } from '../access/guard.ts'
import { isObject, isTrue, type JsonObject, numberOf, objectOf, textOf, textsOf } from '../json.ts'
import { type Functions, type LocalFunction, TOO_LARGE } from '../lambda/functions.ts'
import { arnOf } from '../template/intrinsics.ts'
import type { Resource, StackModel } from '../template/model.ts'
import {
  functionAnswer,
  type HttpAnswer,
  type HttpRequest,
  LocalTokens,
  messageAnswer,
  pathOf,
  requestEvent,
} from './payload.ts'

/** One route of an HTTP API, `GET /f/{form}` or `$default`. */
interface RouteKey {
  readonly routeKey: string
}

interface RouteMatch<R> {
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

/** Answers preflights and sets the headers that an API's `CorsConfiguration` says. */
class Cors {
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

interface HttpApiOptions {
  readonly functions: Functions
  readonly guard: Guard
  /** Ids of users who may not sign in. */
  readonly disabledUsers: ReadonlySet<string>
  now(): number
  newId(): string
  onError(message: string): void
}

interface Route {
  readonly routeKey: string
  readonly needsUser: boolean
  readonly target: LocalFunction
}

/** The stack's HTTP API: finds the route, checks the token, invokes the function, answers. */
export class HttpApi {
  readonly #options: HttpApiOptions
  readonly #apiId: string
  readonly #routes: RouteTable<Route>
  readonly #tokens: LocalTokens
  readonly #cors: Cors | undefined

  constructor(api: Resource, model: StackModel, options: HttpApiOptions) {
    this.#options = options
    this.#apiId = api.name
    const own = (type: string) => model.ofType(type).filter(({ properties }) => properties.ApiId === api.ref)
    for (const stage of own('AWS::ApiGatewayV2::Stage')) {
      if (stage.name !== '$default')
        throw new Error(`${stage.stack}/${stage.logicalId}: only the stage $default is served locally`)
    }
    const integrations = own('AWS::ApiGatewayV2::Integration')
    const authorizers = own('AWS::ApiGatewayV2::Authorizer')
    const routes = own('AWS::ApiGatewayV2::Route')
    this.#routes = new RouteTable(
      routes.map((route) => readRoute(route, integrations, authorizers, options.functions)),
    )
    const groups = model.ofType('AWS::Cognito::UserPoolGroup')
    const [client] = model.ofType('AWS::Cognito::UserPoolClient')
    this.#tokens = new LocalTokens(
      groups.map(({ name }) => name),
      client?.ref ?? 'local',
      options.disabledUsers,
    )
    const cors = api.properties.CorsConfiguration
    this.#cors = isObject(cors) ? new Cors(cors) : undefined
  }

  async handle(request: HttpRequest): Promise<HttpAnswer> {
    const origin = request.headers.origin
    if (this.#cors && request.method === 'OPTIONS' && request.headers['access-control-request-method']) {
      return { status: 204, headers: this.#cors.preflightHeaders(origin), body: '' }
    }
    const answer = await this.#route(request)
    return this.#cors
      ? { ...answer, headers: { ...answer.headers, ...this.#cors.headersFor(origin) } }
      : answer
  }

  async #route(request: HttpRequest): Promise<HttpAnswer> {
    const { functions, guard, now, newId, onError } = this.#options
    const path = pathOf(request.url)
    if (path === undefined) return messageAnswer(400, 'Bad Request')
    const match = this.#routes.find(request.method, path)
    if (!match) return messageAnswer(404, 'Not Found')
    const { route, pathParameters } = match
    const claims = route.needsUser ? this.#tokens.claimsOf(request.headers.authorization, now()) : undefined
    if (route.needsUser && !claims) {
      const answer = messageAnswer(401, 'Unauthorized')
      return { ...answer, headers: { ...answer.headers, 'www-authenticate': 'Bearer' } }
    }
    const fn = route.target.resource
    const source = arnOf('execute-api', `${this.#apiId}/$default/${route.routeKey.replace(' ', '')}`)
    if (!guard.allowsService('apigateway.amazonaws.com', 'lambda:InvokeFunction', fn.arn, source)) {
      onError(
        `HTTP API: no AWS::Lambda::Permission lets apigateway.amazonaws.com invoke ${fn.name} from ${source}`,
      )
      return messageAnswer(500, 'Internal Server Error')
    }
    const { routeKey } = route
    const context = { apiId: this.#apiId, routeKey, pathParameters, claims, requestId: newId(), now: now() }
    const result = await functions.invoke(route.target, requestEvent(request, path, context))
    switch (result.status) {
      case 'ok':
        return functionAnswer(result.payload) ?? messageAnswer(500, 'Internal Server Error')
      case 'error':
        return failed(result.error.errorType)
      default:
        return result satisfies never
    }
  }
}

function failed(errorType: string): HttpAnswer {
  if (errorType === TOO_LARGE) return messageAnswer(413, 'Request Entity Too Large')
  return errorType === 'Sandbox.Timedout'
    ? messageAnswer(503, 'Service Unavailable')
    : messageAnswer(500, 'Internal Server Error')
}

function readRoute(
  route: Resource,
  integrations: Resource[],
  authorizers: Resource[],
  functions: Functions,
): Route {
  const where = `${route.stack}/${route.logicalId}`
  const { properties } = route
  const integration = integrations.find(({ ref }) => textOf(properties.Target) === `integrations/${ref}`)
  if (!integration) throw new Error(`${where}: its integration is missing`)
  const { IntegrationType, IntegrationUri, PayloadFormatVersion } = integration.properties
  if (IntegrationType !== 'AWS_PROXY' || textOf(PayloadFormatVersion) !== '2.0') {
    throw new Error(`${where}: only AWS_PROXY integrations with payload format 2.0 are run locally`)
  }
  const uri = textOf(IntegrationUri) ?? ''
  const target = functions.find(/functions\/(arn:[^/]+)\/invocations/.exec(uri)?.[1] ?? uri)
  if (!target) throw new Error(`${where}: its integration ${uri} is no function of the stack`)
  const authorization = textOf(properties.AuthorizationType) ?? 'NONE'
  if (authorization !== 'NONE' && authorization !== 'JWT') {
    throw new Error(`${where}: the authorization ${authorization} is not offered locally`)
  }
  const authorizer = authorizers.find(({ ref }) => ref === textOf(properties.AuthorizerId))
  if (authorization === 'JWT' && objectOf(authorizer?.properties).AuthorizerType !== 'JWT') {
    throw new Error(`${where}: its authorizer is missing or no JWT authorizer`)
  }
  return { routeKey: textOf(properties.RouteKey) ?? '', needsUser: authorization === 'JWT', target }
}
