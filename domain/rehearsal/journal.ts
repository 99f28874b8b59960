import { Temporal } from 'temporal-polyfill'
import { rounded, valueText } from '../model/event-words.ts'
import type { JsonObject } from '../model/json.ts'
import type { Deed } from './rehearsal.ts'

/** An event of a rehearsal. */
export type Event =
  /** An action from outside was accepted. */
  | { readonly type: 'deed'; readonly deed: Deed }
  /** An action that was impossible or refused. */
  | { readonly type: 'refused'; readonly deed: Deed; readonly reason: string }
  /** A fact for the lead's log. */
  | {
      readonly type: 'activity'
      readonly id: string
      readonly activity: string
      readonly properties: JsonObject
    }
  | ({ readonly type: 'score'; readonly changes: readonly ScoreChange[] } & Scores)
  /** An event that left on the bus. */
  | { readonly type: 'decision'; readonly decision: string; readonly data: JsonObject }
  | {
      readonly type: 'mail'
      readonly email: string
      readonly recipient: string
      readonly language: string
      readonly to: string
      readonly subject: string
      readonly text: string
      readonly html: string
    }
  | {
      readonly type: 'handoff'
      readonly handoffId: string
      readonly team: string
      readonly owner: { readonly name: string; readonly email: string }
      readonly dueAt: string
    }
  /** A message whose function failed. */
  | { readonly type: 'failed'; readonly message: string; readonly reason: string }

export interface Scores {
  readonly score: number
  readonly fit: number
  readonly engagement: number
  readonly grade: string
}

/** Points newly given by a rule, or withdrawn (negative `points`). */
export interface ScoreChange {
  readonly rule: string
  readonly points: number
}

/** A journal entry at a time of the virtual clock. */
export type Entry = { readonly at: string } & Event

/** Final state. */
export interface Outcome {
  readonly at: string
  readonly leadId: string
  readonly stage: string
  readonly consent: string
  readonly scores: Scores
  /** The parts of the score, with current values. */
  readonly points: readonly ScoreChange[]
  readonly sequences: readonly {
    readonly sequence: string
    readonly status: string
    readonly nextAt: string | null
  }[]
  readonly handoffs: readonly {
    readonly state: string
    readonly team: string
    readonly owner: { readonly name: string }
    readonly dueAt: string
  }[]
  /** IANA zone of the lead, if any. */
  readonly timeZone?: string
}

export interface Rehearsed {
  readonly entries: readonly Entry[]
  /** Absent if nothing was recorded. */
  readonly outcome?: Outcome
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** `Mon 2026-03-02 09:05`, local time in `timeZone`. */
export const localMinute = (instant: string, timeZone: string): string => {
  const local = Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone)
  return `${weekdays[local.dayOfWeek - 1]} ${local.toPlainDateTime().toString({ smallestUnit: 'minute' }).replace('T', ' ')}`
}

export const signed = (points: number): string => (points < 0 ? rounded(points) : `+${rounded(points)}`)

export const textOf = (data: JsonObject, name: string): string => {
  const value = data[name]
  return value === undefined || value === null ? '' : valueText(value)
}
