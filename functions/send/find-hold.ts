import type { RunStep } from '../../domain/email/email-request.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { Settings } from '../../domain/playbook/settings.ts'
import { countedTimes, openPlaces } from '../../domain/sending/counted-emails.ts'
import { afterEarlier } from '../../domain/sending/earlier-emails.ts'
import { type Hold, holdOf, wholeSecond } from '../../domain/sending/hold-email.ts'
import { pausedFor } from '../../domain/sending/pause-of-sequence.ts'
import { wishedCaps } from '../../domain/sending/wished-caps.ts'
import { emailsOfRun } from '../../domain/sequence/run-id.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import type { CapPlaces, Sends } from '../send-ports.ts'
import type { SendingStates } from '../sending-ports.ts'
import type { Person } from './address-email.ts'
import { recentEmails } from './recent-emails.ts'

export interface FindHoldPorts {
  readonly sends: Pick<Sends, 'load' | 'list' | 'since'>
  readonly places: CapPlaces
  readonly sendingStates: Pick<SendingStates, 'load'>
}

/** The email that is asked about. */
export interface HoldQuestion {
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
 * Whether a marketing email has to wait at `now`. Where it has not and there are caps, it has taken its place under them:
 * of two emails to one person that are decided about at once, the second sees the first.
 * @throws Conflict when others took places all the while.
 */
export const findHold = async (
  ports: FindHoldPorts,
  { sendId, askedFor, run, wasHeld, isAwaited = false }: HoldQuestion,
  { leadId, leadIds, timeZone, frequency, pausedUntil }: Person,
  { sending, caps: given = [] }: Pick<Settings, 'sending' | 'caps'>,
  now: string,
): Promise<Hold | undefined> => {
  const { paused } = await ports.sendingStates.load()
  if (paused) return { reason: 'paused', until: wholeSecond(addMilliseconds(now, pausedFor)) }
  if (pausedUntil !== undefined) return { reason: 'wish', until: wholeSecond(pausedUntil) }
  const caps = isAwaited ? [] : wishedCaps(frequency, given)
  const settings = sending ? { sending, caps } : { caps }
  const ofRun = async () => (run ? ports.sends.list(askedFor, emailsOfRun(run.runId)) : [])
  if (caps.length === 0) {
    const hold = holdOf(now, settings, timeZone, [])
    return hold || wasHeld ? together(hold, afterEarlier(run, await ofRun(), now)) : undefined
  }
  const window = Math.max(...caps.map(({ per }) => per))
  return retryConflicts(
    async () => {
      const [{ version, places, emails }, earlier] = await Promise.all([
        recentEmails(ports, leadIds, window, now),
        ofRun(),
      ])
      const hold = holdOf(now, settings, timeZone, countedTimes(emails, places, sendId, now))
      const wait = together(hold, afterEarlier(run, earlier, now))
      if (wait) return wait
      const others = openPlaces(places, now).filter((place) => place.sendId !== sendId)
      await ports.places.commit(leadId, version, [...others, { sendId, at: now }])
      return undefined
    },
    { tries },
  )
}
