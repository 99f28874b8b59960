import type { EmailRequest } from '../../domain/email/email-request.ts'
import { isOneTooMany } from '../../domain/sending/confirmation-limit.ts'
import { openPlaces } from '../../domain/sending/counted-emails.ts'
import type { Leads } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { rootLead } from '../root-lead.ts'
import type { CapPlaces, Sends } from '../send-ports.ts'

export interface LimitConfirmationsPorts {
  readonly leads: Pick<Leads, 'load'>
  readonly sends: Pick<Sends, 'list'>
  readonly places: CapPlaces
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
  { leads, sends, places }: LimitConfirmationsPorts,
  { leadId: asked, sendId }: EmailRequest,
  now: string,
): Promise<boolean> => {
  const { leadId, members = [] } = (await rootLead(leads, asked)) ?? { leadId: asked }
  return retryConflicts(
    async () => {
      const [{ version, places: taken }, ...lists] = await Promise.all([
        places.load(leadId),
        ...[leadId, ...members].map((id) => sends.list(id)),
      ])
      if (isOneTooMany(lists.flat(), taken, sendId, now)) return true
      const others = openPlaces(taken, now).filter((place) => place.sendId !== sendId)
      await places.commit(leadId, version, [...others, { sendId, at: now, kind: 'confirmation' }])
      return false
    },
    { tries },
  )
}
