import type { Mailed, SendingState, Slot, Stream } from '../domain/deliverability/sending-figures.ts'
import type { RequestCause } from '../domain/email/email-outcome.ts'
import type { ConsentRef } from '../domain/email/judge-send.ts'
import type { TestEmail } from '../domain/email/preview-email.ts'
import type { Outcome, Tally } from '../domain/feedback/ses-feedback.ts'
import type { LeadId } from '../domain/model/activity.ts'
import type { EmailRequest } from '../domain/model/email-request.ts'
import type { AskedMailbox, Quota } from '../domain/sending/confirmation-limit.ts'
import type { Ledger } from '../domain/sending/earlier-emails.ts'
import type {
  EmailFigure,
  Mark,
  MarkChange,
  MarkedSend,
  SendStatus,
} from '../domain/sending/email-figures.ts'
import type { TurnedAway } from '../domain/sending/hold-email.ts'
import { Transient } from './ports.ts'

/** One email to one person, from claim to outcome. */
export interface Send {
  readonly sendId: string
  readonly leadId: LeadId
  readonly email: string
  /** What was asked for, so that it can be taken up again. */
  readonly request: EmailRequest
  readonly cause: RequestCause
  /** When it was first asked for, as far as the sender knows. */
  readonly requestedAt: string
  /** Whether it counts against caps. */
  readonly marketing: boolean
  /** Once it was rendered. */
  readonly subject?: string
  readonly language?: string
  readonly status: SendStatus
  readonly claimedAt: string
  readonly leaseUntil: string
  /** Claims before this one whose lease ran out with nothing known of the email; absent: none. */
  readonly lapses?: number
  readonly messageId?: string
  readonly reason?: string
  readonly at?: string
  /** Of a held one: when it is looked at again. */
  readonly until?: string
  /** Its sequence was paused: when it would have gone out. */
  readonly due?: string
  /** What allowed it: of a marketing email, from when it was claimed to be sent. */
  readonly consent?: ConsentRef
}

/** Claims that make an email go out once (DESIGN section 3). */
export interface Sends {
  /** Strongly consistent. */
  load(leadId: LeadId, sendId: string): Promise<Send | undefined>
  /**
   * Writes a claim, or an outcome at once.
   * @param heldUntil one that is held until then, or earlier, is free as well.
   * @returns what stands there already, or undefined when `send` stands now: it is free (`isFree`) at `now`.
   */
  claim(send: Send, now: string, heldUntil?: string): Promise<Send | undefined>
  settle(
    leadId: LeadId,
    sendId: string,
    outcome: {
      readonly status: Exclude<SendStatus, 'claimed' | 'held'>
      readonly at: string
      readonly messageId?: string
      readonly reason?: string
      readonly language?: string
      readonly consent?: ConsentRef
    },
  ): Promise<void>
  /** Gives a claim back at once after a failure that certainly sent nothing (SES throttling). */
  release(leadId: LeadId, sendId: string): Promise<void>
  /** Suppresses a held email. @returns it as it stands then; undefined where there is none. */
  cancel(leadId: LeadId, sendId: string, at: string): Promise<Send | undefined>
  /** @param idPrefix what the ids begin with: those of a run, and of all runs through a sequence, begin alike. @default all */
  list(leadId: LeadId, idPrefix?: string): Promise<readonly Send[]>
  /**
   * Those that limits may count (`isLimited`) and that earlier releases, which took no place for each, claimed at `from` or
   * later; others may be among them. Strongly consistent.
   */
  formerSince(leadId: LeadId, from: string): Promise<readonly Send[]>
}

/** Emails over all leads, through an index: they lag behind by a moment. */
export interface SendLists {
  held(query: {
    readonly sequence?: string
    readonly limit: number
    readonly cursor?: string
  }): Promise<{ readonly items: readonly Send[]; readonly next?: string }>
}

/** What became of emails once they went out. */
export interface SendMarks {
  /** Strongly consistent. */
  list(leadId: LeadId): Promise<readonly MarkedSend[]>
  /** Once for each send, and counted for its email; of a send that is not there, or is marked so, nothing changes. */
  change(change: MarkChange): Promise<void>
}

