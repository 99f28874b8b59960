import type { Guard } from '../access/guard.ts'
import { isObject, objectOf, textOf } from '../json.ts'
import { type Functions, type LocalFunction, TOO_LARGE } from '../lambda/functions.ts'
import type { Resource, StackModel } from '../template/model.ts'
import { arnOf } from '../template/place.ts'
import { LocalTokens } from './authorizer.ts'
import { Cors } from './cors.ts'
import {
  functionAnswer,
  type HttpAnswer,
  type HttpRequest,
  messageAnswer,
  pathOf,
  requestEvent,
} from './payload.ts'
import { RouteTable } from './route-table.ts'

export interface HttpApiOptions {
  readonly functions: Functions
  readonly guard: Guard
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
