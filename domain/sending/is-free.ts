import { lackingConsent } from '../email/judge-send.ts'

/** As far as it says whether somebody may take an email up. */
export interface StandingSend {
  readonly status: 'claimed' | 'held' | 'sent' | 'suppressed' | 'failed' | 'exited'
  readonly leaseUntil: string
  readonly reason?: string
  /** Of a held one. */
  readonly until?: string
}

/**
 * Whether what stands there may be taken up: its lease ran out, its wait is over, or consent was lacking and may have come.
 * @param heldUntil what is held until then, or earlier, is taken up before its time.
 */
export const isFree = (
  { status, leaseUntil, reason, until = '' }: StandingSend,
  now: string,
  heldUntil: string = now,
): boolean => {
  switch (status) {
    case 'claimed':
      return leaseUntil <= now
    case 'held':
      return until <= now || until <= heldUntil
    case 'suppressed':
      return reason === lackingConsent
    case 'sent':
    case 'failed':
    case 'exited':
      return false
    default:
      return status satisfies never
  }
}

/** Whether a claim's lease ran out with nothing known of the email. One that was given back has a lease of before it was made. */
export const isLapsed = (
  {
    status,
    leaseUntil,
    claimedAt,
  }: Pick<StandingSend, 'status' | 'leaseUntil'> & { readonly claimedAt: string },
  now: string,
): boolean => status === 'claimed' && leaseUntil <= now && leaseUntil > claimedAt
