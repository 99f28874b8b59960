import type { IdentityRules } from '../activity/identity-key.ts'

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun'

/** Local hours of some weekdays; `from` and `to` are `HH:MM`. */
export interface Hours {
  readonly days: readonly Weekday[]
  readonly from: string
  readonly to: string
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
  readonly sending?: Hours
  readonly caps?: readonly { readonly emails: number; readonly per: number }[]
}
