import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Caller, Guard } from '../access/guard.ts'
import type { Activity } from '../activity.ts'
import { AwsError } from '../aws-error.ts'
import { html, type Page, sendPage } from '../pages/page.ts'
import type { Counts } from './counts.ts'
import { readCredential } from './credential.ts'
import type { Faults } from './faults.ts'
import { readBody } from './read-body.ts'
import type { AwsAnswer, AwsRequest, Service } from './service.ts'
import { refuseJson } from './service.ts'

export interface GatewayOptions {
  readonly services: ReadonlyMap<string, Service>
  /** By access key. */
  readonly callers: ReadonlyMap<string, Caller>
  readonly guard: Guard
  readonly faults: Faults
  readonly counts: Counts
  readonly activity: Activity
  onError(message: string): void
}

const MAX_BODY = 32 * 1024 * 1024

/** The one endpoint for every AWS client: tells services apart by the credential scope, callers by access key. */
export class Gateway {
  readonly #options: GatewayOptions

  constructor(options: GatewayOptions) {
    this.#options = options
  }

  /** Answers a request that came by a socket. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request
    if (isBrowser(method, headers)) return sendPage(response, page)
    const body = await readBody(request, MAX_BODY)
    const answer = body === undefined ? refuseJson(tooLarge()) : await this.call(method, url, headers, body)
    response.sendDate = false
    const length = answer.headers?.['content-length'] ?? Buffer.byteLength(answer.body)
    response.writeHead(answer.status, { ...answer.headers, 'content-length': length })
    response.end(answer.body)
  }

  /** Answers a request that came some other way. Never rejects. */
  async call(
    method: string,
    url: string,
    headers: IncomingHttpHeaders,
    body: string | Buffer,
  ): Promise<Required<AwsAnswer>> {
    const mark = url.indexOf('?')
    const path = mark < 0 ? url : url.slice(0, mark)
    const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1))
    const answer = await this.#answer({ method, path, query, headers, body })
    return { ...answer, headers: { ...answer.headers, 'x-amzn-requestid': randomUUID() } }
  }

  async #answer(request: AwsRequest): Promise<AwsAnswer> {
    const { services, callers, guard, counts, faults, activity } = this.#options
    let service: Service | undefined
    let end: (() => void) | undefined
    try {
      const credential = readCredential(request)
      service = services.get(credential.service)
      if (!service)
        throw new AwsError('UnknownService', `The service ${credential.service} is not offered locally`)
      const caller = callers.get(credential.accessKeyId)
      if (!caller)
        throw new AwsError(
          'UnrecognizedClientException',
          'The security token included in the request is invalid.',
          403,
        )
      const operation = service.read(request)
      if (operation.name !== 'ReceiveMessage') end = activity.begin()
      counts.add(credential.service, operation.name, caller.kind === 'function' ? caller.name : 'local')
      guard.authorize(caller, service.needs(operation, request))
      if (faults.any && caller.kind === 'function') {
        await faults.strike({ service: credential.service, operation: operation.name, function: caller.name })
      }
      return await service.invoke(operation, request, caller)
    } catch (error) {
      const known = error instanceof AwsError ? error : this.#internal(error)
      return service ? service.refuse(known, request) : refuseJson(known)
    } finally {
      end?.()
    }
  }

  #internal(error: unknown): AwsError {
    this.#options.onError(`gateway: ${error instanceof Error ? (error.stack ?? error.message) : error}`)
    return new AwsError('InternalFailure', 'The local runner failed; its output says why', 500)
  }
}

/** Programs sign what they ask for; whoever opens the printed address in a browser does not. */
function isBrowser(method: string, { authorization, accept = '' }: IncomingHttpHeaders): boolean {
  return method === 'GET' && authorization === undefined && accept.includes('text/html')
}

const page: Page = {
  title: 'AWS endpoint',
  body: html`<h1>AWS endpoint of the local runner</h1>
<p>Programs call this address in place of AWS: DynamoDB, SQS, EventBridge, Scheduler, SES and the others that the stack uses.
There is nothing to look at here; the overview is at <code>/_local</code> of the app's own address.</p>
<pre>aws --endpoint-url http://THIS-ADDRESS dynamodb list-tables</pre>`,
}

function tooLarge(): AwsError {
  return new AwsError('RequestEntityTooLargeException', `The request is over ${MAX_BODY} bytes`, 413)
}