/** An email, by who asked for it. */
export interface CountedEmail {
  readonly email: string
  /** `-`: none. */
  readonly sequence: string
}

export interface EmailFigures {
  /** By email; `-` is the sequence of those that none asked for. Reads as much however many were sent. */
  ofSequence(sequence: string): Promise<ReadonlyMap<string, EmailFigure>>
  /** Many that are asked for at the same moment share a request. */
  ofEmail(counted: CountedEmail): Promise<EmailFigure>
  /** Counts in some of those that earlier releases wrote. `isAll`: there are no more. */
  countInEarlier(sequence: string): Promise<{ readonly isAll: boolean }>
}

/** Places under the caps, taken for emails before they are claimed: of two that want the last one, one gets it. */
export interface CapPlaces {
  /** Strongly consistent. */
  load(leadId: LeadId): Promise<Ledger>
  /** One conditional write against `version`. @throws Conflict */
  commit(leadId: LeadId, version: number, ledger: Omit<Ledger, 'version'>): Promise<void>
}

/** Emails that ask for a confirmation, by mailbox and over all: whoever fills in forms with the addresses of others floods nobody. */
export interface ConfirmationPlaces {
  /** Those of one mailbox. Strongly consistent; `version` 0: none yet. */
  load(mailbox: string): Promise<{ readonly version: number; readonly taken: readonly AskedMailbox[] }>
  /** One conditional write against `version`. @throws Conflict */
  commit(mailbox: string, version: number, taken: readonly AskedMailbox[]): Promise<void>
  /** Counts one more. @returns whether there was room. */
  count(quota: Quota): Promise<boolean>
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

/** SES is up, and takes no more for now: waiting helps, and nobody has to be told. */
export class Throttled extends Transient {}

/**
 * SES. `rejected`: it will never take this email, for what is in it; `turned-away`: it takes this one and others like it
 * once something is mended. @throws Transient when it has certainly not taken the email for another reason; after any other
 * error nobody knows whether it has.
 */
export interface Mailer {
  send(
    email: OutgoingEmail,
  ): Promise<
    | { readonly type: 'accepted'; readonly messageId: string }
    | { readonly type: 'rejected'; readonly reason: string }
    | { readonly type: 'turned-away'; readonly reason: TurnedAway }
  >
}

export interface SendMark {
  readonly mark: Mark
  readonly at: string
}

/** What SES reports about sends. */
export interface SendReports {
  /**
   * Settles a send whose sender died, and marks it, each mark once.
   * @returns whether this is the first report of the send: later ones and repeats are not counted again.
   */
  report(outcome: Outcome, marks: readonly SendMark[]): Promise<boolean>
  /**
   * SES took the message and refused it afterwards: what was sent has failed.
   * @returns the send that has failed by this, also when it is told again; undefined where there is none.
   */
  fail(outcome: Outcome): Promise<Send | undefined>
}

/** Mail by the time at which it went out. */
export interface SendingFigures {
  /**
   * A bounce or complaint that was counted already changes nothing; `sent` is added. What one costs does not depend on how
   * many there are.
   */
  add(sent: readonly Mailed[], tallies: readonly Tally[]): Promise<void>
  /** Slots from `from` on, strongly consistent. */
  since(from: string, stream: Stream): Promise<readonly Slot[]>
}

export interface SendingStates {
  /** Strongly consistent. @param stream absent: marketing mail. */
  load(stream?: Stream): Promise<SendingState>
  /** One conditional write against `state.version`. @returns what stands. @throws Conflict */
  commit(state: SendingState): Promise<SendingState>
}

/** Makes texts unreadable for everything that they pass on their way from one function to another. */
export interface Seal {
  seal(text: string): string
  /** @returns undefined when it was not sealed here. */
  open(sealed: string): string | undefined
}

/** Hands a test email to the sender. Resolves once its queue has it. */
export type RequestTestEmail = (test: TestEmail) => Promise<void>

/** Times under a signature, for hidden fields of forms. */
export interface FormStamps {
  /** @param at RFC 3339 UTC. */
  issue(at: string): string
  /** @returns the time, RFC 3339 UTC; undefined when the stamp is not ours. */
  read(stamp: string): string | undefined
}
