import { identityKey } from '../activity/identity-key.ts'
import type { LeadState, SuppressionReason } from '../lead/lead-state.ts'
import type { EmailRequest } from './email-request.ts'

/** What stands against writing to an address: what became of mail to it, whoever it was for, or that its owner was erased. */
export interface SuppressedAddress {
  readonly reason: SuppressionReason | 'erased'
  /** RFC 3339 UTC. */
  readonly at: string
  /** When its owner was last erased (RFC 3339 UTC), whatever else stands against the address. */
  readonly erasedAt?: string
}

/** An activity of before an erasure, whenever it arrives, brings nobody back. */
export const isForgotten = (
  occurredAt: string,
  suppressed: Pick<SuppressedAddress, 'erasedAt'> | undefined,
): boolean => suppressed?.erasedAt !== undefined && occurredAt <= suppressed.erasedAt

/** Of two reasons the one with the higher number stands. */
const weights: Readonly<Record<SuppressedAddress['reason'], number>> = {
  erased: 0,
  'soft-bounced': 1,
  'ses-suppressed': 1,
  bounced: 1,
  complained: 2,
}

const allReasons: readonly SuppressedAddress['reason'][] = [
  'erased',
  'soft-bounced',
  'ses-suppressed',
  'bounced',
  'complained',
]

/** What a new reason takes the place of: `weaker` in any case, `equal` where that is earlier. */
export const outweighed = (reason: SuppressedAddress['reason']) => ({
  weaker: allReasons.filter((one) => weights[one] < weights[reason]),
  equal: allReasons.filter((one) => weights[one] === weights[reason]),
})

/**
 * Which mailbox an address means, as the suppression list knows it: providers tell no cases apart, but `anna+news@…` may
 * bounce where `anna@…` does not.
 */
export const mailboxKey = (address: string): string =>
  identityKey(address, { plusTags: 'distinct', case: 'same' })

type Answered = Pick<LeadState, 'consent' | 'confirmations'>

/** Somebody reads what comes to the address: they confirmed a consent after `at`. */
export const provenSince = ({ consent }: Pick<LeadState, 'consent'>, at: string): boolean =>
  Object.values(consent).some((one) => one.status === 'granted' && one.confirmed === true && one.at > at)

/** It asks somebody who signed up after `at` to confirm. */
const asksSince = ({ confirmation }: EmailRequest, { confirmations }: Answered, at: string): boolean =>
  confirmations.some(
    ({ factId, reminder, at: askedAt }) =>
      factId === confirmation?.factId && reminder === undefined && askedAt > at,
  )

/**
 * Whether an email is stopped by what stands against its address. After a complaint nothing goes there any more, whatever
 * is signed up for: whoever reports mail as spam has said so to the provider, not to us. An address that bounced, or that
 * SES keeps on a list of its own, gets one kind of mail: the confirmation that a sign-up after the bounce asks for, since
 * mailboxes are made again and names are typed wrongly. That being confirmed lifts it; consent by word alone does not.
 * Of somebody who was erased `judgeSend` says the rest.
 */
export const stops = ({ reason, at }: SuppressedAddress, request: EmailRequest, state: Answered): boolean => {
  switch (reason) {
    case 'complained':
      return true
    case 'bounced':
    case 'soft-bounced':
    case 'ses-suppressed':
      return !provenSince(state, at) && !asksSince(request, state, at)
    case 'erased':
      return false
    default:
      return reason satisfies never
  }
}
