import { identityKey } from '../activity/subject.ts'
import type { EmailRequest } from '../model/email-request.ts'
import type { ConfirmationRate } from '../model/settings.ts'
import { addMilliseconds } from '../time/local-time.ts'
import { type CountedEmail, placesBeside, type TakenPlace } from './earlier-emails.ts'

/** An email that asks for a confirmation, and when it took its place. */
export interface AskedMailbox {
  readonly place: string
  readonly at: string
}

const day = 86_400_000
/** So many go to one mailbox in that time (ms), for whichever lead: several may have addresses of one. */
const limits = [
  { most: 3, per: day },
  { most: 5, per: 30 * day },
] as const
/** Longer ago it matters no more (ms). */
export const mailboxRemembers = 30 * day

/** Providers that take an address for the same with and without dots. */
const dotless = new Set(['gmail.com', 'googlemail.com'])

/** The mailbox behind an address: what stands behind a `+` reaches the same one, whatever the settings take for a person. */
export const mailboxOf = (address: string): string => {
  const key = identityKey(address, { plusTags: 'same', case: 'same' })
  const at = key.lastIndexOf('@')
  return dotless.has(key.slice(at + 1)) ? key.slice(0, at).replaceAll('.', '') + key.slice(at) : key
}

/** The mailbox with a place taken for one more; undefined where it has none left. One that has a place keeps it. */
export const withPlace = (
  taken: readonly AskedMailbox[],
  place: string,
  now: string,
): readonly AskedMailbox[] | undefined => {
  if (taken.some((one) => one.place === place)) return taken
  const isFull = limits.some(({ most, per }) => {
    const since = addMilliseconds(now, -per)
    return taken.filter(({ at }) => at > since).length >= most
  })
  if (isFull) return undefined
  const since = addMilliseconds(now, -mailboxRemembers)
  return [...taken.filter(({ at }) => at > since), { place, at: now }]
}

/** A span of time in which so many may go out, of all or of one form. */
export interface Quota {
  /** Names what is counted and the span. */
  readonly key: string
  readonly most: number
  /** Its end: then there is room again. */
  readonly until: string
}

const defaults = { perMinute: 120, perDay: 5000 }
/** A month has so many days' worth, and a form half of what all forms have. */
const daysAMonth = 15

const endOf = (now: string, span: 'minute' | 'day' | 'month'): string => {
  const at = new Date(now)
  if (span === 'minute') return new Date(Math.floor(at.getTime() / 60_000 + 1) * 60_000).toISOString()
  if (span === 'day') return new Date(Math.floor(at.getTime() / day + 1) * day).toISOString()
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1)).toISOString()
}

/** What one more at `now` counts against, the shortest span first. */
export const quotasOf = (form: string, rate: ConfirmationRate | undefined, now: string): readonly Quota[] => {
  const { perMinute, perDay } = { ...defaults, ...rate }
  const quota = (of: string, span: 'minute' | 'day' | 'month', most: number): Quota => ({
    key: `${of}:${span}:${now.slice(0, span === 'minute' ? 16 : span === 'day' ? 10 : 7)}`,
    most: Math.max(1, Math.floor(most)),
    until: endOf(now, span),
  })
  return [
    quota('all', 'minute', perMinute),
    quota(`form:${form}`, 'day', perDay / 2),
    quota('all', 'day', perDay),
    quota(`form:${form}`, 'month', (perDay * daysAMonth) / 2),
    quota('all', 'month', perDay * daysAMonth),
  ]
}

/** So many emails that ask for a confirmation, reminders included, go to one person in `confirmationsPer`. */
const mostConfirmations = 3
/** ms */
export const confirmationsPer = 86_400_000

/** The reason of one too many: forms filled in with somebody else's address fill no mailbox. */
export const tooManyConfirmations = 'too-many-confirmations'

type Asked = CountedEmail & { readonly request: Pick<EmailRequest, 'confirmation'> }

/**
 * Whether one more would be too many at `now`. Claims count whatever has become of their sender: it may have come to SES.
 * @param emails to the person, under every lead of theirs. @param self does not stand in its own way.
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
  const taken = placesBeside(gone, places, emails, now).filter(
    ({ kind, sendId }) => kind === 'confirmation' && sendId !== self,
  )
  return gone.length + taken.length >= mostConfirmations
}
