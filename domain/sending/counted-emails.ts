import type { EmailRequest } from '../email/email-request.ts'
import { addMilliseconds } from '../time/local-time.ts'

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

/** A place under the caps that somebody took for an email about to be claimed. */
export interface TakenPlace {
  readonly sendId: string
  readonly at: string
  /** Absent: marketing mail. `person`: of an email that several leads of one person were to get. */
  readonly kind?: 'confirmation' | 'person'
  /** The email of such a place, whichever lead it is asked for under. */
  readonly shared?: string
}

/** Whoever took a place has claimed within this time, or died. */
export const placeLasts = 15 * 60_000

const isOver = ({ at }: TakenPlace, now: string): boolean => Date.parse(now) - Date.parse(at) >= placeLasts

/** Those of `places` that may still come to something. */
export const openPlaces = (places: readonly TakenPlace[], now: string): readonly TakenPlace[] =>
  places.filter((place) => !isOver(place, now))

/** Whether nothing is known yet of the email that a place was taken for. */
export const isUnheard = (
  { sendId, at }: TakenPlace,
  emails: readonly Pick<CountedEmail, 'sendId' | 'at' | 'claimedAt'>[],
): boolean => !emails.some((email) => email.sendId === sendId && (email.at ?? email.claimedAt) >= at)

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
  return [
    ...emails
      .filter(({ sendId, marketing }) => sendId !== self && marketing === true)
      .flatMap(({ status, at, claimedAt, leaseUntil }) => {
        if (status === 'sent') return at ?? claimedAt
        return status === 'claimed' && leaseUntil > now ? claimedAt : []
      }),
    ...openPlaces(places, now)
      .filter((place) => place.kind === undefined && place.sendId !== self && isUnheard(place, emails))
      .map(({ at }) => at),
  ]
}
