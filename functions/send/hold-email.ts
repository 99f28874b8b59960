import * as z from 'zod/mini'
import { type EmailOutcome, outcomeDecision, type RequestCause } from '../../domain/email/email-outcome.ts'
import { lacksConsent } from '../../domain/email/judge-send.ts'
import { type LeadId, parseLeadId } from '../../domain/model/activity.ts'
import type { EmailRequest, RunStep } from '../../domain/model/email-request.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import type { Settings } from '../../domain/model/settings.ts'
import { afterEarlier, holdBeside, type TakenPlace, withTaken } from '../../domain/sending/earlier-emails.ts'
import {
  cancelledByHand,
  type Hold,
  holdOf,
  isStale,
  pausedFor,
  pauseOfSequence,
  wholeSecond,
  wishedCaps,
} from '../../domain/sending/hold-email.ts'
import { freshFor } from '../../domain/sequence/enter-sequence.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import {
  type Bus,
  type Clock,
  type Leads,
  type Playbooks,
  type SequenceStates,
  type Timers,
  Transient,
} from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { rootLead } from '../root-lead.ts'
import type { CapPlaces, Send, SendingStates, SendLists, Sends } from '../send-ports.ts'
import type { Person } from './address-email.ts'
import { holdConfirmation, type LimitConfirmationsPorts, type Prepared } from './prepare-email.ts'
import { earlierOfRun, recentEmails } from './recent-emails.ts'

interface FindHoldPorts {
  readonly sends: Pick<Sends, 'load' | 'list' | 'formerSince'>
  readonly places: CapPlaces
  readonly sendingStates: Pick<SendingStates, 'load'>
}

/** The email that is asked about. */
interface HoldQuestion {
  readonly now: string
  readonly sendId: string
  /** Whom it was asked for. */
  readonly askedFor: LeadId
  readonly run?: RunStep
  /** It was held before: others of its run may have been, too. */
  readonly wasHeld: boolean
  /** The person has just asked for it: how often they want to hear from us does not count. */
  readonly isAwaited?: boolean
}

/** Emails to one person that are decided about at the same moment. */
const tries = 10

/** What holds it for itself says why; both have to be over. */
const together = (own: Hold | undefined, order: Hold | undefined): Hold | undefined =>
  own && order ? { ...own, until: own.until > order.until ? own.until : order.until } : (own ?? order)

/**
 * Whether a marketing email has to wait at `now`. Where it has not, it has taken its place among those to its person: of
 * two emails that are decided about at once, the second sees the first.
 * @throws Conflict when others took places all the while.
 */
const findHold = async (
  ports: FindHoldPorts,
  { now, sendId, askedFor, run, wasHeld, isAwaited = false }: HoldQuestion,
  { leadId, leadIds, timeZone, frequency, pausedUntil }: Person,
  { sending, caps: given = [] }: Pick<Settings, 'sending' | 'caps'>,
): Promise<Hold | undefined> => {
  const { paused } = await ports.sendingStates.load()
  if (paused) return { reason: 'paused', until: wholeSecond(addMilliseconds(now, pausedFor)) }
  if (pausedUntil !== undefined) return { reason: 'wish', until: wholeSecond(pausedUntil) }
  const caps = isAwaited ? [] : wishedCaps(frequency, given)
  const settings = sending ? { sending, caps } : { caps }
  const earlier = async () => (run ? earlierOfRun(ports.sends, askedFor, run) : [])
  const place = { sendId, at: now }
  if (caps.length === 0) {
    const hold = holdOf(now, settings, timeZone, [])
    const wait = hold || wasHeld ? together(hold, afterEarlier(run, await earlier(), now)) : undefined
    if (!wait) await takePlace(ports, leadId, place)
    return wait
  }
  const window = Math.max(...caps.map(({ per }) => per))
  return retryConflicts(
    async () => {
      const [{ ledger, places, emails }, ofRun] = await Promise.all([
        recentEmails(ports, { leadIds, window, now }),
        earlier(),
      ])
      const hold = holdBeside(now, settings, timeZone, { emails, places, self: sendId })
      const wait = together(hold, afterEarlier(run, ofRun, now))
      if (wait) return wait
      await ports.places.commit(leadId, ledger.version, withTaken(ledger, place))
      return undefined
    },
    { tries },
  )
}

/** Takes a place whatever others are taken. @throws Conflict when others took places all the while. */
const takePlace = (
  { places }: Pick<FindHoldPorts, 'places'>,
  leadId: LeadId,
  place: TakenPlace,
): Promise<void> =>
  retryConflicts(
    async () => {
      const ledger = await places.load(leadId)
      await places.commit(leadId, ledger.version, withTaken(ledger, place))
    },
    { tries },
  )

export interface HoldEmailPorts extends FindHoldPorts, LimitConfirmationsPorts {
  readonly sends: FindHoldPorts['sends']
  readonly playbooks: Pick<Playbooks, 'current'>
  readonly sequences: Pick<SequenceStates, 'load'>
}

