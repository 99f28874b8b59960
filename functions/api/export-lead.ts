import { consentHistory } from '../../domain/consent/consent-history.ts'
import { foldLead } from '../../domain/lead/fold.ts'
import { summariseLead } from '../../domain/lead/lead-summary.ts'
import { type Explanation, explain } from '../../domain/scoring/explain.ts'
import type { Browsers } from '../erasure-ports.ts'
import type { Sends } from '../send-ports.ts'
import type { Deliveries } from '../webhook-ports.ts'
import type { ApiResult } from './api-request.ts'
import { exportEmails, notKept } from './export-emails.ts'
import { type ExportLists, type ExportPlace, exportPart, readExportCursor } from './export-parts.ts'
import { type KnownLead, withLead } from './known-lead.ts'
import { inputErrors, notOurs, pageQuery } from './paging.ts'
import type { ShowLeadPorts } from './show-lead.ts'

export interface ExportLeadPorts extends ShowLeadPorts {
  readonly sends: Pick<Sends, 'list'>
  readonly browsers: Browsers
  readonly deliveries: Pick<Deliveries, 'list'>
}

/** Without what a later version of the record would be told apart by: of no use outside. */
const plain = <Stored extends { readonly version: number; readonly outbox: unknown }>({
  version: _version,
  outbox: _outbox,
  ...rest
}: Stored) => rest

/** All that there is of a lead as of the moment of the export: what was recorded since is left to the next one, so that each part counts rows alike. */
const gather = async (ports: ExportLeadPorts, lead: KnownLead, { exportedAt }: ExportPlace, now: string) => {
  const facts = lead.facts.filter(({ recordedAt }) => recordedAt === undefined || recordedAt <= exportedAt)
  const leadIds = [lead.leadId, ...lead.members]
  const ofAll = async <Part>(list: (leadId: typeof lead.leadId) => Promise<readonly Part[]>) =>
    (await Promise.all(leadIds.map(list))).flat()
  const [runs, sends, handoffs, browsers, webhooks] = await Promise.all([
    ofAll(ports.runs.list),
    ofAll(ports.sends.list),
    ofAll(ports.handoffs.list),
    ofAll(ports.browsers.list),
    ofAll(ports.deliveries.list),
  ])
  let explained: Explanation | undefined
  const explanation = (): Explanation => {
    explained ??= explain(facts, ports.rules, now, lead.email)
    return explained
  }
  const lists: ExportLists = {
    activities: () => facts,
    explained: () => explanation().rules,
    emails: () => exportEmails(sends, facts),
    consentHistory: () => consentHistory(facts),
    sequences: () => runs.map(plain),
    handoffs: () => handoffs.map(plain),
    browsers: () => browsers,
    webhooks: () => webhooks,
  }
  return { lists, explanation }
}

/** What the first part holds beside the lists. */
const headOf = (lead: KnownLead, { rules }: ExportLeadPorts) => {
  const { members, now } = lead
  const state = foldLead(lead.facts, rules, now)
  if (!state) throw new Error('a lead without facts')
  return {
    lead: { ...summariseLead({ ...lead, state }, rules, now), merged: members },
    attributes: state.attributes,
    ...(state.unconfirmed && { unconfirmed: state.unconfirmed }),
    ...(state.claims && { claims: state.claims }),
    ...(state.confirmed && { confirmed: state.confirmed }),
    consent: state.consent,
    suppression: state.suppression ?? null,
    state,
    notKept,
  }
}

/**
 * Everything held on a person (GDPR art. 15 and 20), those merged into them included: one JSON document. Of somebody of
 * whom more is held than one answer takes, the lists go on in further parts (`next`), each row once.
 */
export const makeExportLead = (ports: ExportLeadPorts) =>
  withLead(ports, async (lead, { query }): Promise<ApiResult> => {
    const page = pageQuery.safeParse(query)
    if (!page.success) return { type: 'bad-input', errors: inputErrors(page.error) }
    const { cursor } = page.data
    const begin: ExportPlace = { exportedAt: ports.clock(), list: 0, row: 0 }
    const from = cursor === undefined ? begin : readExportCursor(cursor)
    if (!from) return { type: 'bad-input', errors: [{ path: 'cursor', message: notOurs }] }
    const now = lead.isAsked ? lead.now : from.exportedAt
    const { lists: all, explanation } = await gather(ports, lead, from, now)
    const isFirst = cursor === undefined
    const { rules: _rules, ...standing } = isFirst ? explanation() : {}
    const head = isFirst ? { ...headOf(lead, ports), explanation: standing } : {}
    const { lists, next } = exportPart(all, from, head)
    const { explained: rules, ...told } = lists
    const body = {
      exportedAt: now,
      ...head,
      ...told,
      explanation: { ...standing, rules },
      ...(next !== undefined && { next }),
    }
    return { type: 'ok', body }
  })
