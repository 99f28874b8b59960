import type { EmailOutcome } from '../../domain/email/email-outcome.ts'
import type { EmailRequest } from '../../domain/email/email-request.ts'
import { openPlaces } from '../../domain/sending/counted-emails.ts'
import { isLapsed } from '../../domain/sending/is-free.ts'
import { type Family, isAlone, sharedName, turnOf } from '../../domain/sending/twin-emails.ts'
import { emailsOfSequence } from '../../domain/sequence/run-id.ts'
import type { Runs } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import type { CapPlaces, Send, Sends } from '../send-ports.ts'

export interface TakeTurnPorts {
  readonly sends: Pick<Sends, 'list'>
  readonly runs: Pick<Runs, 'load'>
  readonly places: CapPlaces
}

/** Leads of one person whose emails are decided about at the same moment. */
const tries = 10

/**
 * Sees to it that a person who was several leads gets an email of a sequence once. Where this one may go, it has taken its
 * place: of two that are decided about at once, the second sees the first.
 * @returns what becomes of it instead.
 * @throws Conflict when others took places all the while.
 */
export const takeTurn = async (
  ports: TakeTurnPorts,
  request: EmailRequest,
  requestedAt: string,
  standing: Send | undefined,
  { family }: { readonly family?: Family | undefined },
  now: string,
): Promise<(EmailOutcome & { status: 'exited' | 'held' }) | undefined> => {
  const { run, sendId } = request
  if (!family || !run) return undefined
  const asked = { ...request, requestedAt, lapsed: standing !== undefined && isLapsed(standing, now) }
  const { root, leadIds } = family
  return retryConflicts(
    async () => {
      const [{ version, places }, lists, runs] = await Promise.all([
        ports.places.load(root),
        Promise.all(leadIds.map((id) => ports.sends.list(id, emailsOfSequence(id, run.sequence)))),
        Promise.all(leadIds.map((id) => ports.runs.load(id, run.sequence))),
      ])
      const mail = { emails: lists.flat(), runs: runs.flatMap((one) => one ?? []), places }
      if (isAlone(asked, family, mail)) return undefined
      const turn = turnOf(asked, family, mail, now)
      switch (turn.type) {
        case 'exited':
          return { status: 'exited', at: now, reason: turn.reason }
        case 'waits':
          return { status: 'held', at: now, ...turn.hold }
        case 'goes': {
          const others = openPlaces(places, now).filter(
            (place) => place.sendId !== sendId || place.kind !== 'person',
          )
          const own = { sendId, at: now, kind: 'person', shared: sharedName(request) } as const
          await ports.places.commit(root, version, [...others, own])
          return undefined
        }
        default:
          return turn satisfies never
      }
    },
    { tries },
  )
}
