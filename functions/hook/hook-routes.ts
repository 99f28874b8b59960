import { asSendable } from '../../domain/activity/subject.ts'
import { type CompiledHook, compileHook } from '../../domain/hook/map-event.ts'
import { claimOf } from '../../domain/hook/signed-claim.ts'
import type { Verification } from '../../domain/model/hook.ts'
import type { Json } from '../../domain/model/json.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import { isRecord } from '../../domain/model/raw.ts'
import { type ApiRequest, type ApiResult, everyone, marketers } from '../api/api-request.ts'
import { apiApp, get, post } from '../api/api-route.ts'
import type { HttpApp, HttpContext } from '../http/http-app.ts'
import { bodyOf, mediaTypeOf } from '../http/http-message.ts'
import { problemReply, type Refusal } from '../http/problem.ts'
import type { HookDay, HookDeals, HookFigures, HookSecrets, ProveClaim } from '../webhook-ports.ts'
import {
  makeReadDelivery,
  makeReceiveDelivery,
  type ReadDeliveryPorts,
  type ReceiveDeliveryPorts,
} from './receive-delivery.ts'

/** A hundred events of HubSpot have about 40 KB. */
const maxBytes = 256 * 1024

interface HookRoutePorts extends ReceiveDeliveryPorts {
  readonly hooks: ReadonlyMap<string, CompiledHook>
  readonly secretsOf: HookSecrets
  readonly proves: ProveClaim
  /** Counts a delivery that was turned away, within bounds: anybody may send one. */
  readonly turnedAway: (source: string, why: string) => Promise<void>
  /** What hook addresses begin with, without a slash at the end. */
  readonly publicUrl: string
}

/** What the sender is to do better, as RFC 9110 asks of every 401. */
const challengeOf = ({ scheme }: Verification): string =>
  scheme === 'basic' ? 'Basic realm="hooks"' : 'Signature'

const readJson = (body: Uint8Array): Json | undefined => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body), asSendable)
  } catch {
    return undefined
  }
}

/** `POST /hooks/{source}`. Nothing is read out of a body before it is known who sent it. */
const makeHookRoute = (ports: HookRoutePorts) => {
  const { hooks, secretsOf, proves, turnedAway, clock, publicUrl } = ports
  const receive = makeReceiveDelivery(ports)

  const refuse = async (source: string, why: string, refusal: Refusal): Promise<Response> => {
    await turnedAway(source, why)
    return problemReply(refusal)
  }

  return async (context: HttpContext): Promise<Response> => {
    const { req } = context
    const source = req.param('source') ?? ''
    const hook = hooks.get(source)
    if (hook === undefined)
      return problemReply({ type: 'not-found', detail: 'The playbook has no hook of this name.' })
    const bytes = await bodyOf(context)
    if (bytes.byteLength > maxBytes)
      return refuse(source, 'too large', { type: 'too-large', limit: maxBytes })
    const { verify } = hook.hook
    const url = `${publicUrl}${req.path}`
    const claim = claimOf(verify, { method: req.method, url, headers: req.header(), body: bytes }, clock())
    const unproven = (why: string, detail: string) =>
      refuse(source, why, { type: 'unproven', detail, challenge: challengeOf(verify) })
    if (claim.type === 'unproven')
      return claim.reason === 'stale timestamp'
        ? unproven(claim.reason, 'The timestamp is more than five minutes off.')
        : unproven(claim.reason, `There is no signature as ${verify.scheme} has it.`)
    const secrets = await secretsOf(source)
    // Whoever sends it learns nothing of what is set up here; the people of the company do, by the hook's figures.
    const wrong = 'The signature is not right.'
    if (secrets.length === 0) {
      const isTooShort = await secretsOf.isTooShort?.(source)
      return unproven(isTooShort ? 'secret too short (at least 8 characters)' : 'no secret set', wrong)
    }
    if (!proves(claim, secrets)) return unproven('wrong signature', wrong)
    if (mediaTypeOf(context) !== 'application/json')
      return refuse(source, 'not JSON', { type: 'unsupported-media-type', accepted: ['application/json'] })
    const body = readJson(bytes)
    if (body === undefined)
      return refuse(source, 'not JSON', { type: 'malformed', detail: 'The body is not JSON in UTF-8.' })
    const result = await receive(hook, body)
    switch (result.type) {
      case 'delivered':
        return Response.json(result.delivered, { status: 202 })
      case 'refused':
        return problemReply({ type: 'bad-input', errors: result.errors })
      default:
        return result satisfies never
    }
  }
}

interface HookApiPorts extends ReadDeliveryPorts {
  readonly hooks: ReadonlyMap<string, CompiledHook>
  readonly figures: Pick<HookFigures, 'since'>
  readonly deals: Pick<HookDeals, 'owner'>
  readonly secretsOf: HookSecrets
}

const shownDays = 7
const day = 86_400_000

