import type { JsonObject } from '../json.ts'
import type { LeadId } from '../lead/lead-id.ts'

/** Something that somebody outside does. */
export type Deed =
  | { readonly type: 'form'; readonly form: string; readonly fields: Fields }
  /** Clicks the link of the confirmation email of that form. */
  | { readonly type: 'confirm'; readonly form: string }
  /** An activity, as it comes in over the bus or `POST /events`. */
  | {
      readonly type: 'activity'
      readonly activity: string
      readonly properties: JsonObject
      /** Of one that happened already; absent: a new one, happening as it comes in. */
      readonly known?: { readonly id: string; readonly occurredAt: string }
    }
  | { readonly type: 'open' | 'click'; readonly email: string }
  | { readonly type: 'accept' }
  | { readonly type: 'reject'; readonly reason: string }

export type Fields = Readonly<Record<string, string | number | boolean>>

export interface PlannedDeed {
  /** RFC 3339 UTC with milliseconds. */
  readonly at: string
  readonly deed: Deed
}

/** One lead, what it does and when, and how long to look on. */
export interface Rehearsal {
  readonly subject: { readonly email: string } | { readonly visitorId: string }
  /** Absent: a new lead. */
  readonly leadId?: LeadId
  readonly start: string
  readonly until: string
  /** In order of time. */
  readonly deeds: readonly PlannedDeed[]
  /** From when on the mail service tells what became of emails: of the time before, the deeds say it. */
  readonly mailReportsFrom: string
}

/** How long to look on where nobody says. */
export const usualLength = 60 * 24 * 3_600_000