/** An email that is asked for, and how it stands at `now`. */
export interface Attempt {
  readonly request: EmailRequest
  readonly requestedAt: string
  /** Undefined where nobody has attempted it before. */
  readonly current: Send | undefined
  readonly now: string
}

interface HeldBack {
  readonly outcome: Exclude<EmailOutcome, { status: 'sent' }>
  /** Kept from then on: when it would have gone out, had its sequence not been paused. */
  readonly due?: string
}

/** The email that asks for a confirmation waits while all of them are stopped, and is not sent beyond their limits. */
const holdDoubleOptIn = async (
  ports: HoldEmailPorts,
  { request, now }: Attempt,
  to: string,
): Promise<HeldBack | undefined> => {
  if ((await ports.sendingStates.load('confirmations')).paused) {
    const until = wholeSecond(addMilliseconds(now, pausedFor))
    return { outcome: { status: 'held', at: now, reason: 'confirmations-paused', until } }
  }
  const rate = (await ports.playbooks.current()).settings.confirmations
  const outcome = await holdConfirmation(ports, request, { to, rate }, now)
  return outcome && { outcome }
}

/** Why an email does not go out now although its lead may have it. */
export const holdEmail = async (
  ports: HoldEmailPorts,
  attempt: Attempt,
  { person, stale, email }: Prepared,
): Promise<HeldBack | undefined> => {
  const { request, requestedAt, current, now } = attempt
  const { sendId, leadId, run, recipient, confirmation } = request
  if (recipient !== 'lead') return undefined
  if (confirmation) return holdDoubleOptIn(ports, attempt, email.to)
  const wasHeld = current?.status === 'held'
  const steering = run && (await ports.sequences.load(run.sequence))
  if (steering?.canceled) return { outcome: { status: 'suppressed', at: now, reason: 'canceled' } }
  const pause = steering && pauseOfSequence(steering, current, now)
  if (pause?.type === 'skipped')
    return { outcome: { status: 'suppressed', at: now, reason: 'skipped-paused' } }
  if (pause?.type === 'held') return { outcome: { status: 'held', at: now, ...pause.hold }, due: pause.due }
  if (!person) return undefined
  const since = current?.due ?? requestedAt
  const tooLate = { outcome: { status: 'suppressed', at: now, reason: 'stale' } } as const
  if (isStale(since, now, stale)) return tooLate
  const live = (await ports.playbooks.current()).settings
  const isAwaited = run?.atOnce === true && !isStale(requestedAt, now, freshFor)
  const settings = isAwaited ? {} : live
  const question = { now, sendId, askedFor: leadId, wasHeld, isAwaited, ...(run && { run }) }
  const hold = await findHold(ports, question, person, settings)
  // What was asked for one of the person's other leads stays noted there, should that be set apart again.
  if (!hold && person.leadId !== leadId) await takePlace(ports, leadId, { sendId, at: now })
  if (!hold) return undefined
  return isStale(since, hold.until, stale) ? tooLate : { outcome: { status: 'held', at: now, ...hold } }
}

export interface SetTimerPorts {
  readonly timers: Timers
  readonly clock: Clock
}

/** Time for the call that sets a timer: Scheduler promises nothing for times that have passed. */
const leadTime = 5_000

/**
 * Has an email looked at again at `until` (a whole second, RFC 3339 UTC), or in a moment where that is over. Safe to repeat.
 * @param of what ends then: the wait of a held email, or the lease of somebody's claim.
 */
export const setTimer = async (
  { timers, clock }: SetTimerPorts,
  { leadId, sendId }: Pick<EmailRequest, 'leadId' | 'sendId'>,
  of: 'held' | 'claim',
  until: string,
): Promise<void> => {
  const soonest = addMilliseconds(clock(), leadTime)
  const at = until < soonest ? soonest : until
  await timers.set(`${sendId}:${of}:${until}`, at, { type: 'wake', leadId, sendId, until })
}

/** The timer of a held email, or of one that somebody had claimed. */
export interface EmailTimer {
  readonly leadId: LeadId
  readonly sendId: string
  /** Until when it was held, or its claim's lease ran. */
  readonly until: string
  /** Somebody let it go on before that. */
  readonly early?: true
}

interface RetryEmailPorts {
  readonly sends: Pick<Sends, 'load'>
  readonly clock: Clock
  readonly sendEmail: (request: EmailRequest, cause: RequestCause, heldUntil?: string) => Promise<void>
}

/**
 * The time of an email has come: a held one is judged again, one whose sender died is taken up. What has come of it already is told
 * once more, and timed where it is held until another time: this message may have come to that, to a function that died then.
 * One that is gone is left alone.
 * @throws Transient when the timer is early.
 */
export const makeRetryEmail =
  ({ sends, clock, sendEmail }: RetryEmailPorts) =>
  async ({ leadId, sendId, until, early }: EmailTimer): Promise<void> => {
    const send = await sends.load(leadId, sendId)
    if (!send) return
    const isMeant = send.status === 'held' && send.until === until
    if (isMeant && early) return sendEmail(send.request, send.cause, until)
    if (isMeant && clock() < until) throw new Transient(`${sendId} is held until ${until}`)
    await sendEmail(send.request, send.cause)
  }

