import type { LeadId } from '../../domain/model/activity.ts'
import { claimedSince, isLimited, openPlaces, type TakenPlace } from '../../domain/sending/earlier-emails.ts'
import type { CapPlaces, Send, Sends } from '../send-ports.ts'

interface RecentEmailsPorts {
  readonly sends: Pick<Sends, 'load' | 'since'>
  readonly places: Pick<CapPlaces, 'load'>
}

/** What limits have to know of one person. */
interface RecentEmails {
  /** Of the places, to be committed against. */
  readonly version: number
  readonly places: readonly TakenPlace[]
  /** Those that may have gone out in the time asked about, and what became of those that a place is taken for. */
  readonly emails: readonly Send[]
  /** All that was read. */
  readonly read: readonly Send[]
}

interface Asked {
  /** All of the person, the root lead first. */
  readonly leadIds: readonly [LeadId, ...LeadId[]]
  /** In ms. */
  readonly window: number
  readonly now: string
  /** Whatever its age and kind, what has an id that begins with it is read as well. */
  readonly idPrefix?: string | undefined
}

export const recentEmails = async (
  { sends, places }: RecentEmailsPorts,
  { leadIds, window, now, idPrefix }: Asked,
): Promise<RecentEmails> => {
  const from = claimedSince(now, window)
  const [taken, ...lists] = await Promise.all([
    places.load(leadIds[0]),
    ...leadIds.map((id) => sends.since(id, from, idPrefix)),
  ])
  const read = lists.flat()
  const recent = read.filter(isLimited)
  const known = new Set(recent.map(({ sendId }) => sendId))
  const unknown = openPlaces(taken.places, now).filter(({ sendId }) => !known.has(sendId))
  const others = await Promise.all(
    unknown.flatMap(({ sendId }) => leadIds.map((id) => sends.load(id, sendId))),
  )
  return { ...taken, emails: [...recent, ...others.flatMap((one) => one ?? [])], read }
}
