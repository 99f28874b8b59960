import type { Activity, Fact } from '../domain/activity/activity.ts'
import type { EmailRequest } from '../domain/email/email-request.ts'
import type { Handoff, HandoffState } from '../domain/handoff/handoff.ts'
import type { JsonObject } from '../domain/json.ts'
import type { Decision } from '../domain/lead/decision.ts'
import type { LeadId } from '../domain/lead/lead-id.ts'
import type { LeadState } from '../domain/lead/lead-state.ts'
import type { Playbook } from '../domain/playbook/playbook.ts'
import type { Run } from '../domain/sequence/run.ts'

/** @returns RFC 3339 UTC with milliseconds. */
export type Clock = () => string

/** Somebody else committed first: gather again and decide again. */
export class Conflict extends Error {
  override readonly name = 'Conflict'
}

/** A passing failure of a service: the message goes back to its queue. */
export class Transient extends Error {
  override readonly name = 'Transient'
}

/** The lead as stored: who it is, what its log folds to, and decisions not yet published. */
export interface Lead {
  readonly leadId: LeadId
  /** Absent for a browser that has not given an address. */
  readonly email?: string
  /** 0: not stored yet. */
  readonly version: number
  readonly state?: LeadState
  readonly outbox: readonly Decision[]
}

/** Where leads and their logs are kept. Every read is strongly consistent unless it says otherwise. */
export interface Leads {
  /** Finds whom a subject means; an unknown address or browser gets a new lead's id, claimed so that two callers agree. `undefined`: a `leadId` that nobody has. */
  identify(
    subject: Activity['subject'],
  ): Promise<{ readonly leadId: LeadId; readonly email?: string } | undefined>
  load(leadId: LeadId): Promise<Lead | undefined>
  /** Idempotent: a fact that stands already is left as it is. For facts whose time was assumed, the first time written wins, and is returned. */
  append(
    leadId: LeadId,
    facts: readonly (Fact & { readonly timeAssumed?: boolean })[],
  ): Promise<readonly Fact[]>
  /** The whole log in `(occurredAt, id)` order; `upTo` (inclusive) ends it early. */
  facts(leadId: LeadId, upTo?: { readonly occurredAt: string; readonly id: string }): Promise<readonly Fact[]>
  /** One conditional write. `rank` is the score that lists sort by. @throws Conflict when `lead.version` is no longer the stored one. */
  commit(lead: Lead & { readonly state: LeadState }, rank: number): Promise<void>
  /** Empties the outbox if nobody has committed since `version`; otherwise leaves it to the one who did. */
  clearOutbox(leadId: LeadId, version: number): Promise<void>
}

/** For lists: eventually consistent, in pages. */
export interface LeadList {
  byAddress(email: string): Promise<Lead | undefined>
  page(query: {
    readonly stage?: string
    readonly limit: number
    readonly cursor?: string
  }): Promise<{ readonly items: readonly Lead[]; readonly next?: string }>
}

/** The bus `trichter`. Resolves once EventBridge has taken every entry. @throws Transient if some entry was not taken. */
export interface Bus {
  publish(decisions: readonly Decision[]): Promise<void>
  submit(activities: readonly Activity[]): Promise<void>
}

export type TokenPurpose = 'confirm' | 'unsubscribe' | 'handoff'

export interface TokenClaims {
  readonly leadId: LeadId
  readonly data: JsonObject
}

/** Signed links: one purpose, one lead, an expiry, no personal data. */
export interface Tokens {
  sign(purpose: TokenPurpose, claims: TokenClaims, expiresAt: string): string
  /** @returns undefined when forged, expired at `now`, or made for another purpose. */
  verify(purpose: TokenPurpose, token: string, now: string): TokenClaims | undefined
}

/** The playbook that is live, and any older version that a run began with. */
export interface Playbooks {
  current(): Promise<Playbook>
  /** @throws when the version was never kept: a defect. */
  version(version: string): Promise<Playbook>
  /** Makes the current version findable for as long as runs need it. Idempotent. */
  keep(playbook: Playbook): Promise<void>
}

/** One item for each lead and sequence: the latest run. */
export interface Runs {
  load(leadId: LeadId, sequence: string): Promise<Run | undefined>
  list(leadId: LeadId): Promise<readonly Run[]>
  /** One conditional write against `run.version`. @throws Conflict */
  commit(run: Run): Promise<void>
  /** Empties the outbox if nobody has committed since. */
  clearOutbox(run: Run): Promise<void>
}

/** One-time wake-ups. Idempotent by name: making the same again changes nothing. */
export interface Alarms {
  /** Puts `message` on the nurture queue at `at`. */
  set(name: string, at: string, message: JsonObject): Promise<void>
}

export type SendStatus = 'claimed' | 'sent' | 'suppressed' | 'failed' | 'exited'

/** One email to one person, from claim to outcome. */
export interface Send {
  readonly sendId: string
  readonly leadId: LeadId
  readonly email: string
  /** What was asked for, so that it can be taken up again. */
  readonly request: EmailRequest
  readonly language?: string
  readonly status: SendStatus
  readonly claimedAt: string
  readonly leaseUntil: string
  readonly messageId?: string
  readonly reason?: string
  readonly at?: string
}

/** Claims that make an email go out once (DESIGN section 3). */
export interface Sends {
  /**
   * @returns the claim already there, or undefined when it is ours now: nobody had it, an earlier lease ran out unsettled
   * at `now`, or it was suppressed for want of consent, which may have come since.
   */
  claim(send: Send, now: string): Promise<Send | undefined>
  settle(
    leadId: LeadId,
    sendId: string,
    outcome: {
      readonly status: Exclude<SendStatus, 'claimed'>
      readonly at: string
      readonly messageId?: string
      readonly reason?: string
      readonly language?: string
    },
  ): Promise<void>
  /** Gives a claim back at once after a failure that certainly sent nothing (SES throttling). */
  release(leadId: LeadId, sendId: string): Promise<void>
  list(leadId: LeadId): Promise<readonly Send[]>
}

export interface OutgoingEmail {
  readonly from: string
  readonly replyTo?: string
  readonly to: string
  readonly subject: string
  readonly html: string
  readonly text: string
  readonly headers: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
}

/** SES. @throws Transient when it has certainly not taken the email; after any other error nobody knows whether it has. */
export interface Mailer {
  send(
    email: OutgoingEmail,
  ): Promise<
    | { readonly type: 'accepted'; readonly messageId: string }
    | { readonly type: 'rejected'; readonly reason: string }
  >
}

export interface Handoffs {
  load(leadId: LeadId, handoffId: string): Promise<Handoff | undefined>
  /** By id alone, for routes that name no lead. */
  find(handoffId: string): Promise<Handoff | undefined>
  list(leadId: LeadId): Promise<readonly Handoff[]>
  page(query: {
    readonly state: HandoffState
    readonly limit: number
    readonly cursor?: string
  }): Promise<{ readonly items: readonly Handoff[]; readonly next?: string }>
  /** One conditional write against `handoff.version`. @throws Conflict */
  commit(handoff: Handoff): Promise<void>
  clearOutbox(handoff: Handoff): Promise<void>
  /** Takes the next place in a team's round; asking again for the same handoff gives the same place. @throws Conflict */
  nextTurn(team: string, handoffId: string): Promise<number>
}
