import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ControlRoutes } from './control/control-routes.ts'
import { readBody } from './gateway/gateway.ts'
import { LocalServer, OwnAddresses } from './http/http-server.ts'
import { type HttpAnswer, messageAnswer } from './http/payload.ts'
import { ControlPages } from './pages/control-pages.ts'
import { Docs } from './pages/page.ts'
import { runStack, type Stack } from './run-stack.ts'
import { readAssembly } from './template/assembly.ts'
import { StackModel } from './template/model.ts'

export interface RunnerOptions {
  /** The folder that `cdk synth` wrote. */
  readonly cloudAssemblyDir: string
  /** 0: any free port. */
  readonly port: number
  /** Where state is kept; absent: in memory. */
  readonly data?: string
  /** For what V8 compiled of the functions; assemblies of the same code may share it. @default a folder in the assembly */
  readonly compiled?: string
  /** The folder whose README and docs the pages show; absent: none. */
  readonly project?: string
  /** Seeds the choice of which calls injected faults hit. @default 1 */
  readonly seed?: number
  /** RFC 3339: where the virtual clock begins when no data folder says where it stood. @default now */
  readonly startAt?: string
  /** A line for people: what went wrong inside, and what functions write to stderr in memory mode. */
  readonly log?: (line: string) => void
}

export interface Runner {
  /** Address of the HTTP API and of `/_local`. */
  readonly url: string
  /** Endpoint for AWS clients. */
  readonly aws: string
  /** Stops accepting, finishes what is in flight (up to 8 s), closes. */
  stop(): Promise<void>
}

const MAX_HTTP_BODY = 10 * 1024 * 1024
const GRACE_MS = 8000

/** Runs a synthesized stack on this machine. @throws Error naming the resource that cannot be run */
export async function startRunner(options: RunnerOptions): Promise<Runner> {
  const log = options.log ?? (() => undefined)
  const onError = (error: unknown) =>
    log(error instanceof Error ? (error.stack ?? error.message) : String(error))
  const servers = { app: new LocalServer(onError), aws: new LocalServer(onError) }
  const scratch = mkdtempSync(join(tmpdir(), 'local-stack-'))
  let stack: Stack | undefined
  const close = async () => {
    servers.aws.close()
    servers.app.close()
    await stack?.close()
    rmSync(scratch, { recursive: true, force: true })
  }
  try {
    const url = await servers.app.listen(options.port)
    const aws = await servers.aws.listen(0)
    const assembly = readAssembly(options.cloudAssemblyDir)
    const model = new StackModel(assembly, { app: url, aws })
    const running = await runStack({
      model,
      assets: assembly.assets,
      endpoints: { app: url, aws },
      scratch,
      compiled: options.compiled ?? join(options.cloudAssemblyDir, 'compiled'),
      data: options.data,
      seed: options.seed ?? 1,
      startAt: options.startAt,
      log,
      onError,
    })
    stack = running
    const control = new ControlRoutes({ ...running.control, describe: () => running.describe() })
    const pages = new ControlPages({
      ...running.control,
      docs: new Docs(options.project),
      describe: () => running.describe(),
      ask: (path, token) => askAs(running, path, token),
    })
    const own = new OwnAddresses([url, aws])
    servers.aws.serve(async (request, response) => {
      const why = own.foreignHost(request) ?? own.foreignPage(request)
      if (why !== undefined) return forbid(response, why)
      return running.gateway.handle(request, response)
    })
    servers.app.serve(async (request, response) => {
      const forControl = isControl(request.url)
      // Forms and beacons are made for pages of other sites: what those may do is the app's to say.
      const why = own.foreignHost(request) ?? (forControl ? own.foreignPage(request) : undefined)
      if (why !== undefined) return forbid(response, why)
      if (!forControl) return serveApp(running, request, response)
      if (!(await pages.handle(request, response))) await control.handle(request, response)
    })
    const stop = async () => {
      servers.app.stopAccepting()
      await running.finish(GRACE_MS, () => servers.app.idle)
      await close()
    }
    return { url, aws, stop }
  } catch (error) {
    await close()
    throw error
  }
}

/** The body names the reason in the way of AWS, too. */
function forbid(response: ServerResponse, why: string): void {
  const body = { type: 'about:blank', title: 'Forbidden', status: 403, detail: why, message: why }
  response.writeHead(403, { 'content-type': 'application/problem+json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}

function isControl(url: string | undefined): boolean {
  return url !== undefined && /^\/_local(?:[/?]|$)/.test(url)
}

async function serveApp(stack: Stack, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answer = await stack.activity.track(() => answerApp(stack, request))
  response.writeHead(answer.status, {
    ...answer.headers,
    'content-length': Buffer.byteLength(answer.body),
    'apigw-requestid': randomUUID(),
  })
  response.end(request.method === 'HEAD' ? undefined : answer.body)
}

/** What the app answers a signed-in user, for pages that cannot send a token. */
function askAs({ api, activity }: Stack, url: string, token: string): Promise<HttpAnswer> {
  if (!api) return Promise.resolve(messageAnswer(404, 'Not Found'))
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' }
  const request = { method: 'GET', url, headers, body: Buffer.alloc(0), sourceIp: '127.0.0.1' }
  return activity.track(() => api.handle(request))
}

async function answerApp(stack: Stack, request: IncomingMessage): Promise<HttpAnswer> {
  const body = await readBody(request, MAX_HTTP_BODY)
  if (body === undefined) return messageAnswer(413, 'Request Entity Too Large')
  if (!stack.api) return messageAnswer(404, 'Not Found')
  return stack.api.handle({
    method: request.method ?? 'GET',
    url: request.url ?? '/',
    headers: request.headers,
    body,
    sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
  })
}
