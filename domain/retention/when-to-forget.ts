import type { Handoff } from '../handoff/handoff.ts'
import { trackingPurpose } from '../lead/consent.ts'
import type { LeadState } from '../lead/lead-state.ts'
import type { Retention } from '../model/settings.ts'
import { stateLimits } from '../model/state-limits.ts'
import { isOpen, type Run } from '../sequence/run.ts'
import { addMilliseconds } from '../time/local-time.ts'

const day = 86_400_000

/** Somebody is looked at this often (ms) even where nothing is to come: the settings may have changed, or a tie ended. */
const reviewEvery = 90 * day

interface Remembered {
  readonly email?: string | undefined
  readonly state: LeadState
}

/** What stands beside the log, of the lead and of those merged into it. */
export interface Ties {
  readonly handoffs: readonly Pick<Handoff, 'answer'>[]
  readonly runs: readonly Pick<Run, 'status'>[]
}

export const noTies: Ties = { handoffs: [], runs: [] }

/** What we did, or our mail did: a newsletter that nobody reads keeps nobody. */
const ours: readonly string[] = ['email.sent', 'email.delivered', 'email.bounced']

/** When the person was last heard of. */
const lastHeardOf = ({ seen, lastActivityAt, createdAt }: LeadState): string => {
  const types = Object.entries(seen)
  // Beyond that many types not each of them is kept: the latest fact of all stands for theirs.
  if (types.length >= stateLimits.types) return lastActivityAt
  return types
    .filter(([type]) => !ours.includes(type))
    .reduce((latest, [, { last }]) => (last > latest ? last : latest), createdAt)
}

const isOpenHandoff = ({ answer: { state } }: Pick<Handoff, 'answer'>): boolean =>
  state === 'requested' || state === 'accepted'

/** Whether there is a reason to keep their data however long nothing was heard: they agreed and confirmed it, bought, or somebody is at work with them. */
const isTied = ({ consent, deals = [], seen }: LeadState, { handoffs, runs }: Ties): boolean =>
  Object.entries(consent).some(
    ([purpose, { status, confirmed }]) =>
      purpose !== trackingPurpose && status === 'granted' && confirmed === true,
  ) ||
  deals.some(({ status }) => status !== 'lost') ||
  seen['order.completed'] !== undefined ||
  handoffs.some(isOpenHandoff) ||
  runs.some(({ status }) => isOpen(status))

/**
 * From when on a lead is not to be kept any more, by what is known of it now. A browser without an address, and a person
 * with one, have a time each.
 * @returns RFC 3339 UTC; undefined for whoever is tied, and where the settings set no time.
 */
export const whenToForget = (
  { email, state }: Remembered,
  ties: Ties,
  { visitors, inactive }: Retention = {},
): string | undefined => {
  const kept = email === undefined ? visitors : inactive
  return kept === undefined || isTied(state, ties) ? undefined : addMilliseconds(lastHeardOf(state), kept)
}

/**
 * The day (YYYY-MM-DD, UTC) on which somebody is to be looked at again: the first one on which the moment `due` is past
 * from its beginning, never today, and at the latest in 90 days.
 */
export const nextReview = (due: string | undefined, now: string): string => {
  const latest = addMilliseconds(now, reviewEvery)
  const after = due === undefined ? latest : addMilliseconds(due > now ? due : now, day)
  return (after < latest ? after : latest).slice(0, 10)
}
