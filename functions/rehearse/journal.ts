import * as z from 'zod/mini'
import { isDecisionType } from '../../domain/model/event-table.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import type { Entry, Event, Outcome, ScoreChange, Scores } from '../../domain/rehearsal/journal.ts'
import { makeExplainScore, makeShowLead } from '../api/show-lead.ts'
import { decisionIn } from '../queue/message.ts'
import { leadOf, type System } from './system.ts'

const isJson = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const activitySchema = z.object({
  id: z.string(),
  type: z.string(),
  properties: z.custom<JsonObject>(isJson),
})

/** Writes down what happens, repeats once. */
export const keepJournal = (system: System) => {
  const entries: Entry[] = []
  const decided = new Set<string>()
  const arrived = new Set<string>()
  const note = (event: Event): void => {
    entries.push({ at: system.clock(), ...event })
  }

  /** As somebody looks at it: pictures are where they look from, and nobody is told that it was opened. */
  const shown = (html: string): string =>
    html
      .replaceAll(new RegExp(`<img\\b[^>]*src="${system.publicUrl}/o/[^>]*>`, 'g'), '')
      .replaceAll(`${system.publicUrl}/`, '/')

  const noteMail = ({ messageId, email, recipient, language }: Readonly<Record<string, unknown>>): void => {
    const mail = system.mailer.outbox.find((sent) => sent.messageId === messageId)
    if (!mail) return
    const { to, subject, text, html } = mail
    const names = { email: String(email), recipient: String(recipient), language: String(language ?? '') }
    note({ type: 'mail', ...names, to, subject, text, html: shown(html) })
  }

  return {
    entries,
    note,
    /** A decision on the bus; of an email and of a handoff also what only the system itself knows. */
    noteDecision: async (body: unknown): Promise<void> => {
      const { id, type, leadId, data } = decisionIn(body, isDecisionType)
      if (decided.has(id)) return
      decided.add(id)
      note({ type: 'decision', decision: type, data })
      if (type === 'EmailSent') noteMail(data)
      const handoff =
        type === 'HandoffAssigned' ? await system.handoffs.load(leadId, String(data.handoffId)) : undefined
      if (!handoff) return
      const { handoffId, team, owner, dueAt } = handoff
      note({ type: 'handoff', handoffId, team, owner, dueAt })
    },
    noteActivity: (detail: unknown): void => {
      const { data: activity } = z.safeParse(activitySchema, detail)
      if (!activity || arrived.has(activity.id)) return
      arrived.add(activity.id)
      note({ type: 'activity', id: activity.id, activity: activity.type, properties: activity.properties })
    },
  }
}

export type Journal = ReturnType<typeof keepJournal>

export type WatchScore = () => Promise<(Scores & { readonly changes: readonly ScoreChange[] }) | undefined>

const awarded = (rows: readonly Row[]): ReadonlyMap<string, number> => {
  const sums = new Map<string, number>()
  for (const { rule, points } of rows) sums.set(rule, (sums.get(rule) ?? 0) + points)
  return sums
}

/** Says how the score stands and which points came or went since it was last asked; undefined where none did. */
export const makeWatchScore = (view: () => Promise<ConsoleView | undefined>): WatchScore => {
  let before = awarded([])
  return async () => {
    const seen = await view()
    if (!seen) return undefined
    const after = awarded(seen.rows)
    const changes = [...new Set([...after.keys(), ...before.keys()])]
      .map((rule) => ({ rule, points: (after.get(rule) ?? 0) - (before.get(rule) ?? 0) }))
      .filter(({ points }) => points !== 0)
    before = after
    return changes.length === 0 ? undefined : { ...seen.outcome.scores, changes }
  }
}

const leadSchema = z.object({
  stage: z.string(),
  consent: z.string(),
  score: z.number(),
  fit: z.number(),
  engagement: z.number(),
  grade: z.string(),
  attributes: z.record(z.string(), z.unknown()),
  sequences: z.array(z.object({ sequence: z.string(), status: z.string(), nextAt: z.nullable(z.string()) })),
  handoffs: z.array(
    z.object({
      state: z.string(),
      team: z.string(),
      owner: z.object({ name: z.string() }),
      dueAt: z.string(),
    }),
  ),
})

const explanationSchema = z.object({
  rules: z.array(
    z.object({
      rule: z.string(),
      points: z.number(),
      at: z.string(),
      activityId: z.string(),
      decayedTo: z.number(),
    }),
  ),
})

/** One row of the explanation: the points that a rule gave for an activity. */
type Row = z.infer<typeof explanationSchema>['rules'][number]

interface ConsoleView {
  readonly outcome: Outcome
  readonly rows: readonly Row[]
}

const pointsByRule = (rows: readonly Row[]): Outcome['points'] =>
  [...Map.groupBy(rows, ({ rule }) => rule)].map(([rule, given]) => ({
    rule,
    points: given.reduce((sum, { decayedTo }) => sum + decayedTo, 0),
  }))

/** The lead as the console shows it at this moment. @returns a function whose answer is undefined while there is no lead. */
export const makeConsoleView = (system: System) => {
  const showLead = makeShowLead(system)
  const explainScore = makeExplainScore(system)
  return async (): Promise<ConsoleView | undefined> => {
    const leadId = leadOf(system)
    if (leadId === undefined) return undefined
    const request = {
      caller: { name: 'rehearsal', roles: ['marketing'] },
      params: { leadId },
      query: { limit: 100 },
      body: undefined,
    } as const
    const [shown, explained] = [await showLead({ ...request, query: {} }), await explainScore(request)]
    if (shown.type !== 'ok' || explained.type !== 'ok') return undefined
    const { stage, consent, sequences, handoffs, attributes, ...scores } = z.parse(leadSchema, shown.body)
    const { rules: rows } = z.parse(explanationSchema, explained.body)
    const { timeZone } = attributes
    return {
      rows,
      outcome: {
        at: system.clock(),
        leadId,
        stage,
        consent,
        scores,
        points: pointsByRule(rows),
        sequences,
        handoffs,
        ...(typeof timeZone === 'string' && { timeZone }),
      },
    }
  }
}
