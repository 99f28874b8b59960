import * as z from 'zod/mini'
import { type AuditAction, type AuditLog, type AuditPlace, auditActions } from '../audit-ports.ts'
import type { Clock } from '../ports.ts'
import {
  type ApiRequest,
  type ApiResult,
  type Caller,
  notOurs,
  pageQuery,
  type Role,
  shortText,
  toCursor,
} from './api-request.ts'

interface NotedRoute {
  readonly path: string
  readonly roles: readonly Role[]
  readonly action?: AuditAction | undefined
}

const actorOf = ({ email, name }: Caller): string => email ?? name

/** The path up to its last resource: `/api/handoffs/h1/accept` is about `handoffs/h1`. */
const targetOf = (route: Pick<NotedRoute, 'path'>, params: Readonly<Record<string, string>>): string => {
  const parts = route.path.split('/').slice(2)
  const last = parts.findLastIndex((part) => part.startsWith(':'))
  // A last part without a parameter is the action.
  const named = parts.slice(0, last < 0 ? Math.max(1, parts.length - 1) : last + 1)
  return named.map((part) => (part.startsWith(':') ? (params[part.slice(1)] ?? '') : part)).join('/')
}

export interface AuditPorts {
  readonly audit: Pick<AuditLog, 'add'>
  readonly clock: Clock
  readonly newId: () => string
}

/** What was done before is noted once more: whoever did it may have died before noting it. */
const changedSomething = (result: ApiResult): boolean =>
  result.type === 'ok' ||
  result.type === 'accepted' ||
  (result.type === 'conflict' && result.isRepeat === true)

/**
 * Writes the audit entry after the change: a refused request changes nothing, and if writing the entry fails, the error makes
 * the client repeat the request.
 */
export const makeNote =
  ({ audit, clock, newId }: AuditPorts) =>
  async (route: NotedRoute, { caller, params }: ApiRequest, result: ApiResult): Promise<void> => {
    if (route.action === undefined || !changedSomething(result)) return
    const { target, before, after } = ('change' in result && result.change) || {}
    const role = route.roles.find((one) => caller.roles.includes(one))
    if (role === undefined) throw new Error('a route answered a caller without any of its roles')
    await audit.add({
      id: newId(),
      at: clock(),
      actor: actorOf(caller),
      role,
      action: route.action,
      target: target ?? targetOf(route, params),
      ...(before && { before }),
      ...(after && { after }),
    })
  }

export const auditQuery = z.object({
  ...pageQuery.shape,
  actor: shortText(320),
  action: z.optional(z.enum(auditActions, `must be one of: ${auditActions.join(', ')}`)),
  target: shortText(500),
  from: z.optional(z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}([T ].*)?$/, 'must be a date or a time'))),
})

const place = z.tuple([z.string(), z.string()])

const placeOf = (cursor: string): AuditPlace | undefined => {
  try {
    const [at, id] = place.parse(JSON.parse(cursor))
    return Number.isNaN(Date.parse(at)) ? undefined : { at, id }
  } catch {
    return undefined
  }
}

const wrong = (path: string, message: string): ApiResult => ({
  type: 'bad-input',
  errors: [{ path, message }],
})

/** Entries are never deleted; queries are limited to this period. */
const longest = 10 * 366 * 86_400_000
/** Period queried by default. */
const usual = 366 * 86_400_000

/** `GET /api/audit?actor=&action=&target=&from=`. `target` is a prefix: `leads` matches every action on a lead. */
export const makeListAudit =
  ({ audit, clock }: { readonly audit: Pick<AuditLog, 'page'>; readonly clock: Clock }) =>
  async ({ query }: ApiRequest<z.infer<typeof auditQuery>>): Promise<ApiResult> => {
    const { limit, cursor, actor, action, target, from } = query
    const now = clock()
    const earliest = from === undefined ? Date.parse(now) - usual : Date.parse(from)
    if (Number.isNaN(earliest)) return wrong('from', 'must be a date or a time')
    const before = cursor === undefined ? undefined : placeOf(cursor)
    if (cursor !== undefined && before === undefined) return wrong('cursor', notOurs)
    const page = await audit.page({
      from: new Date(Math.max(earliest, Date.parse(now) - longest)).toISOString(),
      before,
      now,
      limit,
      matches: (entry) =>
        (actor === undefined || entry.actor === actor) &&
        (action === undefined || entry.action === action) &&
        (target === undefined || entry.target === target || entry.target.startsWith(`${target}/`)),
    })
    const { items, next } = page
    return {
      type: 'ok',
      body: { items, ...(next && { next: toCursor(JSON.stringify([next.at, next.id])) }) },
    }
  }
