import type { CompiledHook } from '../../domain/hook/compile-hook.ts'
import type { Json } from '../../domain/json.ts'
import { isRecord } from '../../domain/playbook/raw.ts'
import type { ApiRequest, ApiResult, ApiRoute } from '../api/api-request.ts'
import type { HookDay, HookDeals, HookFigures, HookSecrets } from '../hook-ports.ts'
import { makeReadDelivery, type ReadDeliveryPorts } from './read-delivery.ts'

export interface HookApiPorts extends ReadDeliveryPorts {
  readonly hooks: ReadonlyMap<string, CompiledHook>
  readonly figures: Pick<HookFigures, 'since'>
  readonly deals: Pick<HookDeals, 'owner'>
  readonly secretsOf: HookSecrets
}

const people = ['marketing', 'admin'] as const
/** Sales sees as well whether what it does in the CRM comes in. */
const readers = ['marketing', 'sales', 'admin'] as const
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
export const makeHookApiRoutes = (ports: HookApiPorts): readonly ApiRoute[] => [
  { method: 'GET', path: '/api/hooks', roles: readers, answer: makeListHooks(ports) },
  {
    method: 'POST',
    path: '/api/hooks/:source/test',
    action: undefined,
    roles: people,
    answer: makeTryHook(ports),
  },
]
