import * as z from 'zod/mini'
import { identityKey, identityRules, parseAddress } from '../../domain/activity/subject.ts'
import type { Condition } from '../../domain/condition/condition.ts'
import { environments } from '../../domain/condition/environment.ts'
import { equalTextsIn } from '../../domain/condition/mentions.ts'
import {
  directoryOrders,
  foundBy,
  isFoundBy,
  nameKey,
  searchedWords,
  surelyFoundBy,
  wordsOf,
} from '../../domain/lead/directory.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import { type LeadSummary, summariseLead } from '../../domain/lead/lead-summary.ts'
import { stageIds } from '../../domain/model/deal.ts'
import { didYouMeanOneOf } from '../../domain/model/did-you-mean.ts'
import type { FieldError } from '../../domain/model/json.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import type { Rules } from '../../domain/rules/rules.ts'
import { isMember } from '../../domain/sending/audience.ts'
import { readWhere } from '../audience/count-audience.ts'
import { segmentOf } from '../audience/segment-routes.ts'
import type { Counted, Lead } from '../ports.ts'
import { rootLead } from '../root-lead.ts'
import {
  type ApiRequest,
  type ApiResult,
  largestPage,
  nameOfList,
  oneOf,
  otherCursor,
  pageQuery,
  readListCursor,
  shortText,
  toListCursor,
} from './api-request.ts'
import { type LeadSource, type LeadSourcePorts, sourceOf } from './lead-sources.ts'

export interface ListLeadsPorts extends LeadSourcePorts {
  readonly rules: Rules
  /** Called for a lead computed under older rules: others may need rescoring too. @default nothing is called */
  readonly ensureRescored?: (live: Playbook, previous: string) => Promise<void>
}

const fewIds = `must be at most ${largestPage} ids, separated by commas`

export const leadsQuery = z.extend(pageQuery, {
  email: shortText(320),
  stage: oneOf(stageIds),
  q: shortText(100),
  sort: oneOf(['score', ...directoryOrders]),
  order: oneOf(['asc', 'desc']),
  anonymous: oneOf(['true', 'false']),
  owner: shortText(320),
  team: shortText(64),
  segment: shortText(64),
  where: shortText(4_000),
  ids: z.optional(
    z
      .pipe(
        z.string().check(z.maxLength(6_600, fewIds)),
        z.transform((text: string) => text.split(',')),
      )
      .check(z.maxLength(largestPage, fewIds)),
  ),
  sequence: shortText(64),
  step: z.optional(z.coerce.number('must be a whole number').check(z.int('must be a whole number'))),
})
type LeadsQuery = z.infer<typeof leadsQuery>

interface Meant extends Pick<Condition, 'test'> {
  /** Words that everybody is found by for whom it holds. */
  readonly words: readonly string[]
}

const wordsIn = ({ source }: Condition): readonly string[] =>
  equalTextsIn(environments.lead.parse(source).ast).flatMap(({ name, text }) =>
    foundBy.some((one) => one === name) ? surelyFoundBy(text) : [],
  )

/** Who is in the segment, and for whom `where` holds. */
const conditionIn = (
  { segment: id, where }: Pick<LeadsQuery, 'segment' | 'where'>,
  rules: Rules,
): Meant | { readonly errors: readonly FieldError[] } | undefined => {
  const segment = id === undefined ? undefined : segmentOf(rules.playbook, id)
  if (id !== undefined && !segment) {
    const known = Object.keys(rules.playbook.segments ?? {})
    return { errors: [{ path: 'segment', message: `unknown segment${didYouMeanOneOf(id, known)}` }] }
  }
  const read = [segment?.where, where].flatMap((source) =>
    source === undefined ? [] : [readWhere(source, rules)],
  )
  const errors = read.flatMap((one) => ('errors' in one ? one.errors : []))
  if (errors.length > 0) return { errors }
  const conditions = read.flatMap((one) => ('errors' in one ? [] : [one.condition]))
  return conditions.length === 0
    ? undefined
    : {
        test: (context) => conditions.every((condition) => condition.test(context)),
        words: conditions.flatMap(wordsIn),
      }
}

