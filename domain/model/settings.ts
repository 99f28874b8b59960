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

/** When marketing mail is sent, in the lead's zone. `to` may be `24:00`; if it is before `from`, the hours span midnight. */
export interface SendingHours extends Hours {
  /** Local dates `YYYY-MM-DD` without sending. */
  readonly holidays?: readonly string[]
}

/** A purpose of consent, as shown on the preference page. */
interface Purpose {
  readonly name: Localized
  readonly description: Localized
}

/** The company's look on pages and in emails; absent parts use Trichter's own. */
export interface Brand {
  /** Address of an image; one of the playbook's own begins with `/`. */
  readonly logo?: string
  /** Colour of buttons and links, `#rrggbb`. */
  readonly accent?: string
  /** Colour behind the content, `#rrggbb`. */
  readonly background?: string
  /** `sans`, `serif`, `rounded`, `mono`, or a CSS list of font families. */
  readonly font?: string
}

/** German form of address on the pages: formal or informal. */
export type Tone = 'sie' | 'du'

/** Handling of unconfirmed consents, in milliseconds since the request. */
export interface DoubleOptIn {
  /** `false`: no reminder. */
  readonly reminder?: number | false
  readonly expires?: number
}

/** How long (ms) data of inactive people without any other tie to the company is kept; absent: for ever. */
export interface Retention {
  /** Anonymous browsers. */
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
  /** The first language is the fallback. */
  readonly languages: readonly [string, ...string[]]
  /** Defaults: `plusTags: distinct, case: same`. */
  readonly identity?: Partial<IdentityRules>
  /** Purposes of consent by id; the first is the default of emails. Absent: purposes have only names. */
  readonly purposes?: Readonly<Record<string, Purpose>>
  readonly sending?: SendingHours
  /** Defaults: `reminder: 3d, expires: 30d`. */
  readonly doubleOptIn?: DoubleOptIn
  /** Absent: data is kept for ever. */
  readonly retention?: Retention
  /** Limit of confirmation emails to all addresses together. Defaults: `perMinute: 120, perDay: 5000`. */
  readonly confirmations?: ConfirmationRate
  /** Mailbox for unsubscribing by email; absent: only by link. */
  readonly unsubscribe?: { readonly mailto: string }
  /** Number of soft bounces within a period that stops all mail to the address; absent: 3 in 14 days. */
  readonly softBounces?: { readonly most: number; readonly per: number }
  readonly caps?: readonly { readonly emails: number; readonly per: number }[]
  readonly tracking?: TrackingSettings
  readonly utm?: UtmSettings
  readonly report?: ReportSettings
}

/** `report` in `settings.yaml`: colleagues who get the figures by email; absent: nobody. `language`: BCP 47; absent: the first of the settings. */
export interface ReportSettings {
  readonly weekly?: readonly string[]
  readonly monthly?: readonly string[]
  readonly language?: string
}

/** `identity` in `settings.yaml`: which addresses count as one person. */
export interface IdentityRules {
  /** Whether `anna+news@…` and `anna@…` are the same. */
  readonly plusTags: 'same' | 'distinct'
  /** Whether `Anna@…` and `anna@…` are the same; domain names are always case-insensitive. */
  readonly case: 'same' | 'distinct'
}

/** `utm` in `settings.yaml`: campaign parameters that tell the company's sites that a visit came from an email. */
export interface UtmSettings {
  readonly source: string
  readonly medium: string
  /** Hosts whose links get the parameters; absent: the site of the imprint. */
  readonly hosts?: readonly string[]
}

/** Limits of all confirmation emails together. */
export interface ConfirmationRate {
  readonly perMinute?: number
  readonly perDay?: number
}

/** `tracking` in `settings.yaml`: what the beacon accepts, and from which sites. */
export interface TrackingSettings {
  /** Sites that may send; absent: any. Trichter's own pages always may. */
  readonly origins?: readonly string[]
  /** Activity types that pages may report besides views and dwell time. */
  readonly types?: readonly string[]
}
