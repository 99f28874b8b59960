import { consentHistory, evidenceTypes } from '../../domain/consent/consent-history.ts'
import { handoffAt } from '../../domain/handoff/handoff-at.ts'
import { viewQualification } from '../../domain/handoff/qualification.ts'
import { summariseLead } from '../../domain/lead/lead-summary.ts'
import { timeInStages } from '../../domain/lead/time-in-stage.ts'
import { explain } from '../../domain/scoring/explain.ts'
import type { Handoffs, Playbooks, Runs } from '../ports.ts'
import type { Sends } from '../send-ports.ts'
import type { ApiResult } from './api-request.ts'
import { type KnownLead, type KnownLeadPorts, withJudgedLead, withLead } from './known-lead.ts'
import { inputErrors, notOurs, pageQuery, toCursor } from './paging.ts'
import { viewDeals } from './view-deals.ts'
import { orphaned, viewHandoff } from './view-handoff.ts'
import { viewRun, viewRunAt } from './view-run.ts'
import { viewSends } from './view-send.ts'

export interface ShowLeadPorts extends KnownLeadPorts {
  readonly runs: Runs
  readonly handoffs: Handoffs
  readonly sends: Pick<Sends, 'list'>
  readonly playbooks: Pick<Playbooks, 'version'>
}

/** Rows of a list on a lead's page: the newest, and how many others there are. */
const shownAtOnce = 500

const newest = <Row>(rows: readonly Row[]): { readonly shown: readonly Row[]; readonly others: number } => ({
  shown: rows.slice(0, shownAtOnce),
  others: Math.max(0, rows.length - shownAtOnce),
})

/** The one view of a lead that both teams share. A list that is too long for a page is cut, and `more` says by how many. */
export const makeShowLead = (ports: ShowLeadPorts) =>
  withJudgedLead(ports, evidenceTypes, async (lead) => {
    const { state, now, isAsked, members } = lead
    const leadIds = [lead.leadId, ...members]
    const [runs, handoffs, sends] = await Promise.all([
      Promise.all(leadIds.map(ports.runs.list)),
      Promise.all(leadIds.map(ports.handoffs.list)),
      Promise.all(leadIds.map((leadId) => ports.sends.list(leadId))),
    ])
    const begun = await Promise.all(
      runs.flat().map(async (run) => {
        const { sequences } = await ports.playbooks.version(run.playbookVersion)
        return { run, program: sequences[run.sequence] }
      }),
    )
    const emails = newest(viewSends(sends.flat(), ports.clock(), isAsked ? now : undefined))
    const history = consentHistory(lead.facts)
    const consents = history.slice(-shownAtOnce)
    const more = { emails: emails.others, consentHistory: history.length - consents.length }
    return {
      type: 'ok',
      body: {
        ...summariseLead(lead, ports.rules, now),
        qualification: viewQualification(lead, ports.rules, now),
        cycle: state.cycle,
        stages: timeInStages(state, now),
        merged: members,
        attributes: Object.fromEntries(
          Object.entries(state.attributes).map(([name, { value }]) => [name, value]),
        ),
        confirmedAt: state.confirmed?.at ?? null,
        unconfirmed: Object.fromEntries(
          Object.entries(state.unconfirmed ?? {}).map(([name, { value }]) => [name, value]),
        ),
        consentHistory: consents,
        sequences: begun.flatMap(({ run, program }) =>
          isAsked ? (viewRunAt(run, program, now) ?? []) : viewRun(run, program),
        ),
        emails: emails.shown,
        handoffs: handoffs
          .flat()
          .flatMap((handoff) => (isAsked ? (handoffAt(handoff, now) ?? []) : handoff))
          .map((handoff) => ({
            ...viewHandoff(handoff, now),
            ...orphaned(handoff, ports.rules.playbook.handoff),
          })),
        deals: viewDeals(state.deals, handoffs.flat(), now),
        ...(Object.values(more).some((count) => count > 0) && { more }),
      },
    }
  })

/** Rows of one answer: about 400 bytes each, where a function may answer with 6 MB. */
const explainedAtOnce = 5_000

/** Why this score and this stage, to the point. Who has done very much is explained in parts. */
export const makeExplainScore = (ports: ShowLeadPorts) =>
  withLead(ports, async ({ facts, now, email }: KnownLead, { query }): Promise<ApiResult> => {
    const page = pageQuery.safeParse(query)
    if (!page.success) return { type: 'bad-input', errors: inputErrors(page.error) }
    const from = readRow(page.data.cursor)
    const explanation = explain(facts, ports.rules, now, email)
    if (from === undefined || from > explanation.rules.length)
      return { type: 'bad-input', errors: [{ path: 'cursor', message: notOurs }] }
    const upTo = from + explainedAtOnce
    const next = upTo < explanation.rules.length && { next: toCursor(`row ${upTo}`) }
    return { type: 'ok', body: { ...explanation, rules: explanation.rules.slice(from, upTo), ...next } }
  })

const readRow = (cursor: string | undefined): number | undefined => {
  if (cursor === undefined) return 0
  const [, row] = /^row (\d{1,9})$/.exec(cursor) ?? []
  return row === undefined ? undefined : Number(row)
}
