import * as z from 'zod/mini'
import { identityKey, identityRules, parseAddress } from '../../domain/activity/subject.ts'
import { type LeadSummary, summariseLead } from '../../domain/lead/lead-summary.ts'
import { stageIds } from '../../domain/model/deal.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import type { Rules } from '../../domain/rules/rules.ts'
import type { Clock, Lead, LeadList, Leads } from '../ports.ts'
import { rootLead } from '../root-lead.ts'
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
  /** Called for a lead computed under older rules: others may need rescoring too. @default nothing is called */
  readonly ensureRescored?: (live: Playbook, previous: string) => Promise<void>
}

export const leadsQuery = z.extend(pageQuery, {
  email: shortText(320),
  stage: oneOf(stageIds),
  q: shortText(100),
  sort: oneOf(['score']),
  anonymous: oneOf(['true', 'false']),
})

/** A search with few matches must not read the whole table in one request; the cursor continues. */
const mostPagesRead = 10

/** Leads with an address, or with `anonymous=true` those without, highest score first. `q` searches name, company and address. */
export const makeListLeads =
  (ports: ListLeadsPorts) =>
  async ({ query }: ApiRequest<z.infer<typeof leadsQuery>>): Promise<ApiResult> => {
    const { email, stage, q, limit, cursor, anonymous } = query
    const who = anonymous === 'true' ? 'browsers' : 'people'
    const now = ports.clock()
    // The index lags: it may still list a lead that was just merged.
    const summarise = ({ state, ...lead }: Lead): LeadSummary[] =>
      state && lead.mergedInto === undefined ? [summariseLead({ ...lead, state }, ports.rules, now)] : []
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

const mentions = (lead: LeadSummary, text: string): boolean =>
  [lead.name, lead.company, lead.email].some((field) => field?.toLowerCase().includes(text.toLowerCase()))
