/** How it is known that a delivery comes from whom it says: see `claimOf` for what each signs. */
export type Verification =
  | { readonly scheme: 'hubspot-v3' }
  | { readonly scheme: 'standard-webhooks' }
  | {
      readonly scheme: 'hmac-sha256'
      /** In lower case. */
      readonly header: string
      readonly encoding: 'hex' | 'base64'
      /** Stands before the signature in the header, such as `sha256=`. */
      readonly prefix?: string
    }
  /** The secret is `user:password`. */
  | { readonly scheme: 'basic' }
  | {
      readonly scheme: 'token'
      /** In lower case. */
      readonly header: string
      /** Stands before the token in the header, such as `Bearer `. */
      readonly prefix?: string
    }

/** Whom an activity is about, each an expression; the first that has a value counts, in this order. At least one is there. */
export interface HookSubject {
  readonly leadId?: string
  readonly email?: string
  /** A deal of that program: whoever it is known to belong to. Beside a person it says whose the deal is. */
  readonly dealId?: string
}

/** What one reported event becomes where `when` holds. All texts but `type` are CEL expressions over `event` and `body`. */
export interface HookActivity {
  /** Absent: every event. */
  readonly when?: string
  readonly type: string
  /** What is the same whenever the same event is delivered again; absent: its content is. */
  readonly id?: string
  readonly subject: HookSubject
  /** Absent: the time of arrival. */
  readonly occurredAt?: string
  /** By name; one without a value is left out. */
  readonly properties: Readonly<Record<string, string>>
}

/** `templates/hooks/<id>.yaml`: how a program outside, such as a CRM, reports at `POST /hooks/<id>`. */
export interface Hook {
  readonly id: string
  readonly verify: Verification
  /** Names of keys down to the list of events inside the body; absent: the body is the list, or the one event. */
  readonly each?: readonly string[]
  readonly activities: readonly HookActivity[]
}