const sumOf = (days: readonly HookDay[], name: string): number =>
  days.reduce((sum, { counts }) => sum + (counts[name] ?? 0), 0)

const reasonsOf = (days: readonly HookDay[], prefix: string): Readonly<Record<string, number>> => {
  const names = new Set(days.flatMap(({ counts }) => Object.keys(counts)))
  return Object.fromEntries(
    [...names]
      .filter((name) => name.startsWith(prefix))
      .sort()
      .map((name) => [name.slice(prefix.length), sumOf(days, name)]),
  )
}

/** What came of a source's deliveries of the last seven days (UTC): figures and reasons, nothing of what was in them. */
const viewHook = ({ hook }: CompiledHook, days: readonly HookDay[], hasSecret: boolean) => ({
  source: hook.id,
  scheme: hook.verify.scheme,
  hasSecret,
  lastReceivedAt:
    days
      .flatMap(({ lastReceivedAt }) => lastReceivedAt ?? [])
      .sort()
      .at(-1) ?? null,
  deliveries: sumOf(days, 'deliveries'),
  events: sumOf(days, 'events'),
  accepted: sumOf(days, 'accepted'),
  ignored: sumOf(days, 'ignored'),
  unmatched: sumOf(days, 'unmatched'),
  released: sumOf(days, 'released'),
  rejected: sumOf(days, 'rejected'),
  rejectedBecause: reasonsOf(days, 'rejected:'),
  warnings: sumOf(days, 'warnings'),
  warnedBecause: reasonsOf(days, 'warned:'),
  refusedBecause: reasonsOf(days, 'refused:'),
})

export type HookView = ReturnType<typeof viewHook>

const makeListHooks =
  ({ hooks, figures, secretsOf, clock }: HookApiPorts) =>
  async (): Promise<ApiResult> => {
    const from = new Date(Date.parse(clock()) - (shownDays - 1) * day).toISOString().slice(0, 10)
    const items = await Promise.all(
      [...hooks.values()].map(async (hook) => {
        const source = hook.hook.id
        const [days, secrets] = await Promise.all([figures.since(source, from), secretsOf(source)])
        return viewHook(hook, days, secrets.length > 0)
      }),
    )
    return { type: 'ok', body: { since: `${from}T00:00:00.000Z`, items } }
  }

const isJson = (value: unknown): value is Json => value !== undefined

/** Says what would become of a body, and records nothing. */
const makeTryHook = (ports: HookApiPorts) => {
  const { hooks, deals } = ports
  const readDelivery = makeReadDelivery(ports)
  return async ({ params, body }: ApiRequest): Promise<ApiResult> => {
    const hook = hooks.get(params.source ?? '')
    if (!hook) return { type: 'not-found', detail: 'The playbook has no hook of this name.' }
    const given = isRecord(body) ? body.body : undefined
    if (!isJson(given))
      return { type: 'bad-input', errors: [{ path: 'body', message: 'must be what would be delivered' }] }
    const read = readDelivery(hook, given)
    if (read.type === 'refused')
      return {
        type: 'bad-input',
        errors: read.errors.map(({ path, message }) => ({
          path: ['body', path].filter(Boolean).join('.'),
          message,
        })),
      }
    const events = await Promise.all(
      read.events.map(async ({ index, activities, errors, warnings }) => ({
        index,
        ignored: activities.length + errors.length === 0,
        activities: await Promise.all(
          activities.map(async ({ id, type, subject, occurredAt, properties }) => ({
            id,
            type,
            subject,
            ...('dealId' in subject && {
              isKnown: (await deals.owner(hook.hook.id, subject.dealId)) !== undefined,
            }),
            occurredAt,
            properties,
          })),
        ),
        errors,
        warnings,
      })),
    )
    return { type: 'ok', body: { events } }
  }
}

/** The part of the console API that shows how programs outside report, and tries their mappings. */
export const hookRoutes = [
  // Sales sees as well whether what it does in the CRM comes in.
  get('/api/hooks', { roles: everyone }, makeListHooks),
  post('/api/hooks/:source/test', { roles: marketers, action: undefined }, makeTryHook),
]

type HookAppPorts = Omit<HookRoutePorts & HookApiPorts, 'hooks' | 'playbook'> & {
  readonly playbook: Playbook
}

/** Whether a signed-in user asks; the other addresses are open. */
export const isForConsole = (path: string): boolean => path.startsWith('/api/')

/** `POST /hooks/{source}` for programs, `/api/hooks` for users of the console. @throws when an expression does not compile. */
export const hookApp = (ports: HookAppPorts): HttpApp => {
  const hooks = new Map(
    Object.entries(ports.playbook.hooks ?? {}).map(([source, hook]) => [source, compileHook(hook)] as const),
  )
  return apiApp(hookRoutes, { ...ports, hooks }).post('/hooks/:source', makeHookRoute({ ...ports, hooks }))
}
