import type { EmailRequest } from '../domain/email/email-request.ts'
import type { LeadId } from '../domain/lead/lead-id.ts'

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
