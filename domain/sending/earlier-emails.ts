import { lackingConsent } from '../email/judge-send.ts'
import type { LeadId } from '../model/activity.ts'
import type { EmailRequest, RunStep } from '../model/email-request.ts'
import { emailOfVariant } from '../model/playbook.ts'
import type { Sequence } from '../model/sequence.ts'
import { isOpen, isRecycle, type Run } from '../sequence/run.ts'
import { usesOf } from '../step/step-kinds.ts'
import { addMilliseconds } from '../time/local-time.ts'
import { type Hold, holdOf, wholeSecond } from './hold-email.ts'

/** What caps have to know of an email to one person, asked for or gone out. */
export interface CountedEmail {
  readonly sendId: string
  readonly status: 'claimed' | 'held' | 'sent' | 'suppressed' | 'failed' | 'exited'
  readonly marketing?: boolean
  readonly claimedAt: string
  readonly leaseUntil: string
  /** When it was settled. */
  readonly at?: string
}

/** Whether some limit may count it: marketing mail, and what asks for a confirmation. */
export const isLimited = ({
  marketing,
  request,
}: Pick<CountedEmail, 'marketing'> & { readonly request: Pick<EmailRequest, 'confirmation'> }): boolean =>
  marketing === true || request.confirmation !== undefined

/** How long after it was claimed an email is settled at the latest, in ms: reports of SES may be late. */
const settledWithin = 24 * 3_600_000

/** From when on emails were claimed that may have gone out in the last `window` milliseconds. */
export const claimedSince = (now: string, window: number): string =>
  addMilliseconds(now, -window - settledWithin)

/**
 * A place under the caps that somebody took for an email about to be claimed. It is kept for as long as caps look back, as
 * the note of when that was.
 */
export interface TakenPlace {
  readonly sendId: string
  readonly at: string
  /** Absent: marketing mail. `person`: of an email that several leads of one person were to get. */
  readonly kind?: 'confirmation' | 'person'
  /** The email of such a place, whichever lead it is asked for under. */
  readonly shared?: string
}

/** The places of one lead. */
export interface Ledger {
  /** 0: nobody has taken one yet. */
  readonly version: number
  readonly places: readonly TakenPlace[]
  /** Every limited email that was claimed since then has a place here. Absent: earlier releases may have claimed some. */
  readonly since?: string
}

/** How long places are kept, in ms. Caps that look further back have all emails of a lead read. */
const kept = 35 * 24 * 3_600_000

/** The ledger with one more place; what nobody looks back to any more goes. */
export const withTaken = (
  ledger: Omit<Ledger, 'version'>,
  place: TakenPlace,
): Required<Omit<Ledger, 'version'>> => {
  const { places, since = place.at } = ledger
  const from = addMilliseconds(place.at, -kept)
  const isKept = (one: TakenPlace): boolean =>
    (one.sendId !== place.sendId || one.kind !== place.kind) &&
    (one.kind === 'person' ? !isOver(one, place.at) : one.at >= from)
  const isCut = places.some(({ at, kind }) => kind !== 'person' && at < from)
  return { places: [...places.filter(isKept), place], since: isCut && since < from ? from : since }
}

/** A sender that took a place has claimed within this time, or died. */
export const placeLasts = 15 * 60_000

const isOver = ({ at }: TakenPlace, now: string): boolean => Date.parse(now) - Date.parse(at) >= placeLasts

/** Those of `places` that may still come to something. */
export const openPlaces = (places: readonly TakenPlace[], now: string): readonly TakenPlace[] =>
  places.filter((place) => !isOver(place, now))

/** Whether nothing is known yet of the email that a place was taken for. */
const isUnheard = (
  { sendId, at }: TakenPlace,
  emails: readonly Pick<CountedEmail, 'sendId' | 'at' | 'claimedAt'>[],
): boolean => !emails.some((email) => email.sendId === sendId && (email.at ?? email.claimedAt) >= at)

/**
 * Open places of which nothing has been heard, but for those of emails that count as `gone`: an email that was asked for twice
 * at once takes its place again while it is on its way, and is one all the same.
 */
export const placesBeside = (
  gone: readonly Pick<CountedEmail, 'sendId'>[],
  places: readonly TakenPlace[],
  emails: readonly Pick<CountedEmail, 'sendId' | 'at' | 'claimedAt'>[],
  now: string,
): readonly TakenPlace[] =>
  openPlaces(places, now).filter(
    (place) => !gone.some(({ sendId }) => sendId === place.sendId) && isUnheard(place, emails),
  )

