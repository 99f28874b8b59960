import * as z from 'zod/mini'
import { isStructural } from '../../domain/lead/filter-facts.ts'
import { extendLead, factsAt, foldLead } from '../../domain/lead/fold.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import { type Fact, type LeadId, parseLeadId } from '../../domain/model/activity.ts'
import { hashText } from '../../domain/model/hash-text.ts'
import type { FieldError } from '../../domain/model/json.ts'
import type { Rules } from '../../domain/rules/rules.ts'
import { parseInstant } from '../../domain/time/local-time.ts'
import type { AuditValue } from '../audit-ports.ts'
import type { HttpContext } from '../http/http-app.ts'
import { documentReply, wantsPage } from '../http/http-message.ts'
import { problemReply, type Refusal } from '../http/problem.ts'
import type { Clock, Lead, Leads } from '../ports.ts'
import { rootLead } from '../root-lead.ts'

export type Texts = Readonly<Record<string, string>>

/** One call of the console API, after sign-in and role check; `query` and `body` as the route's schemas read them. */
export interface ApiRequest<Query = Texts, Body = unknown> {
  readonly caller: Caller
  readonly params: Texts
  readonly query: Query
  readonly body: Body
}

/** The audit log's details beside who, when and what. The target defaults to the one in the path. */
interface Change {
  readonly target?: string
  readonly before?: AuditValue
  readonly after?: AuditValue
}

export type ApiResult =
  | {
      readonly type: 'ok'
      readonly body: unknown
      readonly change?: Change
      /** An untrusted document to show in a browser: it may run no script and send no request. */
      readonly document?: string
    }
  | {
      readonly type: 'file'
      readonly bytes: Uint8Array<ArrayBuffer>
      readonly mediaType: string
      readonly headers?: Readonly<Record<string, string>>
    }
  | { readonly type: 'accepted'; readonly body: unknown; readonly change?: Change }
  | Refusal

export const largestPage = 100
const defaultPage = 50
const pageSize = `must be a whole number from 1 to ${largestPage}`
/** Error for a cursor of another list. */
export const notOurs = 'is not a cursor of this list'
export const otherCursor = { type: 'bad-input', errors: [{ path: 'cursor', message: notOurs }] } as const

/** `?limit=` (1 to 100) and `?cursor=` of every list. Clients treat the cursor as opaque. */
export const pageQuery = z.object({
  limit: z._default(
    z.coerce
      .number(pageSize)
      .check(z.int(pageSize), z.minimum(1, pageSize), z.maximum(largestPage, pageSize)),
    defaultPage,
  ),
  cursor: z.optional(
    z.pipe(
      z.string().check(z.maxLength(2_000, notOurs), z.regex(/^[\w-]+$/, notOurs)),
      z.transform((text: string) => Buffer.from(text, 'base64url').toString('utf8')),
    ),
  ),
})

export const oneOf = <const Names extends readonly string[]>(names: Names) =>
  z.optional(z.enum(names, `must be one of: ${names.join(', ')}`))

export const shortText = (length: number) =>
  z.optional(z.string().check(z.maxLength(length, `must have at most ${length} characters`)))

export const toCursor = (key: string): string => Buffer.from(key, 'utf8').toString('base64url')

/** zod's issues as problems name them. */
export const inputErrors = (error: z.core.$ZodError): readonly FieldError[] =>
  error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))

/** What every list is asked for besides its own filters. */
export interface ListPage {
  readonly limit: number
  readonly cursor?: string | undefined
}

/** Names a list by all that it is asked for but its pages. */
export const nameOfList = (kind: string, { limit: _, cursor: __, ...asked }: ListPage): string =>
  JSON.stringify([kind, asked])

/** Position in a list, and in which: others have positions of other kinds, or in another order. DynamoDB rejects empty keys and keys above a kilobyte. */
const position = z.object({ at: z.string().check(z.minLength(1), z.maxLength(900)), of: z.number() })

export const toListCursor = (list: string, at: string): string =>
  toCursor(JSON.stringify({ at, of: hashText(list) }))

