import { changesNothing, changesOf, type ScoringChanges, saySame } from './draft-scoring.ts'
import type { JudgedHandoff } from './judged-handoff.ts'
import { type Proposing, proposeScoring, type ScoringCalibration } from './scoring-proposal.ts'

/** One reading of the handoffs that sales has judged, piece by piece. */
export interface CalibrationRun {
  readonly runId: string
  readonly startedAt: string
  /** `rulesVersion` that leads are judged under. */
  readonly rules: string
  /** Handoffs a week to choose a threshold for. */
  readonly wanted?: number
  /** Number of the next piece, from 0. */
  readonly piece: number
  /** When the piece before was read; absent: none was yet. */
  readonly turnedAt?: string
  /** Part of the lists of handoffs that is read next, and where in it. */
  readonly part: number
  readonly cursor?: string
  readonly judged: number
  /** Handoffs whose leads have too long a log to be read for this. */
  readonly leftOut: number
  /** Everything is read. */
  readonly isRead?: true
}

interface Declined {
  readonly changes: ScoringChanges
  readonly at: string
  readonly reason: string
}

interface CalibrationResult {
  readonly calibration: ScoringCalibration
  /** `rulesVersion` of the rules that it is about. */
  readonly rules: string
  readonly leftOut: number
  /** Share of all leads that were looked at. */
  readonly sampled: number
  /** Handoffs a week that a person asked for. */
  readonly wanted?: number
}

/** What is known of the scoring's outcomes. Holds nothing about a single lead. */
export interface CalibrationState {
  readonly run?: CalibrationRun
  readonly result?: CalibrationResult
  /** Latest last. */
  readonly declined: readonly Declined[]
  /** 0: not stored yet. */
  readonly version: number
}

export const emptyCalibration: CalibrationState = { declined: [], version: 0 }

/** Handoffs requested in this time (days) are read, newest first. */
export const windowDays = 730
/** A part of the lists is not read beyond so many, and after one no further where half as many are known: they suffice. */
const mostJudged = 10_000

/** The reading after a page. @param next where the part goes on. @param parts of the lists. */
export const turnPage = (
  { cursor: _, ...run }: CalibrationRun,
  next: string | undefined,
  parts: number,
): CalibrationRun => {
  if (next !== undefined)
    return run.judged < mostJudged ? { ...run, cursor: next } : { ...run, part: run.part + 1, isRead: true }
  const part = run.part + 1
  return part < parts && run.judged < mostJudged / 2 ? { ...run, part } : { ...run, part, isRead: true }
}

/** A reading takes seconds to minutes: after this time (ms) it was given up, and the next one begins. */
const givenUpAfter = 6 * 3_600_000

const isGoingOn = ({ startedAt }: CalibrationRun, now: string): boolean =>
  Date.parse(now) - Date.parse(startedAt) < givenUpAfter

interface Beginning {
  /** RFC 3339 UTC */
  readonly now: string
  readonly rules: string
  readonly wanted?: number | undefined
}

/** What was asked for last: what the calendar begins keeps to it. */
export const lastWanted = ({ run, result }: CalibrationState): number | undefined =>
  run ? run.wanted : result?.wanted

/** Begins a reading, unless one under these rules and for as many handoffs is on its way. @returns the state itself then. */
export const beginRun = (state: CalibrationState, { now, rules, wanted }: Beginning): CalibrationState => {
  const { run } = state
  if (run && run.rules === rules && run.wanted === wanted && isGoingOn(run, now)) return state
  return {
    ...state,
    run: {
      ...{ runId: `${rules}@${now}`, startedAt: now, rules, piece: 0, part: 0, judged: 0, leftOut: 0 },
      ...(wanted !== undefined && { wanted }),
    },
  }
}

const decimals = 10_000

/** Four decimals: more would only look exact. */
const rounded = (calibration: ScoringCalibration): ScoringCalibration =>
  JSON.parse(
    JSON.stringify(calibration, (_, value: unknown) =>
      typeof value === 'number' ? Math.round(value * decimals) / decimals : value,
    ),
  )

/** Ends the reading with what its handoffs say. @param parts of the lists: those that were read stand for all. */
export const finishRun = (
  { run, ...state }: CalibrationState,
  judged: readonly JudgedHandoff[],
  { parts, ...proposing }: Proposing & { readonly parts: number },
): CalibrationState => {
  if (!run) return state
  const inOrder = judged.toSorted((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0))
  const { rules, leftOut, wanted } = run
  const sampled = run.part / parts
  const calibration = rounded(proposeScoring(inOrder, { ...proposing, wanted, sampled }))
  return {
    ...state,
    result: { calibration, rules, leftOut, sampled, ...(wanted !== undefined && { wanted }) },
  }
}

/** `none`: nothing to change. `outdated`: other rules are live than it is about. */
export type ProposalView =
  | { readonly state: 'none' }
  | { readonly state: 'open' | 'outdated'; readonly changes: ScoringChanges }
  | {
      readonly state: 'declined'
      readonly changes: ScoringChanges
      readonly declinedAt: string
      readonly reason: string
    }

/** Whether there is something to propose, and whether it was declined before. @param rules the live `rulesVersion` */
export const proposalIn = ({ result, declined }: CalibrationState, rules: string): ProposalView => {
  if (result?.calibration.status !== 'ok') return { state: 'none' }
  const changes = changesOf(result.calibration)
  if (changesNothing(changes)) return { state: 'none' }
  if (result.rules !== rules) return { state: 'outdated', changes }
  const before = declined.findLast((one) => saySame(one.changes, changes))
  return before
    ? { state: 'declined', changes, declinedAt: before.at, reason: before.reason }
    : { state: 'open', changes }
}

const mostDeclined = 50

/** Remembers that these changes are not wanted, and why. */
export const declineProposal = (
  state: CalibrationState,
  changes: ScoringChanges,
  { at, reason }: { readonly at: string; readonly reason: string },
): CalibrationState => ({
  ...state,
  declined: [...state.declined, { changes, at, reason }].slice(-mostDeclined),
})
