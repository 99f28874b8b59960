import { Temporal } from 'temporal-polyfill'
import { rounded, valueText } from '../model/event-words.ts'
import type { JsonObject } from '../model/json.ts'
import type { Deed } from './rehearsal.ts'

/** What can happen in a rehearsal. */
export type Event =
  /** Somebody outside did something, and it was taken. */
  | { readonly type: 'deed'; readonly deed: Deed }
  /** A deed that could not be done, or was not taken. */
  | { readonly type: 'refused'; readonly deed: Deed; readonly reason: string }
  /** A fact on its way into the lead's log. */
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
    }
  | {
      readonly type: 'handoff'
      readonly handoffId: string
      readonly team: string
      readonly owner: { readonly name: string; readonly email: string }
      readonly dueAt: string
    }
  /** A message that its function did not get done. */
  | { readonly type: 'failed'; readonly message: string; readonly reason: string }

export interface Scores {
  readonly score: number
  readonly fit: number
  readonly engagement: number
  readonly grade: string
}

/** Points that a rule newly gives, or (negative `points` of one that gave some) takes back. */
export interface ScoreChange {
  readonly rule: string
  readonly points: number
}

/** One line of what happened, as of the virtual clock. */
export type Entry = { readonly at: string } & Event

/** How things stand at the end. */
export interface Outcome {
  readonly at: string
  readonly leadId: string
  readonly stage: string
  readonly consent: string
  readonly scores: Scores
  /** What the score is made of, each rule's points as they are worth now. */
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
  /** IANA zone, where the lead has one. */
  readonly timeZone?: string
}

export interface Rehearsed {
  readonly entries: readonly Entry[]
  /** Absent where nothing was recorded. */
  readonly outcome?: Outcome
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** `Mon 2026-03-02 09:05`, as the clocks in `timeZone` show it. */
export const localMinute = (instant: string, timeZone: string): string => {
  const local = Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone)
  return `${weekdays[local.dayOfWeek - 1]} ${local.toPlainDateTime().toString({ smallestUnit: 'minute' }).replace('T', ' ')}`
}

export const signed = (points: number): string => (points < 0 ? rounded(points) : `+${rounded(points)}`)

export const textOf = (data: JsonObject, name: string): string => {
  const value = data[name]
  return value === undefined || value === null ? '' : valueText(value)
}
