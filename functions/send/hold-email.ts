import type { EmailOutcome } from '../../domain/email/email-outcome.ts'
import type { EmailRequest } from '../../domain/email/email-request.ts'
import { isStale, wholeSecond } from '../../domain/sending/hold-email.ts'
import { pausedFor, pauseOfSequence } from '../../domain/sending/pause-of-sequence.ts'
import { freshFor } from '../../domain/sequence/enter-sequence.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import type { Playbooks } from '../ports.ts'
import type { Send } from '../send-ports.ts'
import type { SequenceStates } from '../sequence-ports.ts'
import { type FindHoldPorts, findHold } from './find-hold.ts'
import { holdConfirmation, type LimitConfirmationsPorts } from './limit-confirmations.ts'
import type { Prepared } from './prepare-email.ts'

export interface HoldEmailPorts extends FindHoldPorts, LimitConfirmationsPorts {
  readonly sends: FindHoldPorts['sends']
  readonly playbooks: Pick<Playbooks, 'current'>
  readonly sequences: Pick<SequenceStates, 'load'>
}

export interface HeldBack {
  readonly outcome: Exclude<EmailOutcome, { status: 'sent' }>
  /** Kept from then on: when it would have gone out, had its sequence not been paused. */
  readonly due?: string
}

/** Why an email does not go out now although its lead may have it. */
export const holdEmail = async (
  ports: HoldEmailPorts,
  request: EmailRequest,
  requestedAt: string,
  standing: Send | undefined,
  { person, stale, email }: Prepared,
  now: string,
): Promise<HeldBack | undefined> => {
  const { sendId, leadId, run, recipient, confirmation } = request
  if (recipient !== 'lead') return undefined
  if (confirmation && (await ports.sendingStates.load('confirmations')).paused) {
    const until = wholeSecond(addMilliseconds(now, pausedFor))
    return { outcome: { status: 'held', at: now, reason: 'confirmations-paused', until } }
  }
  if (confirmation) {
    const rate = (await ports.playbooks.current()).settings.confirmations
    const outcome = await holdConfirmation(ports, request, { to: email.to, rate }, now)
    return outcome && { outcome }
  }
  const wasHeld = standing?.status === 'held'
  const pause = run && pauseOfSequence(await ports.sequences.load(run.sequence), standing, now)
  if (pause?.type === 'skipped')
    return { outcome: { status: 'suppressed', at: now, reason: 'skipped-paused' } }
  if (pause?.type === 'held') return { outcome: { status: 'held', at: now, ...pause.hold }, due: pause.due }
  if (!person) return undefined
  const since = standing?.due ?? requestedAt
  const tooLate = { outcome: { status: 'suppressed', at: now, reason: 'stale' } } as const
  if (isStale(since, now, stale)) return tooLate
  const live = (await ports.playbooks.current()).settings
  const isAwaited = run?.atOnce === true && !isStale(requestedAt, now, freshFor)
  const settings = isAwaited ? {} : live
  const hold = await findHold(
    ports,
    { sendId, askedFor: leadId, wasHeld, isAwaited, ...(run && { run }) },
    person,
    settings,
    now,
  )
  if (!hold) return undefined
  return isStale(since, hold.until, stale) ? tooLate : { outcome: { status: 'held', at: now, ...hold } }
}
