import type { EmailRequest } from '../../domain/email/email-request.ts'
import { withOpenPixel } from '../../domain/email/open-pixel.ts'
import { rewriteLinks } from '../../domain/email/rewrite-links.ts'
import { fitsToken } from '../../domain/email/trackable.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import type { Tokens } from '../ports.ts'

/** Links in old emails lead on for a bit more than a year; then what they tell is of no use to anybody. */
const trackedFor = 400 * 24 * 3_600_000

/** Makes an email tell that it is opened and which of its links are followed. */
export interface Tracking {
  /** @param isOfInterest asked of each address in a link. */
  track(html: string, isOfInterest: (address: string) => boolean): string
}

/** With signed addresses of ours, `/c/…` and `/o/…`. To be used where the lead's consent covers it, and nowhere else. */
export const trackedLinks = (
  tokens: Pick<Tokens, 'sign'>,
  publicUrl: string,
  { leadId, sendId, email }: EmailRequest,
  now: string,
): Tracking => {
  const expiresAt = addMilliseconds(now, trackedFor)
  const data = { s: sendId, m: email }
  const click = (address: string): string =>
    `${publicUrl}/c/${tokens.sign('click', { leadId, data: { ...data, u: address } }, expiresAt)}`
  return {
    track: (html, isOfInterest) => {
      const clickable = rewriteLinks(html, (address) =>
        isOfInterest(address) && fitsToken(address) ? click(address) : undefined,
      )
      return withOpenPixel(clickable, `${publicUrl}/o/${tokens.sign('open', { leadId, data }, expiresAt)}`)
    },
  }
}