/** Reads candidates as the list shows them, and leaves out who is not meant. */
const makeJudge = (
  { rules, clock }: ListLeadsPorts,
  { stage, q, anonymous, ids }: LeadsQuery,
  condition: Pick<Condition, 'test'> | undefined,
) => {
  const now = clock()
  const searched = q === undefined ? undefined : searchedWords(q)
  const isFound = (lead: Pick<Lead, 'email'> & { readonly state: LeadState }): boolean =>
    searched === undefined || (searched.length > 0 && isFoundBy(wordsOf(lead), searched))
  return ({ state, ...lead }: Lead): readonly LeadSummary[] => {
    // Lists lag: one may still show a lead that was just merged, or as anonymous one that just gave an address.
    if (!state || lead.mergedInto !== undefined) return []
    const known = { ...lead, state }
    const isMeant =
      (ids !== undefined || (lead.email === undefined) === (anonymous === 'true')) &&
      (stage === undefined || state.stage.stage === stage) &&
      isFound(known) &&
      (condition === undefined || isMember(known, condition, rules, now))
    return isMeant ? [summariseLead(known, rules, now)] : []
  }
}

const isAscending = ({ sort, order }: LeadsQuery): boolean =>
  (order ?? (sort === 'name' ? 'asc' : 'desc')) === 'asc'

const keyOf = (lead: LeadSummary, sort: LeadsQuery['sort'] = 'score'): string | number =>
  sort === 'name' ? nameKey(lead.name ?? lead.email ?? '') : lead[sort]

const inOrder = (items: readonly LeadSummary[], query: LeadsQuery): readonly LeadSummary[] => {
  const up = isAscending(query) ? 1 : -1
  return items.toSorted((a, b) => {
    const [one, other] = [keyOf(a, query.sort), keyOf(b, query.sort)]
    return one === other ? 0 : one < other ? -up : up
  })
}

/** What is counted to the unit; of more the answer says that there are at least so many. */
const mostCounted = 10_000

/** How many there are: a number, or the least that is known of them. */
type Total = number | { readonly atLeast: number }

interface Listed {
  readonly items: readonly LeadSummary[]
  readonly next?: string | undefined
  readonly total?: Total
  /** Whether they come in the order that was asked for: too many to be read at once come as their source has them. */
  readonly sorted: boolean
}

/** Candidates that one request reads to put them in order. */
const mostGathered = 200
const gatheredAtOnce = 100

/** All of a source, in the order asked for; undefined where it has more than one request reads. */
const gather = async (
  { page, all }: LeadSource,
  judge: (lead: Lead) => readonly LeadSummary[],
): Promise<readonly LeadSummary[] | undefined> => {
  if (all) return (await all(mostGathered))?.flatMap(judge)
  const leads: Lead[] = []
  let cursor: string | undefined
  for (let read = 0; read < mostGathered; read += gatheredAtOnce) {
    const found = await page({ limit: gatheredAtOnce, ...(cursor !== undefined && { cursor }) })
    leads.push(...found.items)
    cursor = found.next
    if (cursor === undefined)
      return [...new Map(leads.map((lead) => [lead.leadId, lead])).values()].flatMap(judge)
  }
  return undefined
}

/** A condition that few fit must not read the whole table in one request: the cursor goes on. */
const mostPagesRead = 10
/** Of a condition. People wait for an answer, and see that the search goes on: a lead takes one to two milliseconds of a slow core. */
const mostJudged = 50

const offsetShape = /^\+(\d{1,6})$/

/** One page of what the source has, in its order. */
const readPage = async (
  ports: ListLeadsPorts,
  source: LeadSource,
  { limit, cursor, most }: Pick<LeadsQuery, 'limit' | 'cursor'> & { readonly most: number },
  judge: (lead: Lead) => readonly LeadSummary[],
) => {
  const items: LeadSummary[] = []
  let from = cursor
  for (let pages = 0, judged = 0; pages < mostPagesRead && judged < most; pages += 1) {
    const page = await source.page({
      limit: Math.min(limit - items.length, most - judged),
      ...(from !== undefined && { cursor: from }),
    })
    const { playbook } = ports.rules
    const stale = page.items.find(({ state }) => state && state.rules !== playbook.rulesVersion)
    if (stale?.state) await ports.ensureRescored?.(playbook, stale.state.rules)
    items.push(...page.items.flatMap(judge))
    judged += page.items.length
    from = page.next
    if (from === undefined || items.length >= limit) break
  }
  return { items, next: from }
}