/** @returns undefined for a cursor of another list. */
export const readListCursor = (
  list: string,
  cursor: string | undefined,
): { readonly at?: string } | undefined => {
  if (cursor === undefined) return {}
  try {
    const { at, of } = position.parse(JSON.parse(cursor))
    return of === hashText(list) ? { at } : undefined
  } catch {
    return undefined
  }
}

const roles = ['marketing', 'sales', 'admin'] as const
export type Role = (typeof roles)[number]

export const everyone = roles
export const marketers = ['marketing', 'admin'] as const
export const salespeople = ['sales', 'admin'] as const
export const admins = ['admin'] as const

/** The caller, from the claims that the authorizer has verified. */
export interface Caller {
  readonly name: string
  readonly email?: string
  readonly roles: readonly Role[]
}

type Claims = Readonly<Record<string, unknown>>

/**
 * The caller, from the ID token. API Gateway passes groups on as text: `[marketing sales]`. Groups that are not our roles are
 * ignored. The address is preferred to the user name, which is an opaque id in the pool.
 * @returns undefined for an access token: the authorizer accepts it too, but it does not identify the person.
 */
export const callerOf = (claims: Claims): Caller | undefined => {
  if (claims.token_use === 'access') return undefined
  const groups = String(claims['cognito:groups'] ?? '').split(/[[\],\s]+/)
  const email = text(claims.email)
  return {
    name: text(claims.name) ?? email ?? text(claims['cognito:username']) ?? text(claims.sub) ?? 'unknown',
    ...(email && { email }),
    roles: roles.filter((role) => groups.includes(role)),
  }
}

const text = (claim: unknown): string | undefined =>
  typeof claim === 'string' && claim !== '' ? claim : undefined

export const replyToApi = (result: ApiResult, context: Pick<HttpContext, 'req'>): Response => {
  switch (result.type) {
    case 'ok':
      if (result.document === undefined) return Response.json(result.body)
      return wantsPage(context)
        ? documentReply(result.document)
        : Response.json(result.body, { headers: { vary: 'Accept' } })
    case 'file':
      return new Response(result.bytes, { headers: { 'content-type': result.mediaType, ...result.headers } })
    case 'accepted':
      return Response.json(result.body, { status: 202 })
    default:
      return problemReply(result)
  }
}

const notAMoment = 'must be a time with an offset (RFC 3339), such as 2026-01-31T09:30:00+01:00'

/** An unencoded `+` arrives as a space. */
const momentOf = (text: string): string | undefined => parseInstant(text.replace(/ (?=\d\d:\d\d$)/, '+'))

export const moment = z.pipe(
  z.string(notAMoment).check(z.refine((text) => momentOf(text) !== undefined, notAMoment)),
  z.transform((text: string) => momentOf(text) ?? text),
)

/** `?at=`: the moment to show a lead at. */
const leadQuery = z.object({ at: z.optional(moment) })
export const leadPageQuery = z.extend(pageQuery, leadQuery.shape)

/** `?language=`: of the playbook's words, BCP 47. */
const wordsIn = { language: shortText(35) }
export const leadWordsQuery = z.extend(leadQuery, wordsIn)
export const leadPageWordsQuery = z.extend(leadPageQuery, wordsIn)
type LeadQuery = z.infer<typeof leadQuery>

export interface KnownLeadPorts {
  readonly leads: Pick<Leads, 'load' | 'factsWithin' | 'factsOf'>
  readonly clock: Clock
  readonly rules: Rules
}

/** A lead as of one moment. */
interface LeadAt {
  readonly leadId: LeadId
  readonly email?: string
  /** Leads merged into it. */
  readonly members: readonly LeadId[]
  /** The moment, RFC 3339 UTC. */
  readonly now: string
  /** Whether that moment was asked for by `?at=`. */
  readonly isAsked: boolean
}

export interface KnownLead extends LeadAt {
  /** Facts of the lead and of leads merged into it, up to `now`. */
  readonly facts: readonly Fact[]
}

export interface JudgedLead extends LeadAt {
  readonly state: LeadState
  /** Only the requested types. */
  readonly facts: readonly Fact[]
}

/** Most facts that one request folds: 100,000 small ones take 200 MB and five seconds of a core (`npm run bench -- history`). */
export const mostFacts = 250_000

