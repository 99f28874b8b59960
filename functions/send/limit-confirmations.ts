import type { EmailOutcome } from '../../domain/email/email-outcome.ts'
import type { EmailRequest } from '../../domain/email/email-request.ts'
import {
  confirmationsPer,
  isOneTooMany,
  tooManyConfirmations,
} from '../../domain/sending/confirmation-limit.ts'
import { openPlaces } from '../../domain/sending/counted-emails.ts'
import { type ConfirmationRate, mailboxOf, quotasOf, withPlace } from '../../domain/sending/mailbox-limit.ts'
import type { Leads } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { rootLead } from '../root-lead.ts'
import type { CapPlaces, ConfirmationPlaces, Sends } from '../send-ports.ts'
import { recentEmails } from './recent-emails.ts'

export interface LimitConfirmationsPorts {
  readonly leads: Pick<Leads, 'load'>
  readonly sends: Pick<Sends, 'load' | 'since'>
  readonly places: CapPlaces
  readonly confirmationPlaces: ConfirmationPlaces
}

/** A form that is sent again and again has so many confirmations decided about at the same moment. */
const tries = 20

/**
 * Whether a confirmation may not go out at `now` because its person has been sent too many. Where it may, it has taken its
 * place among them. The fold asks for few as well, but forms that are sent at once arrive in any order, and each time
 * others are the first: what went out stands here alone.
 * @throws Conflict when others took places all the while.
 */
export const limitConfirmations = async (
  ports: LimitConfirmationsPorts,
  { leadId: asked, sendId }: EmailRequest,
  now: string,
): Promise<boolean> => {
  const { leadId, members = [] } = (await rootLead(ports.leads, asked)) ?? { leadId: asked }
  return retryConflicts(
    async () => {
      const {
        version,
        places: taken,
        emails,
      } = await recentEmails(ports, [leadId, ...members], confirmationsPer, now)
      if (isOneTooMany(emails, taken, sendId, now)) return true
      const others = openPlaces(taken, now).filter((place) => place.sendId !== sendId)
      await ports.places.commit(leadId, version, [...others, { sendId, at: now, kind: 'confirmation' }])
      return false
    },
    { tries },
  )
}

/**
 * The same of its mailbox, which addresses of several leads may share. Where it may go out, it has a place there for good:
 * one that is taken up again keeps it.
 */
const limitMailbox = (
  { confirmationPlaces }: Pick<LimitConfirmationsPorts, 'confirmationPlaces'>,
  { email, confirmation }: EmailRequest,
  to: string,
  now: string,
): Promise<boolean> =>
  retryConflicts(
    async () => {
      const mailbox = mailboxOf(to)
      const { version, taken } = await confirmationPlaces.load(mailbox)
      // What stays there for a month names no lead: it may be erased before.
      const next = withPlace(taken, `${email}:${confirmation?.factId ?? ''}`, now)
      if (next !== undefined && next !== taken) await confirmationPlaces.commit(mailbox, version, next)
      return next === undefined
    },
    { tries },
  )

/** When there is room again among all confirmations, those of its form among them; undefined where there is now. */
const fullUntil = async (
  { confirmationPlaces }: Pick<LimitConfirmationsPorts, 'confirmationPlaces'>,
  { confirmation }: EmailRequest,
  rate: ConfirmationRate | undefined,
  now: string,
): Promise<string | undefined> => {
  for (const quota of quotasOf(confirmation?.form ?? '', rate, now))
    if (!(await confirmationPlaces.count(quota))) return quota.until
  return undefined
}

export interface ConfirmationLimits {
  /** The address that it goes to. */
  readonly to: string
  readonly rate: ConfirmationRate | undefined
}

/** Why a confirmation does not go out at `now`: too many to its person or mailbox, or too many of all for the moment. */
export const holdConfirmation = async (
  ports: LimitConfirmationsPorts,
  request: EmailRequest,
  { to, rate }: ConfirmationLimits,
  now: string,
): Promise<Exclude<EmailOutcome, { status: 'sent' }> | undefined> => {
  const isTooMuch =
    (await limitConfirmations(ports, request, now)) || (await limitMailbox(ports, request, to, now))
  if (isTooMuch) return { status: 'suppressed', at: now, reason: tooManyConfirmations }
  const until = await fullUntil(ports, request, rate, now)
  return until === undefined ? undefined : { status: 'held', at: now, reason: 'confirmations-full', until }
}
