import type * as z from 'zod/mini'
import { consentHistory, evidenceTypes } from '../../domain/consent/preferences.ts'
import { type Handoff, handoffAt } from '../../domain/handoff/handoff.ts'
import { leadAnswers } from '../../domain/handoff/handoff-brief.ts'
import { type Explanation, explain } from '../../domain/lead/explain.ts'
import { isStructural } from '../../domain/lead/filter-facts.ts'
import { factsAt } from '../../domain/lead/fold.ts'
import { timeInStages } from '../../domain/lead/funnel.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import { summariseLead, viewQualification } from '../../domain/lead/lead-summary.ts'
import type { TimelineEntry } from '../../domain/lead/timeline.ts'
import type { Fact, LeadId } from '../../domain/model/activity.ts'
import { localize } from '../../domain/model/form.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import type { Sequence } from '../../domain/model/sequence.ts'
import type { Rules } from '../../domain/rules/rules.ts'
import { gradeScale } from '../../domain/scoring/awards.ts'
import type { Run } from '../../domain/sequence/run.ts'
import type { Handoffs, Playbooks, Runs } from '../ports.ts'
import type { Send, Sends } from '../send-ports.ts'
import {
  type ApiRequest,
  type ApiResult,
  type JudgedLead,
  type KnownLead,
  type KnownLeadPorts,
  type leadPageWordsQuery,
  type leadWordsQuery,
  otherCursor,
  toCursor,
  withJudgedLead,
  withLead,
} from './api-request.ts'
import { orphaned, viewDeals, viewHandoff, viewRun, viewRunAt, viewSends } from './views.ts'

export interface ShowLeadPorts extends KnownLeadPorts {
  readonly runs: Runs
  readonly handoffs: Handoffs
  readonly sends: Pick<Sends, 'list'>
  readonly playbooks: Pick<Playbooks, 'version'>
}

/** Rows of a list on a lead's page; the rest are only counted. */
const shownAtOnce = 500

const valuesIn = (attributes: LeadState['attributes']): JsonObject =>
  Object.fromEntries(Object.entries(attributes).map(([name, { value }]) => [name, value]))

const newest = <Row>(rows: readonly Row[]): { readonly shown: readonly Row[]; readonly others: number } => ({
  shown: rows.slice(0, shownAtOnce),
  others: Math.max(0, rows.length - shownAtOnce),
})

/** Read for a lead's page beside its state. */
const shownTypes = [...evidenceTypes, 'activity.voided'] as const

/** Forms as the lead filled them in, with the words of the playbook. */
const answersIn = (facts: readonly Fact[], { playbook }: Rules, language: string) => {
  const voided = new Set(
    facts.flatMap(({ type, properties }) => (type === 'activity.voided' ? [properties.activityId] : [])),
  )
  const counting = facts.filter(({ id }) => !voided.has(id))
  return leadAnswers(counting, playbook.forms, { language, timeZone: playbook.settings.timeZone })
}

/** Values that a form offers for choice go by the words that it has for them. */
const choicesIn = (
  attributes: LeadState['attributes'],
  { playbook }: Rules,
  language: string,
): Readonly<Record<string, string>> => {
  const fields = Object.values(playbook.forms).flatMap((form) => form.fields)
  return Object.fromEntries(
    fields.flatMap(({ name, options = [] }) => {
      const value = Object.hasOwn(attributes, name) ? attributes[name]?.value : undefined
      const chosen = options.find((option) => option.value === value)
      return chosen ? [[name, localize(chosen.label, language)]] : []
    }),
  )
}

/** What the page shows besides what is folded. */
interface Besides {
  readonly runs: readonly { readonly run: Run; readonly program: Sequence | undefined }[]
  readonly handoffs: readonly Handoff[]
  readonly sends: readonly Send[]
  readonly clock: string
  readonly language: string
}

const viewLead = (lead: JudgedLead, rules: Rules, besides: Besides) => {
  const { state, now, isAsked, members } = lead
  const { runs, handoffs, sends, clock, language } = besides
  const emails = newest(viewSends(sends, clock, isAsked ? now : undefined))
  const history = consentHistory(lead.facts)
  const consents = history.slice(-shownAtOnce)
  const more = { emails: emails.others, consentHistory: history.length - consents.length }
  return {
    ...summariseLead(lead, rules, now),
    qualification: viewQualification(lead, rules, now),
    cycle: state.cycle,
    stages: timeInStages(state, now),
    merged: members,
    attributes: valuesIn(state.attributes),
    confirmedAt: state.confirmed?.at ?? null,
    /** Values of attributes in words, where a form has them. */
    choices: choicesIn(state.attributes, rules, language),
    unconfirmed: valuesIn(state.unconfirmed ?? {}),
    consentHistory: consents,
    answers: answersIn(lead.facts, rules, language),
    sequences: runs.flatMap(({ run, program }) =>
      isAsked ? (viewRunAt(run, program, now) ?? []) : viewRun(run, program),
    ),
    emails: emails.shown,
    handoffs: handoffs
      .flatMap((handoff) => (isAsked ? (handoffAt(handoff, now) ?? []) : handoff))
      .map((handoff) => ({ ...viewHandoff(handoff, now), ...orphaned(handoff, rules.playbook.handoff) })),
    deals: viewDeals(state.deals, handoffs, now),
    ...(Object.values(more).some((count) => count > 0) && { more }),
  }
}

export type LeadDetail = ReturnType<typeof viewLead>

