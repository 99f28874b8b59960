import type { IdentityRules } from '../activity/identity-key.ts'
import type { UtmSettings } from '../email/campaign-links.ts'
import type { Localized } from '../form/form.ts'
import type { TrackingSettings } from '../tracking/tracking-settings.ts'

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun'

/** Local hours of some weekdays; `from` and `to` are `HH:MM`. */
export interface Hours {
  readonly days: readonly Weekday[]
  readonly from: string
  readonly to: string
}

/** When marketing mail goes out, in the lead's zone. `to` may be `24:00`; where it comes before `from`, the hours go over midnight. */
export interface SendingHours extends Hours {
  /** Local dates `YYYY-MM-DD` without any. */
  readonly holidays?: readonly string[]
}

/** One thing that people consent to, as the preference page shows it. */
export interface Purpose {
  readonly name: Localized
  readonly description: Localized
}

/** `settings.yaml`. Durations (`per`) are milliseconds once parsed. */
export interface Settings {
  readonly company: { readonly name: string; readonly address: string; readonly imprint: string }
  readonly sender: { readonly name: string; readonly email: string; readonly replyTo?: string }
  readonly timeZone: string
  /** The first is the fallback. */
  readonly languages: readonly [string, ...string[]]
  /** What is absent of it is `plusTags: distinct, case: same`. */
  readonly identity?: Partial<IdentityRules>
  /** What people may consent to, by id; the first is that of emails which name none. Absent: purposes are only told apart by name. */
  readonly purposes?: Readonly<Record<string, Purpose>>
  readonly sending?: SendingHours
  /** Where a reply mail with which a reader leaves the list is read; absent: leaving is by link alone. */
  readonly unsubscribe?: { readonly mailto: string }
  /** So many soft bounces in so long stop all mail to the address; absent: 3 in 14 days. */
  readonly softBounces?: { readonly most: number; readonly per: number }
  readonly caps?: readonly { readonly emails: number; readonly per: number }[]
  readonly tracking?: TrackingSettings
  readonly utm?: UtmSettings
}