const tooMuch: ApiResult = {
  type: 'too-much',
  detail: `This lead has more than ${mostFacts} activities: its page and the newest part of its timeline are shown, everything else is too much for one answer.`,
}

const noSuchLead: ApiResult = { type: 'not-found', detail: 'There is no lead with this id.' }

interface Asked {
  readonly lead: Lead
  readonly at: string | undefined
}

export const askedFor = async (
  { leads }: KnownLeadPorts,
  { params, query: { at } }: ApiRequest<LeadQuery>,
): Promise<Asked | ApiResult> => {
  const leadId = parseLeadId(params.leadId)
  const lead = leadId && (await rootLead(leads, leadId))
  return lead ? { lead, at } : noSuchLead
}

/** The lead's address now, or at the moment asked about. */
const addressAt = ({ email }: Lead, facts: readonly Fact[], rules: Rules, at: string | undefined) => {
  const isKnown = at === undefined || foldLead(facts, rules, at)?.attributes.email !== undefined
  return email !== undefined && isKnown ? { email } : {}
}

export const readLog = async (
  { leads, clock, rules }: KnownLeadPorts,
  { lead, at }: Asked,
): Promise<KnownLead | ApiResult> => {
  const log = await leads.factsWithin(lead.leadId, mostFacts)
  if (!log) return tooMuch
  const facts = at === undefined ? log : factsAt(log, at)
  if (log.length === 0) return noSuchLead
  if (at !== undefined && !facts.some((fact) => fact.occurredAt <= at && !isStructural(fact)))
    return { type: 'not-found', detail: `Nothing was known of this lead at ${at}.` }
  const { leadId, members = [] } = lead
  const moment = { now: at ?? clock(), isAsked: at !== undefined }
  return { leadId, ...addressAt(lead, facts, rules, at), members, ...moment, facts }
}

/** The lead's stored state, if it can be used without reading the log; otherwise undefined. */
const readState = async (
  { leads, clock, rules }: KnownLeadPorts,
  { lead, at }: Asked,
  types: readonly [string, ...string[]],
): Promise<JudgedLead | undefined> => {
  if (at !== undefined || !lead.state) return undefined
  const now = clock()
  const { leadId, email, members = [] } = lead
  const state = extendLead(lead.state, [], rules, now)
  if (!state) return undefined
  const facts = await leads.factsOf(leadId, members, types)
  return { leadId, ...(email !== undefined && { email }), members, now, isAsked: false, facts, state }
}

export const isResult = (found: object): found is ApiResult => 'type' in found

/**
 * Calls `answer` with the lead in the path, or the one it was merged into, and its log; 404 where there is none. `?at=` shows
 * the lead at that moment by what is known today: activities voided or recognised as automated since then do not count. For a
 * future moment only decay is computed.
 */
export const withLead =
  <Query extends LeadQuery>(
    ports: KnownLeadPorts,
    answer: (lead: KnownLead, request: ApiRequest<Query>) => Promise<ApiResult>,
  ) =>
  async (request: ApiRequest<Query>): Promise<ApiResult> => {
    const asked = await askedFor(ports, request)
    const lead = isResult(asked) ? asked : await readLog(ports, asked)
    return isResult(lead) ? lead : answer(lead, request)
  }

/**
 * Like `withLead`, with the state under today's rules and only the facts of `types`. Does not read a long log in full where the
 * stored state can be used.
 */
export const withJudgedLead =
  <Query extends LeadQuery>(
    ports: KnownLeadPorts,
    types: readonly [string, ...string[]],
    answer: (lead: JudgedLead, request: ApiRequest<Query>) => Promise<ApiResult>,
  ) =>
  async (request: ApiRequest<Query>): Promise<ApiResult> => {
    const asked = await askedFor(ports, request)
    if (isResult(asked)) return asked
    const judged = await readState(ports, asked, types)
    if (judged) return answer(judged, request)
    const lead = await readLog(ports, asked)
    if (isResult(lead)) return lead
    const state = foldLead(lead.facts, ports.rules, lead.now)
    return state ? answer({ ...lead, state }, request) : noSuchLead
  }
