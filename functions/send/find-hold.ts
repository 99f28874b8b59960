import type { Settings } from '../../domain/playbook/settings.ts'
import { countedTimes, openPlaces } from '../../domain/sending/counted-emails.ts'
import { type Hold, holdOf, wholeSecond } from '../../domain/sending/hold-email.ts'
import { wishedCaps } from '../../domain/sending/wished-caps.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import type { CapPlaces, Sends } from '../send-ports.ts'
import type { SendingStates } from '../sending-ports.ts'
import type { Person } from './address-email.ts'

export interface FindHoldPorts {
  readonly sends: Pick<Sends, 'list'>
  readonly places: CapPlaces
  readonly sendingStates: Pick<SendingStates, 'load'>
}

/** How soon held mail is looked at again while all sending is paused. */
const pausedFor = 3_600_000
/** Emails to one person that are decided about at the same moment. */
const tries = 10

/**
 * Whether a marketing email has to wait at `now`. Where it has not and there are caps, it has taken its place under them:
 * of two emails to one person that are decided about at once, the second sees the first.
 * @throws Conflict when others took places all the while.
 */
export const findHold = async (
  ports: FindHoldPorts,
  sendId: string,
  { leadId, leadIds, timeZone, frequency, pausedUntil }: Person,
  { sending, caps: given = [] }: Pick<Settings, 'sending' | 'caps'>,
  now: string,
): Promise<Hold | undefined> => {
  const { paused } = await ports.sendingStates.load()
  if (paused) return { reason: 'paused', until: wholeSecond(addMilliseconds(now, pausedFor)) }
  if (pausedUntil !== undefined) return { reason: 'wish', until: wholeSecond(pausedUntil) }
  const caps = wishedCaps(frequency, given)
  const settings = sending ? { sending, caps } : { caps }
  if (caps.length === 0) return holdOf(now, settings, timeZone, [])
  return retryConflicts(
    async () => {
      const { version, places } = await ports.places.load(leadId)
      const emails = (await Promise.all(leadIds.map((id) => ports.sends.list(id)))).flat()
      const hold = holdOf(now, settings, timeZone, countedTimes(emails, places, sendId, now))
      if (hold) return hold
      const others = openPlaces(places, now).filter((place) => place.sendId !== sendId)
      await ports.places.commit(leadId, version, [...others, { sendId, at: now }])
      return undefined
    },
    { tries },
  )
}
