import type { RunStep } from '../email/email-request.ts'
import { addMilliseconds } from '../time/local-time.ts'
import { type Hold, wholeSecond } from './hold-email.ts'

interface AskedEmail {
  readonly status: 'claimed' | 'held' | 'sent' | 'suppressed' | 'failed' | 'exited'
  readonly request: { readonly run?: RunStep }
  readonly until?: string
  /** Of a held one. */
  readonly reason?: string
}

/** How long an email waits for one before it that may go out at this moment. */
const aMoment = 60_000

/** When an earlier email is out of the way; undefined: it is. */
const openUntil = ({ status, reason, until = '' }: AskedEmail, now: string): string | undefined => {
  // On its way, mostly for less than a second; whoever sends it may have died.
  if (status === 'claimed') return now
  if (status !== 'held') return undefined
  // What is held for a pause is woken when that ends: at this moment, as it is for this email.
  return reason === 'paused' || reason === 'sequence-paused' ? now : until
}

/**
 * The emails of one run go out in the order of its steps: one that wakes together with an earlier one waits until that has
 * gone its way. @param emails those asked for the same person.
 */
export const afterEarlier = (
  run: RunStep | undefined,
  emails: readonly AskedEmail[],
  now: string,
): Hold | undefined => {
  if (!run) return undefined
  const open = emails
    .filter(({ request }) => request.run?.runId === run.runId && request.run.step < run.step)
    .flatMap((email) => openUntil(email, now) ?? [])
  if (open.length === 0) return undefined
  const latest = open.reduce((last, until) => (until > last ? until : last), now)
  return { reason: 'order', until: wholeSecond(addMilliseconds(latest, aMoment)) }
}
