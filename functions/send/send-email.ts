import {
  type EmailOutcome,
  failedEmail,
  type HoldReason,
  holdReasons,
  outcomeDecision,
  type RequestCause,
} from '../../domain/email/email-outcome.ts'
import { lacksConsent } from '../../domain/email/judge-send.ts'
import type { EmailRequest } from '../../domain/model/email-request.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import {
  type Family,
  isAlone,
  isFree,
  isLapsed,
  sharedName,
  turnOf,
  withTaken,
} from '../../domain/sending/earlier-emails.ts'
import { holdTurnedAway, type TurnedAway, wholeSecond } from '../../domain/sending/hold-email.ts'
import { emailsOfSequence } from '../../domain/sequence/run.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import {
  emailFailedMessage,
  emailHeldMessage,
  emailTurnedAwayMessage,
  sentAgainMessage,
} from '../event-names.ts'
import { type Bus, type Leads, type Playbooks, type Runs, Transient } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { rootLead } from '../root-lead.ts'
import { type CapPlaces, type Mailer, type Send, type Sends, Throttled } from '../send-ports.ts'
import { type Attempt, type HoldEmailPorts, holdEmail, type SetTimerPorts, setTimer } from './hold-email.ts'
import { type Prepared, type PrepareEmailPorts, prepareEmail } from './prepare-email.ts'
import { readTogether } from './read-together.ts'

interface TakeTurnPorts {
  readonly sends: Pick<Sends, 'list'>
  readonly runs: Pick<Runs, 'load'>
  readonly places: CapPlaces
}

/** Leads of one person whose emails are decided about at the same moment. */
const tries = 10

/**
 * Sees to it that a person who was several leads gets an email of a sequence once. Where this one may go, it has taken its
 * place: of two that are decided about at once, the second sees the first.
 * @returns what becomes of it instead.
 * @throws Conflict when others took places all the while.
 */
const takeTurn = async (
  ports: TakeTurnPorts,
  { request, requestedAt, current, now }: Attempt,
  { family }: { readonly family?: Family | undefined },
): Promise<(EmailOutcome & { status: 'exited' | 'held' }) | undefined> => {
  const { run, sendId } = request
  if (!family || !run) return undefined
  const asked = { ...request, requestedAt, lapsed: current !== undefined && isLapsed(current, now) }
  const { root, leadIds } = family
  return retryConflicts(
    async () => {
      const [ledger, lists, runs] = await Promise.all([
        ports.places.load(root),
        Promise.all(leadIds.map((id) => ports.sends.list(id, emailsOfSequence(id, run.sequence)))),
        Promise.all(leadIds.map((id) => ports.runs.load(id, run.sequence))),
      ])
      const { version, places } = ledger
      const mail = { emails: lists.flat(), runs: runs.flatMap((one) => one ?? []), places }
      if (isAlone(asked, family, mail)) return undefined
      const turn = turnOf(asked, family, mail, now)
      switch (turn.type) {
        case 'exited':
          return { status: 'exited', at: now, reason: turn.reason }
        case 'waits':
          return { status: 'held', at: now, ...turn.hold }
        case 'goes': {
          const own = { sendId, at: now, kind: 'person', shared: sharedName(request) } as const
          await ports.places.commit(root, version, withTaken(ledger, own))
          return undefined
        }
        default:
          return turn satisfies never
      }
    },
    { tries },
  )
}

/**
 * Senders that may die over one email, one lease after the other, before it is left in its queue: that gives it up in the
 * end, and somebody hears of it.
 */
const mostLapses = 10

/**
 * Somebody else's claim on an email: it is looked at again when the lease ends, whatever has come of it by then. Deliveries
 * of the message are for other failures: a crash must not use them up by waiting.
 * @throws Transient when one sender after the other has died over this email.
 */
const awaitClaim = async (
  ports: SetTimerPorts,
  request: EmailRequest,
  { leaseUntil, lapses }: Claimed,
): Promise<void> => {
  if (lapses >= mostLapses) throw new Transient(`send ${request.sendId} is claimed until ${leaseUntil}`)
  await setTimer(ports, request, 'claim', wholeSecond(leaseUntil))
}

/** Somebody is at it, or died over it: what came of it is not known before the claim's lease ends. */
interface Claimed {
  readonly status: 'claimed'
  readonly leaseUntil: string
  /** How many leases ran out before this one. */
  readonly lapses: number
}

const holdReasonOf = (text: string | undefined): HoldReason =>
  holdReasons.find((reason) => reason === text) ?? 'window'

/** What stands of a send that came to an outcome earlier: told again, in case its sender died before it could. */
const outcomeOf = (send: Send): EmailOutcome | Claimed => {
  const at = send.at ?? send.claimedAt
  switch (send.status) {
    case 'claimed':
      return { status: 'claimed', leaseUntil: send.leaseUntil, lapses: send.lapses ?? 0 }
    case 'held':
      return { status: 'held', at, reason: holdReasonOf(send.reason), until: send.until ?? at }
    case 'sent':
      return {
        status: 'sent',
        at,
        ...(send.messageId !== undefined && { messageId: send.messageId }),
        ...(send.language !== undefined && { language: send.language }),
        ...(send.consent && { consent: send.consent }),
      }
    case 'suppressed':
    case 'failed':
    case 'exited':
      return { status: send.status, at, reason: send.reason ?? send.status }
    default:
      return send.status satisfies never
  }
}

