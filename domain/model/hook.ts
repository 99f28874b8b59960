/** How deliveries are authenticated: see `claimOf` for the signed content. */
export type Verification =
  | { readonly scheme: 'hubspot-v3' }
  | { readonly scheme: 'standard-webhooks' }
  | {
      readonly scheme: 'hmac-sha256'
      /** In lower case. */
      readonly header: string
      readonly encoding: 'hex' | 'base64'
      /** Prefix of the signature, such as `sha256=`. */
      readonly prefix?: string
    }
  /** The secret is `user:password`. */
  | { readonly scheme: 'basic' }
  | {
      readonly scheme: 'token'
      /** In lower case. */
      readonly header: string
      /** Prefix of the token, such as `Bearer `. */
      readonly prefix?: string
    }

/** Expressions for the subject of an activity, at least one; the first with a value counts, in this order. */
export interface HookSubject {
  readonly leadId?: string
  readonly email?: string
  /** Id of a deal in that program: the subject is the lead of that deal. Beside a person it links the deal to that person. */
  readonly dealId?: string
}

/** Activity made of a reported event if `when` holds. All texts but `type` are CEL expressions over `event` and `body`. */
export interface HookActivity {
  /** Absent: every event. */
  readonly when?: string
  readonly type: string
  /** Identifies the event across redeliveries; absent: a hash of its content does. */
  readonly id?: string
  readonly subject: HookSubject
  /** Absent: the time of arrival. */
  readonly occurredAt?: string
  /** Properties by name; those without a value are left out. */
  readonly properties: Readonly<Record<string, string>>
}

/** `templates/hooks/<id>.yaml`: maps what an external program, such as a CRM, reports at `POST /hooks/<id>`. */
export interface Hook {
  readonly id: string
  readonly verify: Verification
  /** Path to the list of events in the body; absent: the body is the list, or a single event. */
  readonly each?: readonly string[]
  readonly activities: readonly HookActivity[]
}