/**
 * When the marketing emails went out that count against the caps of one person: those sent, those on their way, and those
 * for which a place was taken and of which nothing has been heard since.
 * @param self the email that is asked about: it does not stand in its own way.
 */
export const countedTimes = (
  emails: readonly CountedEmail[],
  places: readonly TakenPlace[],
  self: string,
  now: string,
): readonly string[] => {
  const gone = emails.filter(
    ({ sendId, marketing, status, leaseUntil }) =>
      sendId !== self &&
      marketing === true &&
      (status === 'sent' || (status === 'claimed' && leaseUntil > now)),
  )
  return [
    ...gone.map(({ status, at, claimedAt }) => (status === 'sent' ? (at ?? claimedAt) : claimedAt)),
    ...placesBeside(gone, places, emails, now)
      .filter(({ kind, sendId }) => kind === undefined && sendId !== self)
      .map(({ at }) => at),
  ]
}

/** As far as it says whether somebody may take an email up. */
interface CurrentSend {
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
  { status, leaseUntil, reason, until = '' }: CurrentSend,
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
  }: Pick<CurrentSend, 'status' | 'leaseUntil'> & { readonly claimedAt: string },
  now: string,
): boolean => status === 'claimed' && leaseUntil <= now && leaseUntil > claimedAt

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
  // On its way, mostly for less than a second; its sender may have died.
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

/**
 * Whether a marketing email has to wait at `now`, beside the others to the same person. What is on its way may come to
 * nothing: where it alone leaves no room under the caps, the email is looked at again in a moment, not when that would
 * be out of the window.
 */
export const holdBeside = (
  now: string,
  settings: Parameters<typeof holdOf>[1],
  timeZone: string,
  { emails, places, self }: OtherEmails,
): Hold | undefined => {
  const sent = emails.filter(({ status }) => status === 'sent')
  const hold = holdOf(now, settings, timeZone, countedTimes(sent, [], self, now))
  if (hold || !holdOf(now, settings, timeZone, countedTimes(emails, places, self, now))) return hold
  return { reason: 'cap', until: wholeSecond(addMilliseconds(now, aMoment)) }
}

interface OtherEmails {
  readonly emails: readonly CountedEmail[]
  readonly places: readonly TakenPlace[]
  /** The email that is asked about. */
  readonly self: string
}

/** Why an email of a lead that was merged ends: the person gets it, or has got it, under another of their leads. */
const sentToPerson = 'merged'

/** An email that was asked for under one lead of a person. */
interface FamilyEmail extends CountedEmail {
  readonly leadId: LeadId
  readonly email: string
  readonly requestedAt?: string
  readonly reason?: string
  readonly request: Pick<EmailRequest, 'email' | 'recipient' | 'run'>
}

/** A person of several leads, and how the sequence takes people again. */
export interface Family {
  /** The root lead. */
  readonly root: LeadId
  readonly leadIds: readonly LeadId[]
  readonly sequence: Pick<Sequence, 'reenter' | 'program'>
}

/** What is known of the whole family when one of its emails is about to go out. */
interface FamilyMail {
  readonly emails: readonly FamilyEmail[]
  /** The latest run of each of its leads through the sequence. */
  readonly runs: readonly Run[]
  readonly places: readonly TakenPlace[]
}

/** The email that is asked about; `lapsed`: its sender died, so that it may have gone out already. */
interface RequestedEmail extends Pick<EmailRequest, 'leadId' | 'sendId' | 'email' | 'run'> {
  readonly requestedAt: string
  readonly lapsed: boolean
}

type Turn =
  | { readonly type: 'goes' }
  | { readonly type: 'exited'; readonly reason: typeof sentToPerson }
  | { readonly type: 'waits'; readonly hold: Hold }
/** A claim that nobody has taken up for so long after its lease is waited for no more. */
const forgottenAfter = 3_600_000

/** One lead's way through the sequence. `endedAt` is absent while an email of it, or the way itself, is open. */
interface Pass {
  readonly enteredAt: string
  readonly endedAt?: string
  readonly again: boolean
}

