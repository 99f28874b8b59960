import type { Localized } from './form.ts'

/** As ISO 8601 counts them, from Monday. */
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
type Weekday = (typeof weekdays)[number]

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
interface Purpose {
  readonly name: Localized
  readonly description: Localized
}

/** How the company looks, on pages and in emails alike; what is absent is Trichter's own look. */
export interface Brand {
  /** Address of a picture. */
  readonly logo?: string
  /** Of buttons and links, `#rrggbb`. */
  readonly accent?: string
  /** Behind the content, `#rrggbb`. */
  readonly background?: string
  /** `sans`, `serif`, `rounded`, `mono`, or a list of families as CSS writes it. */
  readonly font?: string
}

/** How the pages speak German: formally, or as to friends. */
export type Tone = 'sie' | 'du'

/** What becomes of a consent that is asked for and not confirmed, in milliseconds since the request. */
export interface DoubleOptIn {
  /** `false`: nobody is reminded. */
  readonly reminder?: number | false
  readonly expires?: number
}

/** How long people are kept of whom nothing is heard and whom nothing else ties to the company, in milliseconds; what is absent: for good. */
export interface Retention {
  /** Browsers that have not given an address. */
  readonly visitors?: number
  readonly inactive?: number
}

export interface Company {
  readonly name: string
  readonly address: string
  readonly imprint: string
  /** Address of the privacy policy: one for everybody, or one for each language. */
  readonly privacy?: string | Localized
}

/** `settings.yaml`. Durations (`per`) are milliseconds once parsed. */
export interface Settings {
  readonly company: Company
  readonly brand?: Brand
  /** Absent: `sie`. */
  readonly tone?: Tone
  readonly sender: { readonly name: string; readonly email: string; readonly replyTo?: string }
  readonly timeZone: string
  /** The first is the fallback. */
  readonly languages: readonly [string, ...string[]]
  /** What is absent of it is `plusTags: distinct, case: same`. */
  readonly identity?: Partial<IdentityRules>
  /** What people may consent to, by id; the first is that of emails which name none. Absent: purposes are only told apart by name. */
  readonly purposes?: Readonly<Record<string, Purpose>>
  readonly sending?: SendingHours
  /** What is absent of it is `reminder: 3d, expires: 30d`. */
  readonly doubleOptIn?: DoubleOptIn
  /** Absent: everybody is kept. */
  readonly retention?: Retention
  /** How many emails that ask for a confirmation go out, to all addresses together. What is absent of it is `perMinute: 120, perDay: 5000`. */
  readonly confirmations?: ConfirmationRate
  /** Where a reply mail with which a reader leaves the list is read; absent: leaving is by link alone. */
  readonly unsubscribe?: { readonly mailto: string }
  /** So many soft bounces in so long stop all mail to the address; absent: 3 in 14 days. */
  readonly softBounces?: { readonly most: number; readonly per: number }
  readonly caps?: readonly { readonly emails: number; readonly per: number }[]
  readonly tracking?: TrackingSettings
  readonly utm?: UtmSettings
}

/** `identity` in `settings.yaml`: which addresses are one person's. */
export interface IdentityRules {
  /** `anna+news@…` and `anna@…`. */
  readonly plusTags: 'same' | 'distinct'
  /** `Anna@…` and `anna@…`: the part before the `@`; domain names never tell cases apart. */
  readonly case: 'same' | 'distinct'
}

/** `utm` in `settings.yaml`: how the company's own sites are told that a visit came from an email. */
export interface UtmSettings {
  readonly source: string
  readonly medium: string
  /** Whose links get the parameters; absent: the site of the imprint. */
  readonly hosts?: readonly string[]
}

/** What all confirmations together may come to. */
export interface ConfirmationRate {
  readonly perMinute?: number
  readonly perDay?: number
}

/** `tracking` in `settings.yaml`: what the snippet's beacon is taken from and for. */
export interface TrackingSettings {
  /** Sites whose pages may send; absent: any. Trichter's own pages always may. */
  readonly origins?: readonly string[]
  /** Activity types that pages may report besides views and dwell time. */
  readonly types?: readonly string[]
}