/** The view of a lead shared by marketing and sales. Long lists are cut; `more` counts the rest. */
export const makeShowLead = (ports: ShowLeadPorts) =>
  withJudgedLead(
    ports,
    shownTypes,
    async (lead, { query }: ApiRequest<z.infer<typeof leadWordsQuery>>): Promise<ApiResult> => {
      const leadIds = [lead.leadId, ...lead.members]
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
      const body = viewLead(lead, ports.rules, {
        runs: begun,
        handoffs: handoffs.flat(),
        sends: sends.flat(),
        clock: ports.clock(),
        language: query.language ?? ports.rules.playbook.settings.languages[0],
      })
      return { type: 'ok', body }
    },
  )

/** What rules are called in the playbook, by their ids. */
const labelsOf = (explanation: Explanation, { playbook }: Rules, language: string) => {
  const { fit, engagement } = playbook.scoring
  const given = new Set(explanation.rules.map(({ rule }) => rule))
  return Object.fromEntries(
    [...fit, ...engagement].flatMap(({ id, label }) =>
      label && given.has(id) ? [[id, localize(label, language)]] : [],
    ),
  )
}

/** Rows per response at about 400 bytes each; Lambda's limit is 6 MB. */
const explainedAtOnce = 5_000

/** Explains score and stage point by point; long explanations come in parts. */
export const makeExplainScore = (ports: ShowLeadPorts) =>
  withLead(
    ports,
    async (
      { facts, now, email }: KnownLead,
      { query }: ApiRequest<z.infer<typeof leadPageWordsQuery>>,
    ): Promise<ApiResult> => {
      const from = readRow(query.cursor)
      const explanation = explain(facts, ports.rules, now, email)
      if (from === undefined || from > explanation.rules.length) return otherCursor
      const upTo = from + explainedAtOnce
      const next = upTo < explanation.rules.length && { next: toCursor(`row ${upTo}`) }
      const language = query.language ?? ports.rules.playbook.settings.languages[0]
      const labels = labelsOf(explanation, ports.rules, language)
      const rules = explanation.rules.slice(from, upTo)
      const scale = { ...gradeScale(ports.rules), bands: ports.rules.playbook.scoring.bands }
      return { type: 'ok', body: { ...explanation, rules, labels, scale, ...next } }
    },
  )

/** Moments between the first activity and now. */
const shownMoments = 40
/** Facts of a lead whose past scores one request computes: each moment folds those before it. */
const mostDrawn = 4_000

const scoreAtMoment = ({ facts, email }: KnownLead, rules: Rules, at: string) => {
  const { score, rules: rows } = explain(factsAt(facts, at), rules, at, email)
  const byRule: Record<string, number> = {}
  for (const { rule, decayedTo } of rows) byRule[rule] = (byRule[rule] ?? 0) + decayedTo
  return { at, score, rules: byRule }
}

/**
 * The score as it was, from the first activity to now, by rule. Who was active in few moments has one for each of them. `points`
 * is empty for a log that is too long to be folded so often.
 */
export const makeShowScore = (ports: ShowLeadPorts) =>
  withLead(
    ports,
    async (lead: KnownLead, { query }: ApiRequest<z.infer<typeof leadWordsQuery>>): Promise<ApiResult> => {
      const { facts, now } = lead
      const language = query.language ?? ports.rules.playbook.settings.languages[0]
      const past = facts.filter(({ occurredAt }) => occurredAt <= now)
      const first = past.find((fact) => !isStructural(fact))
      const [from, to] = [Date.parse(first?.occurredAt ?? now), Date.parse(now)]
      const even = Array.from({ length: shownMoments }, (_, index) =>
        new Date(from + ((to - from) * (index + 1)) / shownMoments).toISOString(),
      )
      const told = past.length <= shownMoments ? past.map(({ occurredAt }) => occurredAt) : []
      const moments = [...new Set([...told, ...even])].filter((at) => Date.parse(at) >= from).toSorted()
      const points = past.length > mostDrawn ? [] : moments.map((at) => scoreAtMoment(lead, ports.rules, at))
      const labels = labelsOf(explain(facts, ports.rules, now, lead.email), ports.rules, language)
      return { type: 'ok', body: { points, labels } }
    },
  )

const readRow = (cursor: string | undefined): number | undefined => {
  if (cursor === undefined) return 0
  const [, row] = /^row (\d{1,9})$/.exec(cursor) ?? []
  return row === undefined ? undefined : Number(row)
}

const entryOf = (
  { sendId, leadId, email, status, reason, request, at, claimedAt }: Send,
  person: LeadId,
): TimelineEntry => {
  const settledAt = at ?? claimedAt
  return {
    id: sendId,
    type: `email.${status}`,
    occurredAt: settledAt,
    recordedAt: settledAt,
    ...(leadId !== person && { member: leadId }),
    properties: {
      email,
      recipient: request.recipient,
      reason: reason ?? null,
      ...(request.run && { sequence: request.run.sequence }),
    },
    followed: [],
  }
}

/**
 * Adds unsent emails, with the reason, to the timeline. Sent and failed emails are in the log already.
 * @param entries newest first. @param now RFC 3339 UTC; later results are left out.
 */
export const withUnsent = (
  entries: readonly TimelineEntry[],
  sends: readonly Send[],
  person: LeadId,
  now: string,
): readonly TimelineEntry[] => {
  const unsent = sends
    .filter(({ status }) => status === 'suppressed' || status === 'exited')
    .map((send) => entryOf(send, person))
    .filter(({ occurredAt }) => occurredAt <= now)
  // The sort is stable: at equal times, the consequences of an activity stay above it.
  return [...unsent, ...entries].toSorted((a, b) =>
    a.occurredAt < b.occurredAt ? 1 : a.occurredAt > b.occurredAt ? -1 : 0,
  )
}
