import type { EmailOutcome, RequestCause } from '../../domain/email/email-outcome.ts'
import type { EmailRequest } from '../../domain/email/email-request.ts'
import { lackingConsent } from '../../domain/email/judge-send.ts'
import { holdTurnedAway, wholeSecond } from '../../domain/sending/hold-email.ts'
import { isFree, isLapsed } from '../../domain/sending/is-free.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import { sentAgainMessage } from '../event-names.ts'
import { type Playbooks, Transient } from '../ports.ts'
import { type Mailer, type Send, type Sends, Throttled } from '../send-ports.ts'
import { awaitClaim } from './await-claim.ts'
import { type HoldEmailPorts, holdEmail } from './hold-email.ts'
import { type Prepared, type PrepareEmailPorts, prepareEmail } from './prepare-email.ts'
import { readTogether } from './read-together.ts'
import { type Claimed, outcomeOf } from './send-outcome.ts'
import { takeTurn } from './take-turn.ts'
import { type TellOutcomePorts, tellOutcome } from './tell-outcome.ts'

export interface SendEmailPorts extends PrepareEmailPorts, TellOutcomePorts, HoldEmailPorts {
  readonly leads: PrepareEmailPorts['leads']
  readonly sends: Sends
  readonly playbooks: Playbooks
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
 * What somebody else has claimed is looked at again when their lease ends.
 * @param heldUntil given to take up one that is held until then before that time.
 * @throws Transient when it has to come again: throttled, not permitted, or claimed again and again to no end.
 */
export const makeSendEmail = (ports: SendEmailPorts) => {
  const sendEmail = async (request: EmailRequest, cause: RequestCause, heldUntil?: string): Promise<void> => {
    const now = ports.clock()
    const reading = readTogether(ports, request)
    const standing = await ports.sends.load(request.leadId, request.sendId)
    const isTaken = standing !== undefined && !isFree(standing, now, heldUntil)
    const outcome = isTaken
      ? outcomeOf(standing)
      : await attempt(reading, request, cause, standing, now, heldUntil)
    if (lacksConsent(outcome) && !isTaken && (await hasChanged(ports, reading, request)))
      return sendEmail(request, cause, heldUntil)
    if (outcome.status === 'claimed') await awaitClaim(ports, request, outcome)
    else await tellOutcome(ports, request, outcome, cause)
  }
  return sendEmail
}

const lacksConsent = (outcome: EmailOutcome | Claimed): boolean =>
  outcome.status === 'suppressed' && outcome.reason === lackingConsent

/** Consent may have come while the email was judged: whoever was told of it did not find the email there yet. */
const hasChanged = async (
  { leads }: SendEmailPorts,
  seen: SendEmailPorts,
  { leadId }: EmailRequest,
): Promise<boolean> => (await leads.load(leadId))?.version !== (await seen.leads.load(leadId))?.version

const attempt = async (
  ports: SendEmailPorts,
  request: EmailRequest,
  cause: RequestCause,
  standing: Send | undefined,
  now: string,
  heldUntil: string | undefined,
): Promise<EmailOutcome | Claimed> => {
  const { leadId, sendId, email } = request
  const timeHasPassed = standing !== undefined && (standing.status === 'held' || isLapsed(standing, now))
  const prepared = await prepareEmail(ports, request, timeHasPassed, now)
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
    ...lapsesSince(standing, now),
    ...(standing?.due !== undefined && { due: standing.due }),
  }
  const claim = async (outcome: Pick<Send, 'status'> & Partial<Send>) => {
    const other = await ports.sends.claim({ ...asked, ...outcome }, now, heldUntil)
    return other && outcomeOf(other)
  }
  const subject = prepared.type === 'prepared' ? { subject: prepared.email.subject } : {}
  const settleAtOnce = async (outcome: Exclude<EmailOutcome, { status: 'sent' }>, due = asked.due) =>
    (await claim({ ...outcome, ...subject, ...(due !== undefined && { due }) })) ?? outcome

  if (prepared.type === 'over') return settleAtOnce(prepared.outcome)
  const turn = await takeTurn(ports, request, asked.requestedAt, standing, prepared, now)
  if (turn) return settleAtOnce(turn)
  const back = await holdEmail(ports, request, asked.requestedAt, standing, prepared, now)
  if (back) return settleAtOnce(back.outcome, back.due)
  const lost = await claim({ status: 'claimed', ...subject })
  return lost ?? mail(ports, asked, prepared, settleAtOnce)
}

/** What is taken up from a claim that was not given back: its sender died. */
const lapsesSince = (standing: Send | undefined, now: string): Pick<Send, 'lapses'> => {
  const lapses = (standing?.lapses ?? 0) + (standing && isLapsed(standing, now) ? 1 : 0)
  return lapses > 0 ? { lapses } : {}
}

/**
 * Offers it to SES. What SES has throttled for a while is put aside, where the queue would give it up; what it turns away
 * for the sender's sake waits until that is mended; whatever else keeps it from being taken (a missing permission) ends in
 * the dead letters, so that somebody hears of it.
 */
const mail = async (
  ports: SendEmailPorts,
  { leadId, sendId, requestedAt, lapses }: Asked,
  { email, sentAs }: Prepared,
  settleAtOnce: (outcome: EmailOutcome & { status: 'held' }) => Promise<EmailOutcome | Claimed>,
): Promise<EmailOutcome | Claimed> => {
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
  if (answer.type === 'turned-away') {
    const hold = holdTurnedAway(answer.reason, requestedAt, at)
    if (hold) {
      await ports.sends.release(leadId, sendId)
      return settleAtOnce({ status: 'held', at, ...hold })
    }
  }
  if (answer.type === 'accepted' && lapses !== undefined) ports.warn(sentAgainMessage, { sendId })
  const outcome: Settled =
    answer.type === 'accepted'
      ? { status: 'sent', at, messageId: answer.messageId, ...sentAs }
      : {
          status: 'failed',
          at,
          reason: answer.type === 'rejected' ? `rejected: ${answer.reason}` : answer.reason,
        }
  await ports.sends.settle(leadId, sendId, outcome)
  return outcome
}