const isNarrowed = ({ q, where, segment }: LeadsQuery, source: LeadSource): boolean =>
  where !== undefined || segment !== undefined || (q !== undefined && !source.isWhole)

const totalOf = (counted: Counted): Total => (counted.isAll ? counted.count : { atLeast: counted.count })

const list = async (ports: ListLeadsPorts, query: LeadsQuery, source: LeadSource): Promise<Listed> => {
  const condition = conditionIn(query, ports.rules)
  const judge = makeJudge(ports, query, condition && 'test' in condition ? condition : undefined)
  const { limit, cursor } = query
  const [, offset] = offsetShape.exec(cursor ?? '') ?? []
  if (!source.isSorted && (cursor === undefined || offset !== undefined)) {
    const all = await gather(source, judge)
    if (all) {
      const [from, total] = [Number(offset ?? 0), all.length]
      const next = from + limit < total ? `+${from + limit}` : undefined
      const items = inOrder(all, query).slice(from, from + limit)
      return { items, next, ...(cursor === undefined && { total }), sorted: true }
    }
  }
  const narrowed = isNarrowed(query, source)
  const counting = cursor === undefined && !narrowed ? source.count?.(mostCounted) : undefined
  const asked = {
    ...{ limit, cursor: offset === undefined ? cursor : undefined },
    most: narrowed ? mostJudged : largestPage,
  }
  const [page, counted] = await Promise.all([readPage(ports, source, asked, judge), counting])
  const least: Total = page.next === undefined ? page.items.length : { atLeast: page.items.length }
  return {
    // Scores fade: those of a page stand as they do now.
    items: source.isSorted ? inOrder(page.items, query) : page.items,
    next: page.next,
    ...(cursor === undefined && { total: counted ? totalOf(counted) : least }),
    sorted: source.isSorted,
  }
}

/** The one with an address, if it fits. */
const byAddress = async (ports: ListLeadsPorts, email: string): Promise<readonly Lead[]> => {
  const identity = identityRules(ports.rules.playbook.settings.identity)
  const address = parseAddress(email, identity)
  const found = address === undefined ? undefined : await ports.list.byAddress(identityKey(address, identity))
  const lead = found?.mergedInto === undefined ? found : await rootLead(ports.leads, found.mergedInto)
  return lead ? [lead] : []
}

/**
 * Leads with an address, or with `anonymous=true` those without, by score or as `sort` says; each filter leaves fewer.
 * `q` finds by the beginnings of words of name, company and address; `owner` and `team` those whom sales has.
 */
export const makeListLeads =
  (ports: ListLeadsPorts) =>
  async ({ query: given }: ApiRequest<LeadsQuery>): Promise<ApiResult> => {
    const name = nameOfList('leads', given)
    const begin = readListCursor(name, given.cursor)
    if (!begin) return otherCursor
    const query = { ...given, cursor: begin.at }
    const condition = conditionIn(query, ports.rules)
    if (condition && 'errors' in condition) return { type: 'bad-input', errors: condition.errors }
    if (query.email !== undefined) {
      const items = (await byAddress(ports, query.email)).flatMap(makeJudge(ports, query, condition))
      return { type: 'ok', body: { items, total: items.length, sorted: true } }
    }
    // A whole address is found at once, even of somebody who came a moment ago.
    const { owner, team, sequence, ids } = query
    const isWhole = [query.cursor, owner, team, sequence, ids].every((one) => one === undefined)
    const isAddress = isWhole && query.q?.includes('@')
    const known = isAddress ? await byAddress(ports, query.q ?? '') : []
    const meant = known.flatMap(makeJudge(ports, query, condition))
    if (meant.length > 0) return { type: 'ok', body: { items: meant, total: meant.length, sorted: true } }
    const searched = searchedWords(query.q ?? '')
    if (query.q !== undefined && searched.length === 0)
      return { type: 'ok', body: { items: [], total: 0, sorted: true } }
    const words = [...new Set([...searched, ...(condition?.words ?? [])])]
    const order = isAscending(query) ? 'ascending' : 'descending'
    const source = await sourceOf(ports, { ...query, words, order })
    if ('errors' in source) return { type: 'bad-input', errors: source.errors }
    const { next, ...listed } = await list(ports, query, source)
    return {
      type: 'ok',
      body: { ...listed, ...(next !== undefined && { next: toListCursor(name, next) }) },
    }
  }
