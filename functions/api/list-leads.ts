import * as z from 'zod/mini'
import { identityKey, identityRules, parseAddress } from '../../domain/activity/subject.ts'
import type { Condition } from '../../domain/condition/condition.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import { type LeadSummary, summariseLead } from '../../domain/lead/lead-summary.ts'
import { stageIds } from '../../domain/model/deal.ts'
import { didYouMeanOneOf } from '../../domain/model/did-you-mean.ts'
import type { FieldError } from '../../domain/model/json.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import type { Rules } from '../../domain/rules/rules.ts'
import { isMember } from '../../domain/sending/audience.ts'
import type { Run } from '../../domain/sequence/run.ts'
import { readWhere } from '../audience/count-audience.ts'
import { segmentOf } from '../audience/segment-routes.ts'
import type { Clock, Lead, LeadList, Leads, Playbooks, RunList } from '../ports.ts'
import { rootLead } from '../root-lead.ts'
import { makeIsCurrent, sequenceOf, standsAt } from '../sequences/show-flow.ts'
import {
  type ApiRequest,
  type ApiResult,
  notOurs,
  oneOf,
  pageQuery,
  readLeadCursor,
  shortText,
  toLeadCursor,
} from './api-request.ts'

export interface ListLeadsPorts {
  readonly leads: Pick<Leads, 'load'>
  readonly list: LeadList
  readonly clock: Clock
  readonly rules: Rules
  readonly playbooks: Pick<Playbooks, 'version'>
  readonly runList: Pick<RunList, 'page'>
  /** Called for a lead computed under older rules: others may need rescoring too. @default nothing is called */
  readonly ensureRescored?: (live: Playbook, previous: string) => Promise<void>
}

export const leadsQuery = z.extend(pageQuery, {
  email: shortText(320),
  stage: oneOf(stageIds),
  q: shortText(100),
  sort: oneOf(['score']),
  anonymous: oneOf(['true', 'false']),
  segment: shortText(64),
  where: shortText(4_000),
  sequence: shortText(64),
  step: z.optional(z.coerce.number('must be a whole number').check(z.int('must be a whole number'))),
})

/** A search with few matches must not read the whole table in one request; the cursor continues. */
const mostPagesRead = 10

/** Who is in the segment, and for whom `where` holds. */
const conditionIn = (
  { segment: id, where }: Pick<z.infer<typeof leadsQuery>, 'segment' | 'where'>,
  rules: Rules,
): Pick<Condition, 'test'> | { readonly errors: readonly FieldError[] } | undefined => {
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
    : { test: (context) => conditions.every((condition) => condition.test(context)) }
}

/** Leads with an address, or with `anonymous=true` those without, highest score first; `segment` and `where` keep those
 * for whom a condition holds. `q` searches name, company and address. */
