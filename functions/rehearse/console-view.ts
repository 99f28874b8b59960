import * as z from 'zod/mini'
import type { Outcome } from '../../domain/rehearsal/entry.ts'
import { makeExplainScore, makeShowLead } from '../api/show-lead.ts'
import { leadOf, type System } from './make-system.ts'

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
export type Row = z.infer<typeof explanationSchema>['rules'][number]

export interface ConsoleView {
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
      query: {},
      body: undefined,
    } as const
    const [shown, explained] = [await showLead(request), await explainScore(request)]
    if (shown.type !== 'ok' || explained.type !== 'ok') return undefined
    const { stage, consent, sequences, handoffs, attributes, ...standing } = z.parse(leadSchema, shown.body)
    const { rules: rows } = z.parse(explanationSchema, explained.body)
    const { timeZone } = attributes
    return {
      rows,
      outcome: {
        at: system.clock(),
        leadId,
        stage,
        consent,
        standing,
        points: pointsByRule(rows),
        sequences,
        handoffs,
        ...(typeof timeZone === 'string' && { timeZone }),
      },
    }
  }
}
