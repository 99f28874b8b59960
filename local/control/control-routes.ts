import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { VirtualClock } from '../clock.ts'
import type { EventLog } from '../events/event-bus.ts'
import { type Faults, parseFault } from '../gateway/faults.ts'
import { type CallLog, type Counts, readBody } from '../gateway/gateway.ts'
import { type Json, objectOf, parseJson, textOf } from '../json.ts'
import type { DeadLetters } from '../queues/dead-letters.ts'
import type { Inbox } from '../services/inbox.ts'
import type { TableUnits } from '../services/table-units.ts'
import { parseDuration, type Timekeeper } from './timekeeper.ts'

/** Answers with a JSON list, item by item as the client takes it. @param items those given as text are JSON already */
async function sendList(response: ServerResponse, items: Iterable<object | string>): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  try {
    await pipeline(Readable.from(asList(items)), response)
  } catch (error) {
    const wentAway = error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'
    if (!wentAway) throw error
  }
}

function* asList(items: Iterable<object | string>): Generator<string> {
  let before = '['
  for (const item of items) {
    yield before + (typeof item === 'string' ? item : JSON.stringify(item))
    before = ','
  }
  yield before === '[' ? '[]' : ']'
}

export interface ControlOptions {
  readonly clock: VirtualClock
  readonly inbox: Inbox
  readonly timekeeper: Timekeeper
  readonly deadLetters: DeadLetters
  readonly faults: Faults
  readonly counts: Counts
  readonly calls: CallLog
  readonly units: TableUnits
  readonly events: EventLog
  describe(): object
}

type Answer =
  | { readonly status: number; readonly body?: object }
  /** A list, written one by one. */
  | { readonly status: 200; readonly items: Iterable<object | string> }

const MAX_BODY = 1024 * 1024
const SETTLE_SECONDS = 60
const ADVANCE_SECONDS = 600
const LONGEST_TIMEOUT_SECONDS = 86_400

/** The routes under `/_local`: the runner's own window and levers. */
export class ControlRoutes {
  readonly #options: ControlOptions

  constructor(options: ControlOptions) {
    this.#options = options
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await this.#answer(request)
    if ('items' in answer) return sendList(response, answer.items)
    const type = answer.status >= 400 ? 'application/problem+json' : 'application/json'
    const body = answer.body === undefined ? '' : JSON.stringify(answer.body)
    response.writeHead(answer.status, body ? { 'content-type': type, 'cache-control': 'no-store' } : {})
    response.end(body)
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const { clock, inbox, deadLetters, faults, counts, calls, units, events, describe } = this.#options
    const url = new URL(request.url ?? '/', 'http://localhost')
    const route = `${request.method} ${url.pathname.replace(/\/$/, '')}`
    const query = (name: string) => url.searchParams.get(name) ?? undefined
    switch (route) {
      case 'GET /_local':
        return ok(describe())
      case 'GET /_local/inbox':
        return { status: 200, items: inbox.list(query('to')) }
      case 'DELETE /_local/inbox':
        inbox.clear()
        return { status: 204 }
      case 'GET /_local/clock':
        return ok({ now: this.#now() })
      case 'POST /_local/clock':
        return this.#advance(await bodyOf(request), seconds(query('timeout'), ADVANCE_SECONDS))
      case 'POST /_local/settle':
        return this.#settle(seconds(query('timeout'), SETTLE_SECONDS))
      case 'GET /_local/events':
        return { status: 200, items: events.list(query('type')) }
      case 'DELETE /_local/events':
        events.clear()
        return { status: 204 }
      case 'GET /_local/dead-letters':
        return ok(deadLetters.list())
      case 'GET /_local/faults':
        return ok(faults.list())
      case 'POST /_local/faults': {
        const fault = parseFault((await bodyOf(request)) ?? null)
        if ('errors' in fault) return problem(400, 'The fault is not valid', fault.errors.join('; '))
        faults.add(fault)
        return { status: 201, body: fault }
      }
      case 'DELETE /_local/faults':
        faults.clear()
        return { status: 204 }
      case 'GET /_local/counts':
        return ok(counts.list())
      case 'DELETE /_local/counts':
        counts.clear()
        return { status: 204 }
      case 'GET /_local/calls':
        return { status: 200, items: calls.list() }
      case 'POST /_local/calls':
        calls.record()
        return { status: 204 }
      case 'DELETE /_local/calls':
        calls.stop()
        return { status: 204 }
      case 'GET /_local/units':
        return ok(units.list())
      case 'POST /_local/units':
        units.begin()
        return { status: 204 }
      case 'DELETE /_local/units':
        units.end()
        return { status: 204 }
      default:
        return problem(
          404,
          'Not found',
          `${route} is none of the runner's routes; now is ${new Date(clock.now()).toISOString()}`,
        )
    }
  }

  async #advance(body: Json | undefined, timeout: number | undefined): Promise<Answer> {
    const text = textOf(objectOf(body).advance)
    const ms = text === undefined ? undefined : parseDuration(text)
    if (timeout === undefined) return badTimeout()
    if (ms === undefined) {
      return problem(400, 'The duration is not valid', 'Send { "advance": "3d" }; units are s, m, h, d, w')
    }
    const moved = await this.#options.timekeeper.advance(ms, timeout * 1000)
    if (moved === undefined) {
      return problem(400, 'The duration is not valid', 'The clock goes no further than the year 9999')
    }
    const { fired, settled } = moved
    if (!settled) return problem(504, 'Still at work', `something is still in flight after ${timeout} s`)
    return ok({ now: this.#now(), fired })
  }

  async #settle(timeout: number | undefined): Promise<Answer> {
    if (timeout === undefined) return badTimeout()
    if (await this.#options.timekeeper.settle(timeout * 1000)) return ok({ now: this.#now() })
    return problem(504, 'Still at work', `something is still in flight after ${timeout} s`)
  }

  #now(): string {
    return new Date(this.#options.clock.now()).toISOString()
  }
}

function ok(body: object): Answer {
  return { status: 200, body }
}

function problem(status: number, title: string, detail: string): Answer {
  return { status, body: { type: 'about:blank', title, status, detail } }
}

function badTimeout(): Answer {
  return problem(
    400,
    'The time-out is not valid',
    `timeout is a number of seconds, ${LONGEST_TIMEOUT_SECONDS} at most`,
  )
}

function seconds(text: string | undefined, fallback: number): number | undefined {
  if (text === undefined) return fallback
  const number = Number(text)
  return text !== '' && number >= 0 && number <= LONGEST_TIMEOUT_SECONDS ? number : undefined
}

async function bodyOf(request: IncomingMessage): Promise<Json | undefined> {
  const body = await readBody(request, MAX_BODY)
  try {
    return body === undefined || body.length === 0 ? undefined : parseJson(body.toString())
  } catch {
    return undefined
  }
}