export const makeListLeads =
  (ports: ListLeadsPorts) =>
  async ({ query }: ApiRequest<z.infer<typeof leadsQuery>>): Promise<ApiResult> => {
    const { email, stage, q, limit, cursor, anonymous } = query
    const condition = conditionIn(query, ports.rules)
    if (condition && 'errors' in condition) return { type: 'bad-input', errors: condition.errors }
    const who = anonymous === 'true' ? 'browsers' : 'people'
    const now = ports.clock()
    const isMeant = (lead: Lead & { readonly state: LeadState }): boolean =>
      condition === undefined || isMember(lead, condition, ports.rules, now)
    // The index lags: it may still list a lead that was just merged.
    const summarise = ({ state, ...lead }: Lead): LeadSummary[] =>
      state && lead.mergedInto === undefined && isMeant({ ...lead, state })
        ? [summariseLead({ ...lead, state }, ports.rules, now)]
        : []
    const wanted = (lead: LeadSummary): boolean =>
      // The index lags: a lead that just gave an address may still be listed as anonymous.
      (lead.email === null) === (who === 'browsers') &&
      (!stage || lead.stage === stage) &&
      (!q || mentions(lead, q))

    if (email !== undefined) {
      const identity = identityRules(ports.rules.playbook.settings.identity)
      const address = parseAddress(email, identity)
      const found =
        address === undefined ? undefined : await ports.list.byAddress(identityKey(address, identity))
      const lead = found?.mergedInto === undefined ? found : await rootLead(ports.leads, found.mergedInto)
      return { type: 'ok', body: { items: lead ? summarise(lead).filter(wanted) : [] } }
    }

    const begin = readLeadCursor(cursor)
    if (begin && query.sequence !== undefined) {
      const found = await pageInSequence(ports, { ...query, sequence: query.sequence }, begin.leads)
      if (!found) return { type: 'bad-input', errors: [{ path: 'sequence', message: 'unknown sequence' }] }
      const { next } = found
      return {
        type: 'ok',
        body: {
          items: found.leads.flatMap(summarise).filter(wanted),
          ...(next !== undefined && { next: toLeadCursor(next) }),
        },
      }
    }
    if (!begin) return { type: 'bad-input', errors: [{ path: 'cursor', message: notOurs }] }
    const items: LeadSummary[] = []
    let from = begin.leads
    for (let pages = 0; pages < mostPagesRead; pages += 1) {
      const page = await ports.list.page({
        who,
        limit: limit - items.length,
        ...(stage && { stage }),
        ...(from !== undefined && { cursor: from }),
      })
      const stale = page.items.find(({ state }) => state && state.rules !== ports.rules.playbook.rulesVersion)
      if (stale?.state) await ports.ensureRescored?.(ports.rules.playbook, stale.state.rules)
      items.push(...page.items.flatMap(summarise).filter(wanted))
      from = page.next
      if (from === undefined || items.length >= limit) break
    }
    items.sort((a, b) => b.score - a.score)
    return {
      type: 'ok',
      body: { items, ...(from !== undefined && { next: toLeadCursor(from) }) },
    }
  }

const open = ['waiting', 'held'] as const

interface InSequence {
  readonly sequence: string
  /** Index in its program. */
  readonly step?: number | undefined
  readonly limit: number
}

/**
 * Leads that are in a sequence now, the first to enter it first: those who wait before those who are held.
 * @returns undefined for a sequence that the live playbook does not have.
 */
const pageInSequence = async (
  { runList, playbooks, leads, rules }: ListLeadsPorts,
  { sequence: id, step, limit }: InSequence,
  from: string | undefined,
): Promise<{ readonly leads: readonly Lead[]; readonly next?: string } | undefined> => {
  const sequence = sequenceOf(rules.playbook, id)
  if (!sequence) return undefined
  const isCurrent = makeIsCurrent(playbooks, sequence)
  const isMeant = async (run: Run): Promise<boolean> =>
    step === undefined || ((await isCurrent(run)) && standsAt(run, sequence, step))
  const found: Lead[] = []
  let status = open.find((one) => from?.startsWith(`${one}:`)) ?? open[0]
  let cursor = from?.slice(status.length + 1) || undefined
  for (let pages = 0; pages < mostPagesRead; pages += 1) {
    const page = await runList.page({
      ...{ sequence: id, status, limit: limit - found.length },
      ...(cursor !== undefined && { cursor }),
    })
    for (const run of page.items) {
      const lead = (await isMeant(run)) ? await rootLead(leads, run.leadId) : undefined
      if (lead) found.push(lead)
    }
    cursor = page.next
    if (cursor === undefined) {
      if (status === 'held') return { leads: found }
      status = 'held'
    }
    if (found.length >= limit) break
  }
  return { leads: found, next: `${status}:${cursor ?? ''}` }
}

const mentions = (lead: LeadSummary, text: string): boolean =>
  [lead.name, lead.company, lead.email].some((field) => field?.toLowerCase().includes(text.toLowerCase()))
