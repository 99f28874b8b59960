import type { Handoff } from '../handoff/handoff.ts'
import { trackingPurpose } from '../lead/consent.ts'
import type { LeadState } from '../lead/lead-state.ts'
import type { Retention } from '../model/settings.ts'
import { stateLimits } from '../model/state-limits.ts'
import { isOpen, type Run } from '../sequence/run.ts'
import { addMilliseconds } from '../time/local-time.ts'

const day = 86_400_000

/** Least frequent review (ms): the settings or a tie may have changed. */
const reviewEvery = 90 * day

interface Remembered {
  readonly email?: string | undefined
  readonly state: LeadState
}

/** Records besides the log, of the lead and those merged into it. */
export interface Ties {
  readonly handoffs: readonly Pick<Handoff, 'answer'>[]
  readonly runs: readonly Pick<Run, 'status'>[]
}

export const noTies: Ties = { handoffs: [], runs: [] }

/** Our own activities: sending a newsletter is no reason to keep its recipient. */
const ours: readonly string[] = ['email.sent', 'email.delivered', 'email.bounced']

/** The person's last activity. */
const lastHeardOf = ({ seen, lastActivityAt, createdAt }: LeadState): string => {
  const types = Object.entries(seen)
  // With that many types some are not stored: the latest fact of all is used.
  if (types.length >= stateLimits.types) return lastActivityAt
  return types
    .filter(([type]) => !ours.includes(type))
    .reduce((latest, [, { last }]) => (last > latest ? last : latest), createdAt)
}

const isOpenHandoff = ({ answer: { state } }: Pick<Handoff, 'answer'>): boolean =>
  state === 'requested' || state === 'accepted'

/** Whether there is a reason to keep their data regardless of inactivity: a confirmed consent, a purchase, or work in progress. */
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
 * When a lead must be erased, as far as known now. Anonymous browsers and known persons have separate periods.
 * @returns RFC 3339 UTC; undefined for leads with a tie, or without a period in the settings.
 */
export const whenToForget = (
  { email, state }: Remembered,
  ties: Ties,
  { visitors, inactive }: Retention = {},
): string | undefined => {
  const kept = email === undefined ? visitors : inactive
  return kept === undefined || isTied(state, ties) ? undefined : addMilliseconds(lastHeardOf(state), kept)
}

/** The day (YYYY-MM-DD, UTC) of the next review: the first day that begins after `due`, not today, and in 90 days at the latest. */
export const nextReview = (due: string | undefined, now: string): string => {
  const latest = addMilliseconds(now, reviewEvery)
  const after = due === undefined ? latest : addMilliseconds(due > now ? due : now, day)
  return (after < latest ? after : latest).slice(0, 10)
}
