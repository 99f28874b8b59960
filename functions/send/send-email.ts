import type { EmailOutcome, RequestCause } from '../../domain/email/email-outcome.ts'
import type { EmailRequest } from '../../domain/email/email-request.ts'
import { isStale, wholeSecond } from '../../domain/sending/hold-email.ts'
import { isFree } from '../../domain/sending/is-free.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import { Transient } from '../ports.ts'
import { type Mailer, type Send, type Sends, Throttled } from '../send-ports.ts'
import { type FindHoldPorts, findHold } from './find-hold.ts'
import { type Prepared, type PrepareEmailPorts, prepareEmail } from './prepare-email.ts'
import { outcomeOf } from './send-outcome.ts'
import { type TellOutcomePorts, tellOutcome } from './tell-outcome.ts'

export interface SendEmailPorts extends PrepareEmailPorts, TellOutcomePorts, FindHoldPorts {
  readonly sends: Sends
  readonly mailer: Mailer
}

const minute = 60_000
/** Longer than any call to SES, and than the SES event that would settle a claim whose sender died. */
const lease = 15 * minute
/** A message comes again every three minutes and ten times; before that is over, what SES does not take is put aside. */
const patience = 20 * minute
/** How long it is put aside. */
const putAside = 15 * minute

type Settled = Exclude<EmailOutcome, { status: 'held' }>
/** What a send has whatever becomes of it. */
type Asked = Omit<Send, 'status'>

/**
 * Sends an email once (DESIGN section 3): look at the lead and write it, claim, send, settle, tell. It is written before it
 * is claimed, so that a sender that dies leaves a claim only if it may have come to SES.
 * @throws Transient when it has to come again: throttled, or claimed by somebody whose outcome is not known yet.
 */
export const makeSendEmail =
  (ports: SendEmailPorts) =>
  async (request: EmailRequest, cause: RequestCause): Promise<void> => {
    const now = ports.clock()
    const standing = await ports.sends.load(request.leadId, request.sendId)
    const isTaken = standing !== undefined && !isFree(standing, now)
    const outcome = isTaken ? outcomeOf(standing) : await attempt(ports, request, cause, standing, now)
    await tellOutcome(ports, request, outcome, cause)
  }

const attempt = async (
  ports: SendEmailPorts,
  request: EmailRequest,
  cause: RequestCause,
  standing: Send | undefined,
  now: string,
): Promise<EmailOutcome> => {
  const { leadId, sendId, email } = request
  const prepared = await prepareEmail(ports, request, standing?.status === 'held', now)
  const asked: Asked = {
    sendId,
    leadId,
    email,
    request,
    cause,
    requestedAt: standing?.requestedAt ?? now,
    marketing: prepared.type === 'prepared' && prepared.person !== undefined,
    claimedAt: now,
    leaseUntil: addMilliseconds(now, lease),
  }
  const claim = async (outcome: Pick<Send, 'status'> & Partial<Send>): Promise<EmailOutcome | undefined> => {
    const other = await ports.sends.claim({ ...asked, ...outcome }, now)
    return other && outcomeOf(other)
  }
  const subject = prepared.type === 'prepared' ? { subject: prepared.email.subject } : {}
  const settleAtOnce = async (outcome: Exclude<EmailOutcome, { status: 'sent' }>) =>
    (await claim({ ...outcome, ...subject })) ?? outcome

  if (prepared.type === 'over') return settleAtOnce(prepared.outcome)
  const held = await heldOutcome(ports, asked, prepared, now)
  if (held) return settleAtOnce(held)
  const lost = await claim({ status: 'claimed', ...subject })
  return lost ?? mail(ports, asked, prepared, settleAtOnce)
}

/** Why an email does not go out now although its lead may have it. */
const heldOutcome = async (
  ports: SendEmailPorts,
  { sendId, requestedAt }: Asked,
  { person, stale }: Prepared,
  now: string,
): Promise<Exclude<EmailOutcome, { status: 'sent' }> | undefined> => {
  if (!person) return undefined
  const tooLate = { status: 'suppressed', at: now, reason: 'stale' } as const
  if (isStale(requestedAt, now, stale)) return tooLate
  const { settings } = await ports.playbooks.current()
  const hold = await findHold(ports, sendId, person, settings, now)
  if (!hold) return undefined
  return isStale(requestedAt, hold.until, stale) ? tooLate : { status: 'held', at: now, ...hold }
}

/**
 * Offers it to SES. What SES has throttled for a while is put aside, where the queue would give it up; whatever else keeps
 * it from being taken (a missing permission) ends in the dead letters, so that somebody hears of it.
 */
const mail = async (
  ports: SendEmailPorts,
  { leadId, sendId, requestedAt }: Asked,
  { email, sentAs }: Prepared,
  settleAtOnce: (outcome: EmailOutcome & { status: 'held' }) => Promise<EmailOutcome>,
): Promise<EmailOutcome> => {
  const answer = await ports.mailer.send(email).catch((error: unknown) => {
    // Only a Transient says that SES has certainly not sent: after anything else the claim stands until its lease ends.
    if (error instanceof Transient) return error
    throw error
  })
  const at = ports.clock()
  if (answer instanceof Transient) {
    await ports.sends.release(leadId, sendId).catch(() => undefined)
    const mayWait = answer instanceof Throttled && at >= addMilliseconds(requestedAt, patience)
    if (!mayWait) throw answer
    const until = wholeSecond(addMilliseconds(at, putAside))
    return settleAtOnce({ status: 'held', at, reason: 'throttled', until })
  }
  const outcome: Settled =
    answer.type === 'accepted'
      ? { status: 'sent', at, messageId: answer.messageId, ...sentAs }
      : { status: 'failed', at, reason: `rejected: ${answer.reason}` }
  await ports.sends.settle(leadId, sendId, outcome)
  return outcome
}