interface PublishOutcomePorts extends SetTimerPorts {
  readonly bus: Bus
  /** Writes a line that a metric counts; what goes with it names nobody. */
  readonly warn: (message: string, about: JsonObject) => void
}

/** What somebody has to mend before the email can go out. */
const turnedAway: ReadonlySet<string> = new Set<TurnedAway>([
  'sender-not-verified',
  'recipient-not-verified',
  'sending-disabled',
])

/** Tells the bus what became of an email, and sees to it that a held one is looked at again. Safe to repeat. */
const publishOutcome = async (
  ports: PublishOutcomePorts,
  request: EmailRequest,
  outcome: EmailOutcome,
  cause: RequestCause,
): Promise<void> => {
  const { bus, warn } = ports
  const { sendId, email } = request
  if (outcome.status === 'held') {
    const line = turnedAway.has(outcome.reason) ? emailTurnedAwayMessage : emailHeldMessage
    warn(line, { sendId, email, reason: outcome.reason })
    await setTimer(ports, request, 'held', outcome.until)
  }
  if (outcome.status === 'failed')
    warn(emailFailedMessage, { sendId, email, reason: outcome.reason.split(':', 1)[0] ?? '' })
  await bus.publish([outcomeDecision(request, outcome, cause)])
  if (outcome.status === 'failed' && request.recipient === 'lead')
    await bus.submit([failedEmail(request, outcome.at, outcome.reason)])
}

export interface SendEmailPorts extends PrepareEmailPorts, PublishOutcomePorts, HoldEmailPorts {
  readonly leads: PrepareEmailPorts['leads'] & Pick<Leads, 'noteLack'>
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
    const reading = readTogether(ports, request, now)
    const current = await ports.sends.load(request.leadId, request.sendId)
    const isTaken = current !== undefined && !isFree(current, now, heldUntil)
    const outcome = isTaken
      ? outcomeOf(current)
      : await attempt(reading, { request, current, now }, cause, heldUntil)
    if (lacksConsent(outcome) && !isTaken && !(await awaitConsent(ports, reading, request)))
      return sendEmail(request, cause, heldUntil)
    if (outcome.status === 'claimed') await awaitClaim(ports, request, outcome)
    else await publishOutcome(ports, request, outcome, cause)
  }
  return sendEmail
}

/**
 * From now on the sender is told when the person consents. Where that may have happened while the email was judged, nobody
 * was, or the message about it did not find the email there yet.
 */
const awaitConsent = async (
  { leads }: SendEmailPorts,
  seen: SendEmailPorts,
  { leadId }: EmailRequest,
): Promise<boolean> => {
  const lead = await rootLead(seen.leads, leadId)
  return lead === undefined || leads.noteLack(lead)
}

const attempt = async (
  ports: SendEmailPorts,
  { request, current, now }: Omit<Attempt, 'requestedAt'>,
  cause: RequestCause,
  heldUntil: string | undefined,
): Promise<EmailOutcome | Claimed> => {
  const { leadId, sendId, email } = request
  const timeHasPassed = current !== undefined && (current.status === 'held' || isLapsed(current, now))
  const prepared = await prepareEmail(ports, request, timeHasPassed, now)
  const asked: Asked = {
    sendId,
    leadId,
    email,
    request,
    cause,
    requestedAt: current?.requestedAt ?? now,
    marketing: prepared.type === 'prepared' && prepared.person !== undefined,
    claimedAt: now,
    leaseUntil: addMilliseconds(now, lease),
    ...lapsesSince(current, now),
    ...(current?.due !== undefined && { due: current.due }),
  }
  const claim = async (outcome: Pick<Send, 'status'> & Partial<Send>) => {
    const other = await ports.sends.claim({ ...asked, ...outcome }, now, heldUntil)
    return other && outcomeOf(other)
  }
  const subject = prepared.type === 'prepared' ? { subject: prepared.email.subject } : {}
  const settleAtOnce = async (outcome: Exclude<EmailOutcome, { status: 'sent' }>, due = asked.due) =>
    (await claim({ ...outcome, ...subject, ...(due !== undefined && { due }) })) ?? outcome

  if (prepared.type === 'over') return settleAtOnce(prepared.outcome)
  const attempted = { request, requestedAt: asked.requestedAt, current, now }
  const turn = await takeTurn(ports, attempted, prepared)
  if (turn) return settleAtOnce(turn)
  const back = await holdEmail(ports, attempted, prepared)
  if (back) return settleAtOnce(back.outcome, back.due)
  // With what allows it: should this sender die, SES tells that it went out, and not why it might.
  const lost = await claim({ status: 'claimed', ...subject, ...prepared.sentAs })
  return lost ?? mail(ports, asked, prepared, settleAtOnce)
}

/** What is taken up from a claim that was not given back: its sender died. */
const lapsesSince = (current: Send | undefined, now: string): Pick<Send, 'lapses'> => {
  const lapses = (current?.lapses ?? 0) + (current && isLapsed(current, now) ? 1 : 0)
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
