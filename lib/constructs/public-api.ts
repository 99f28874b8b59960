import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import {
  CfnRoute,
  type CfnStage,
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpUserPoolAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { OAuthScope, UserPoolClient } from 'aws-cdk-lib/aws-cognito'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import type { Variable } from '../../functions/environment.ts'
import type { AlarmTopic } from './alarm-topic.ts'
import type { AppFunction } from './app-function.ts'
import { ConsoleCdn } from './console-cdn.ts'
import type { ConsoleUsers } from './console-users.ts'

interface PublicApiProps {
  readonly users: ConsoleUsers
  readonly alarms: AlarmTopic
  /** Address in links, where something stands in front of the API. @default - the API's own */
  readonly publicUrl?: string
  /** Whether CloudFront stands in front. @default false */
  readonly consoleCdn?: boolean
  /** Requests a second over all routes; a burst may be twice as many. */
  readonly rate: number
}

/** As CloudFormation has it. */
interface RouteLimit {
  readonly ThrottlingRateLimit: number
  readonly ThrottlingBurstLimit: number
}

/** Why nobody signs in for what stands in emails. */
export const openedFromEmail = 'Opened from an email; the signed token in the path says who may do what.'

type Method = 'ANY' | 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS'

/** No address of a visitor and no path, which may hold a token: the route tells enough. */
const loggedFields = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  route: '$context.routeKey',
  status: '$context.status',
  latency: '$context.responseLatency',
  bytes: '$context.responseLength',
  integrationError: '$context.integrationErrorMessage',
  authorizerError: '$context.authorizer.error',
}

/** The HTTP API: forms, events and links for anyone, `/api` for users of the console. */
export class PublicApi extends Construct {
  /** Without a slash at the end. */
  readonly url: string
  /** In front of all of it, where it is wanted. */
  readonly cdn: ConsoleCdn | undefined
  readonly #api: HttpApi
  readonly #users: IHttpRouteAuthorizer
  readonly #signIn: Readonly<Record<'SIGN_IN_URL' | 'SIGN_IN_CLIENT_ID' | 'SIGN_IN_ISSUER', string>>
  readonly #stage: CfnStage
  readonly #routes: HttpRoute[] = []
  readonly #limits: Record<string, RouteLimit> = {}
  readonly #integrations = new Map<AppFunction, HttpLambdaIntegration>()

  constructor(scope: Construct, id: string, props: PublicApiProps) {
    super(scope, id)
    this.#api = new HttpApi(this, 'Api', {
      description: 'Trichter',
      createDefaultStage: false,
    })
    this.url = props.publicUrl ?? this.#api.apiEndpoint
    this.cdn = props.consoleCdn ? new ConsoleCdn(this, 'Cdn', { endpoint: this.#api.apiEndpoint }) : undefined
    const { pool, client, domain } = props.users
    const browsers = this.#addBrowserClient(props)
    this.#signIn = {
      SIGN_IN_URL: domain.baseUrl(),
      SIGN_IN_CLIENT_ID: browsers.userPoolClientId,
      SIGN_IN_ISSUER: pool.userPoolProviderUrl,
    }
    this.#users = new HttpUserPoolAuthorizer('Users', pool, { userPoolClients: [client, browsers] })
    const logs = new LogGroup(this, 'AccessLogs', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.#api,
      stageName: '$default',
      autoDeploy: true,
      // A flood is answered 429 here, before it costs an invocation or takes concurrency from the workers.
      throttle: { rateLimit: props.rate, burstLimit: 2 * props.rate },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logs),
        format: AccessLogFormat.custom(JSON.stringify(loggedFields)),
      },
    })
    this.#stage = stage.node.defaultChild as CfnStage
    props.alarms.watch(this, 'ServerErrorsAlarm', {
      metric: this.#api.metricServerError({ period: Duration.minutes(5) }),
      threshold: 5,
      description: 'Five requests within five minutes were answered with a server error.',
      runbook: 'The API answers with errors',
    })
  }

  /** @param reason why anyone may call it. */
  addOpenRoute(path: string, methods: readonly Method[], to: AppFunction, reason: string): void {
    for (const route of this.#add(path, methods, to, new HttpNoneAuthorizer()))
      Validations.of(route).acknowledge({ id: 'AwsSolutions-APIG4', reason })
  }

  /** Everything that no route takes, so that a wrong address or method is answered like any other mistake. */
  addFallback(to: AppFunction, reason: string): void {
    const route = new HttpRoute(this, 'Fallback', {
      httpApi: this.#api,
      routeKey: HttpRouteKey.DEFAULT,
      // With a permission of its own: the one for all routes wants a method and a path.
      integration: new HttpLambdaIntegration('Fallback', to.lambda),
      authorizer: new HttpNoneAuthorizer(),
    })
    Validations.of(route).acknowledge({ id: 'AwsSolutions-APIG4', reason })
  }

  /** For signed-in users; which of their roles may do what is for the function to decide. */
  addUserRoute(path: string, methods: readonly Method[], to: AppFunction): void {
    this.#add(path, methods, to, this.#users)
  }

  /**
   * Gives every method of a path a limit of its own, which what comes by other paths cannot use up.
   * @param rate requests a second; twice as many may come at once.
   */
  limitRoutes(path: string, rate: number): void {
    for (const route of this.#routes.filter((one) => one.path === path)) {
      const resource = route.node.defaultChild
      if (!(resource instanceof CfnRoute)) throw new Error(`${path} has no route`)
      this.#limits[resource.routeKey] = { ThrottlingRateLimit: rate, ThrottlingBurstLimit: 2 * rate }
      // The stage names the route, and can do so only once it is there.
      this.#stage.addResourceDependency(resource)
    }
    this.#stage.routeSettings = this.#limits
  }

  /** Tells a function which address its links begin with. */
  grantLinks(to: AppFunction): void {
    to.setVariable('PUBLIC_URL', this.url)
  }

  /** Tells a function where users sign in. */
  grantSignIn(to: AppFunction): void {
    for (const [variable, value] of Object.entries(this.#signIn)) to.setVariable(variable as Variable, value)
  }

  /** Code flow with PKCE, as a browser keeps no secret; each refresh token is good for once. */
  #addBrowserClient({ users }: PublicApiProps): UserPoolClient {
    const front = this.cdn ? [this.cdn.url] : []
    const addresses = [...new Set([this.url, this.#api.apiEndpoint, ...front])].map(
      (address) => `${address}/`,
    )
    return new UserPoolClient(this, 'Browsers', {
      userPool: users.pool,
      generateSecret: false,
      authFlows: {},
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, OAuthScope.EMAIL, OAuthScope.PROFILE],
        callbackUrls: addresses,
        logoutUrls: addresses,
      },
      preventUserExistenceErrors: true,
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.hours(12),
      refreshTokenRotationGracePeriod: Duration.seconds(30),
    })
  }

  #add(path: string, methods: readonly Method[], to: AppFunction, authorizer: IHttpRouteAuthorizer) {
    const integration =
      this.#integrations.get(to) ??
      // One permission for all routes: a policy of a function is limited to 20 KiB.
      new HttpLambdaIntegration(to.node.id, to.lambda, { scopePermissionToRoute: false })
    this.#integrations.set(to, integration)
    const routes = this.#api.addRoutes({
      path,
      methods: methods.map((method) => HttpMethod[method]),
      integration,
      authorizer,
    })
    this.#routes.push(...routes)
    return routes
  }
}