const passOf = (
  runs: readonly Run[],
  runId: string | undefined,
  askedAt: string,
  goneAt: string | undefined,
): Pass => {
  const run = runs.find((one) => one.runId === runId)
  // A later run has taken its place: this one is over.
  if (!run) return { enteredAt: askedAt, again: false, ...(goneAt !== undefined && { endedAt: goneAt }) }
  const { status, enteredAt, leadId, entryId } = run
  const again = isRecycle({ leadId, decisionId: entryId })
  if (goneAt === undefined || isOpen(status)) return { enteredAt, again }
  return { enteredAt, again, endedAt: status.at > goneAt ? status.at : goneAt }
}

/** Whether one lead would have gone through once where two that turned out to be one person both did. */
const isSamePass = ({ reenter }: Family['sequence'], one: Pass, other: Pass): boolean => {
  const [first, later] = one.enteredAt <= other.enteredAt ? [one, other] : [other, one]
  if (first.endedAt === undefined || first.endedAt > later.enteredAt) return true
  if (later.again || reenter === 'always') return false
  return reenter === 'never' || Date.parse(later.enteredAt) - Date.parse(first.enteredAt) < reenter
}

/** A step that sends one variant to one lead of a person and another to the other asks for the same email. */
const isSameEmail = (asked: RequestedEmail, one: FamilyEmail): boolean =>
  one.email === asked.email ||
  (one.request.run?.step === asked.run?.step && emailOfVariant(one.email) === emailOfVariant(asked.email))

const isTwin = (asked: RequestedEmail, one: FamilyEmail, { sequence }: Family): boolean => {
  const { run } = one.request
  if (one.request.recipient !== 'lead' || run?.sequence !== asked.run?.sequence) return false
  if (one.leadId === asked.leadId || !isSameEmail(asked, one)) return false
  const steps = sequence.program.filter((step) => usesOf(step).emails?.includes(asked.email))
  return steps.length < 2 || run?.step === asked.run?.step
}

/** Nothing came of it, and that says nothing of whether the person is to get this email. */
const isVoid = ({ status, reason }: FamilyEmail): boolean =>
  (status === 'exited' && reason === sentToPerson) ||
  (status === 'suppressed' && (reason === lackingConsent || reason === 'no-address'))

/** Whether none of the person's other leads was in the sequence or is to get the email. */
export const isAlone = (
  asked: RequestedEmail,
  family: Family,
  { emails, runs }: Pick<FamilyMail, 'emails' | 'runs'>,
): boolean =>
  runs.every(({ leadId }) => leadId === asked.leadId) && !emails.some((one) => isTwin(asked, one, family))

/** What names the email for all leads of the person, whichever variant of it. */
export const sharedName = ({ email, run }: Pick<EmailRequest, 'email' | 'run'>): string =>
  `${run?.sequence}/${emailOfVariant(email)}`

/**
 * Whether an email of a run goes out although the person is several leads now, each of which may have been in the
 * sequence before the merge. One that has gone out ends all others; what the root lead was asked to
 * get comes before what the others were; one that may be on its way is waited for.
 */
export const turnOf = (
  asked: RequestedEmail,
  family: Family,
  { emails, runs, places }: FamilyMail,
  now: string,
): Turn => {
  const own = passOf(runs, asked.run?.runId, asked.requestedAt, undefined)
  const twins = emails.filter((one) => {
    if (!isTwin(asked, one, family)) return false
    const isGone = one.status !== 'held' && one.status !== 'claimed'
    const askedAt = one.requestedAt ?? one.claimedAt
    const other = passOf(
      runs,
      one.request.run?.runId,
      askedAt,
      isGone ? (one.at ?? one.claimedAt) : undefined,
    )
    return isSamePass(family.sequence, own, other)
  })
  const isFirst = ({ leadId, status }: FamilyEmail): boolean =>
    leadId === family.root && (status !== 'held' || !asked.lapsed)
  if (twins.some((one) => one.status === 'sent' || (isFirst(one) && !isVoid(one))))
    return { type: 'exited', reason: sentToPerson }
  const name = sharedName(asked)
  const isTaken = openPlaces(places, now).some(
    (place) => place.shared === name && place.sendId !== asked.sendId && isUnheard(place, emails),
  )
  const isOnItsWay = ({ status, leaseUntil }: FamilyEmail): boolean =>
    status === 'claimed' && addMilliseconds(leaseUntil, forgottenAfter) > now
  if (isTaken || twins.some(isOnItsWay))
    return { type: 'waits', hold: { reason: 'order', until: wholeSecond(addMilliseconds(now, aMoment)) } }
  return { type: 'goes' }
}
