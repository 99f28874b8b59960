import type { EmailRequest } from '../email/email-request.ts'
import { addMilliseconds } from '../time/local-time.ts'
import { type CountedEmail, isUnheard, openPlaces, type TakenPlace } from './counted-emails.ts'

/** So many emails that ask for a confirmation, reminders included, go to one person in `confirmationsPer`. */
export const mostConfirmations = 3
/** ms */
export const confirmationsPer = 86_400_000

/** The reason of one too many: whoever fills in forms with somebody else's address fills no mailbox with that. */
export const tooManyConfirmations = 'too-many-confirmations'

type Asked = CountedEmail & { readonly request: Pick<EmailRequest, 'confirmation'> }

/**
 * Whether one more would be too many at `now`. Claims count whatever has become of their sender: it may have come to SES.
 * @param emails to the person, under every lead that stands for them. @param self does not stand in its own way.
 */
export const isOneTooMany = (
  emails: readonly Asked[],
  places: readonly TakenPlace[],
  self: string,
  now: string,
): boolean => {
  const since = addMilliseconds(now, -confirmationsPer)
  const gone = emails.filter(
    ({ sendId, request, status, at, claimedAt }) =>
      sendId !== self &&
      request.confirmation !== undefined &&
      ((status === 'sent' && (at ?? claimedAt) > since) || (status === 'claimed' && claimedAt > since)),
  )
  const taken = openPlaces(places, now).filter(
    (place) => place.kind === 'confirmation' && place.sendId !== self && isUnheard(place, emails),
  )
  return gone.length + taken.length >= mostConfirmations
}
