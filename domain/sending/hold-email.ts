import type { Settings } from '../playbook/settings.ts'
import { addMilliseconds, formatInstant } from '../time/local-time.ts'
import { nextRoom } from './caps.ts'
import { nextSendingTime } from './sending-window.ts'

/**
 * Why an email waits although it may be sent. `wish`: the person asked for a pause; `paused`: all marketing mail is, `confirmations-paused`: all that asks for a confirmation; `confirmations-full`: there are too many of these at the moment;
 * `shifted`: it falls due later by as long as its sequence was paused; `order`: an earlier one of its run has not gone its
 * way; `throttled`: SES has not taken it for a while; the others: SES takes none of the kind until somebody mends that.
 */
export const holdReasons = [
  'window',
  'cap',
  'wish',
  'paused',
  'sequence-paused',
  'shifted',
  'order',
  'throttled',
  'confirmations-paused',
  'confirmations-full',
  'sender-not-verified',
  'recipient-not-verified',
  'sending-disabled',
] as const
export type HoldReason = (typeof holdReasons)[number]

/**
 * Why SES turns mail away that is well itself: the sender, or its MAIL FROM domain, is not verified; the account is in the
 * sandbox and the recipient is not verified; the account may not send.
 */
export type TurnedAway = Extract<
  HoldReason,
  'sender-not-verified' | 'recipient-not-verified' | 'sending-disabled'
>

export interface Hold {
  readonly reason: HoldReason
  /** When it is looked at again: a whole second, RFC 3339 UTC. */
  readonly until: string
}

/** The reason of an email that somebody took back while it was held. */
export const cancelledByHand = 'cancelled'

const second = 1000
const week = 7 * 24 * 3_600_000

/** Wake-ups count whole seconds: the next one, so that what is waited for has happened. */
export const wholeSecond = (at: string): string => formatInstant(Math.ceil(Date.parse(at) / second) * second)

/**
 * Whether a marketing email has to wait at `now`.
 * @param timeZone IANA zone of the lead.
 * @param sent when the marketing emails went out that the same person has got; asked for only where there are caps.
 */
export const holdOf = (
  now: string,
  { sending, caps = [] }: Pick<Settings, 'sending' | 'caps'>,
  timeZone: string,
  sent: readonly string[],
): Hold | undefined => {
  const room = nextRoom(now, caps, sent)
  const until = sending ? nextSendingTime(room, sending, timeZone) : room
  if (until === now) return undefined
  return { reason: room === now ? 'window' : 'cap', until: wholeSecond(until) }
}

const [soonest, latest] = [15 * 60_000, 4 * 3_600_000]
const mostTurnedAway = 14 * 24 * 3_600_000

/**
 * What becomes of an email that SES turned away at `at`: it is offered again after as long as it has waited already, at
 * least every four hours, for two weeks. @returns undefined once that is over.
 */
export const holdTurnedAway = (reason: TurnedAway, requestedAt: string, at: string): Hold | undefined => {
  const waited = Date.parse(at) - Date.parse(requestedAt)
  if (waited >= mostTurnedAway) return undefined
  const pause = Math.min(latest, Math.max(soonest, waited))
  return { reason, until: wholeSecond(addMilliseconds(at, pause)) }
}

/** An email that was to go out longer ago than this says nothing to anybody any more. */
export const isStale = (requestedAt: string, at: string, stale = week): boolean =>
  at > addMilliseconds(requestedAt, stale)
