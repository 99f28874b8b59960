import { lackingConsent } from '../email/judge-send.ts'

/** As far as it says whether somebody may take an email up. */
export interface StandingSend {
  readonly status: 'claimed' | 'held' | 'sent' | 'suppressed' | 'failed' | 'exited'
  readonly leaseUntil: string
  readonly reason?: string
  /** Of a held one. */
  readonly until?: string
}

/** Whether what stands there may be taken up: its lease ran out, its wait is over, or consent was lacking and may have come. */
export const isFree = ({ status, leaseUntil, reason, until = '' }: StandingSend, now: string): boolean => {
  switch (status) {
    case 'claimed':
      return leaseUntil <= now
    case 'held':
      return until <= now
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