/** Everything that is held for one reason is looked at now: somebody let it go on. */
export const heldTimerSchema = z.object({
  type: z.literal('wake-held'),
  /** Names the resumption. */
  id: z.string(),
  reason: z.enum(['paused', 'confirmations-paused', 'sequence-paused']),
  /** Absent: whatever sequence. */
  sequence: z.optional(z.string()),
  cursor: z.optional(z.string()),
  /** Lists lag behind: gone through a second time, this is. */
  second: z.optional(z.boolean()),
})

export type HeldTimer = z.infer<typeof heldTimerSchema>

interface RetryHeldPorts {
  readonly sendLists: Pick<SendLists, 'held'>
  readonly timers: Timers
  /** Puts a message on the queue of the sender. */
  readonly enqueueSend: (message: JsonObject) => Promise<void>
  readonly clock: Clock
}

const pageSize = 50
/** Milliseconds after which lists surely show what was written before. */
const listsLag = 60_000

/**
 * Hands on one page of held emails, each as a message of its own, and then the next page; a minute after the last one all
 * is gone through once more. Safe to repeat: an email that is not held any more is left alone.
 */
export const makeRetryHeld =
  ({ sendLists, timers, enqueueSend, clock }: RetryHeldPorts) =>
  async ({ type, id, reason, sequence, cursor, second = false }: HeldTimer): Promise<void> => {
    const held = await sendLists.held({
      limit: pageSize,
      ...(sequence !== undefined && { sequence }),
      ...(cursor !== undefined && { cursor }),
    })
    const meant = held.items.filter((send) => send.reason === reason)
    await Promise.all(
      meant.map(({ leadId, sendId, until = '' }) =>
        enqueueSend({ type: 'wake', leadId, sendId, until, early: true }),
      ),
    )
    const message = { type, id, reason, ...(sequence !== undefined && { sequence }) }
    if (held.next !== undefined) await enqueueSend({ ...message, cursor: held.next, second })
    else if (!second)
      await timers.set(`wake-held:${id}`, addMilliseconds(clock(), listsLag), { ...message, second: true })
  }

interface ResumeEmailsPorts {
  readonly sends: Pick<Sends, 'list'>
  readonly leads: Pick<Leads, 'load'>
  readonly clock: Clock
  readonly sendEmail: (request: EmailRequest, cause: RequestCause) => Promise<void>
}

/** Consent that comes later than this does not bring back what lacked it: the email would be old news. */
const waitsForConsent = 24 * 3_600_000

/**
 * A lead consented: what was held back for want of it in the last day, for whichever lead that is part of the person, is
 * sent, so that it does not matter which of two facts came first. What this consent has brought back already is gone on with: the
 * function that took it up may have died before it had sent, told or timed it.
 */
export const makeResumeEmails =
  ({ sends, leads, clock, sendEmail }: ResumeEmailsPorts) =>
  async (leadId: LeadId, cause: RequestCause): Promise<void> => {
    const since = addMilliseconds(clock(), -waitsForConsent)
    const [own, person] = await Promise.all([sends.list(leadId), rootLead(leads, leadId)])
    const others = person ? [person.leadId, ...(person.members ?? [])].filter((one) => one !== leadId) : []
    const theirs = await Promise.all(others.map((one) => sends.list(one)))
    for (const send of [...own, ...theirs.flat()]) {
      const isMeant = lacksConsent(send)
        ? send.claimedAt >= since
        : send.cause.decisionId === cause.decisionId
      if (isMeant) await sendEmail(send.request, cause)
    }
  }

export interface CancelEmailPorts {
  readonly sends: Pick<Sends, 'cancel'>
  readonly bus: Pick<Bus, 'publish'>
  readonly clock: Clock
}

type Cancelled =
  | { readonly type: 'cancelled'; readonly send: Send }
  | { readonly type: 'not-held'; readonly send: Send }
  | { readonly type: 'unknown-email' }

/**
 * Takes a held email back. Doing so again gives the same answer; should the bus not be told, the email's timer tells it.
 * @param sendId begins with the lead's id.
 */
export const makeCancelEmail =
  ({ sends, bus, clock }: CancelEmailPorts) =>
  async (sendId: string): Promise<Cancelled> => {
    const leadId = parseLeadId(sendId.split(':', 1)[0])
    const send = leadId && (await sends.cancel(leadId, sendId, clock()))
    if (!send) return { type: 'unknown-email' }
    if (send.status !== 'suppressed' || send.reason !== cancelledByHand) return { type: 'not-held', send }
    const outcome = { status: 'suppressed', at: send.at ?? clock(), reason: cancelledByHand } as const
    await bus.publish([outcomeDecision(send.request, outcome, send.cause)])
    return { type: 'cancelled', send }
  }
