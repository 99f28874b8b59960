import type { EmailRequest } from '../email/email-request.ts'
import { lackingConsent } from '../email/judge-send.ts'
import type { LeadId } from '../lead/lead-id.ts'
import type { Run } from '../sequence/run.ts'
import { isOpen } from '../sequence/run.ts'
import type { Sequence } from '../sequence/sequence.ts'
import { isRecycle } from '../sequence/standing-entry.ts'
import { addMilliseconds } from '../time/local-time.ts'
import { type CountedEmail, isUnheard, openPlaces, type TakenPlace } from './counted-emails.ts'
import { type Hold, wholeSecond } from './hold-email.ts'

/** Why an email of a lead that was merged ends: the person gets it, or has got it, under another of their leads. */
export const sentToPerson = 'merged'

/** An email that was asked for under one lead of a person. */
export interface FamilyEmail extends CountedEmail {
  readonly leadId: LeadId
  readonly email: string
  readonly requestedAt?: string
  readonly reason?: string
  readonly request: Pick<EmailRequest, 'email' | 'recipient' | 'run'>
}

/** A person of several leads, and how the sequence takes people again. */
export interface Family {
  /** The lead that stands for them. */
  readonly root: LeadId
  readonly leadIds: readonly LeadId[]
  readonly sequence: Pick<Sequence, 'reenter' | 'program'>
}

/** What is known of the whole family when one of its emails is about to go out. */
export interface FamilyMail {
  readonly emails: readonly FamilyEmail[]
  /** The latest run of each of its leads through the sequence. */
  readonly runs: readonly Run[]
  readonly places: readonly TakenPlace[]
}

/** The email that is asked about; `lapsed`: its sender died, so that it may have gone out already. */
export interface AskedEmail extends Pick<EmailRequest, 'leadId' | 'sendId' | 'email' | 'run'> {
  readonly requestedAt: string
  readonly lapsed: boolean
}

export type Turn =
  | { readonly type: 'goes' }
  | { readonly type: 'exited'; readonly reason: typeof sentToPerson }
  | { readonly type: 'waits'; readonly hold: Hold }

/** How long an email waits for its twin that may go out at this moment. */
const aMoment = 60_000
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

const isTwin = (asked: AskedEmail, one: FamilyEmail, { sequence }: Family): boolean => {
  const { run } = one.request
  if (one.request.recipient !== 'lead' || run?.sequence !== asked.run?.sequence) return false
  if (one.leadId === asked.leadId || one.email !== asked.email) return false
  const steps = sequence.program.filter((step) => step.type === 'email' && step.email === asked.email)
  return steps.length < 2 || run?.step === asked.run?.step
}

/** Nothing came of it, and that says nothing of whether the person is to get this email. */
const isVoid = ({ status, reason }: FamilyEmail): boolean =>
  (status === 'exited' && reason === sentToPerson) ||
  (status === 'suppressed' && (reason === lackingConsent || reason === 'no-address'))

/** Whether none of the person's other leads was in the sequence or is to get the email. */
export const isAlone = (
  asked: AskedEmail,
  family: Family,
  { emails, runs }: Pick<FamilyMail, 'emails' | 'runs'>,
): boolean =>
  runs.every(({ leadId }) => leadId === asked.leadId) && !emails.some((one) => isTwin(asked, one, family))

/** What names the email for all leads of the person. */
export const sharedName = ({ email, run }: Pick<EmailRequest, 'email' | 'run'>): string =>
  `${run?.sequence}/${email}`

/**
 * Whether an email of a run goes out although the person is several leads by now, each of which may have been in the
 * sequence before the merge. One that has gone out ends all others; what the lead that stands for the person was asked to
 * get comes before what the others were; one that may be on its way is waited for.
 */
export const turnOf = (
  asked: AskedEmail,
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
