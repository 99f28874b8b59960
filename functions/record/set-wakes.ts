import { nextConsentDeadline } from '../../domain/lead/consent-deadlines.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import { nextWake } from '../../domain/lead/next-change.ts'
import type { Rules } from '../../domain/playbook/rules.ts'
import type { DelayedWakes } from '../lead-ports.ts'
import type { Alarms, Clock, Lead } from '../ports.ts'

const second = 1000
/** Waits up to this long (ms) go by a delayed message: it costs less, and no schedule lies in the past when it is made. */
const shortWait = 15 * 60 * second
/** What a held hit is given beyond its moment, in seconds: clocks differ. */
const margin = 2

export interface SetWakesPorts {
  readonly alarms: Alarms
  readonly wakes: DelayedWakes
  readonly clock: Clock
}

const secondsUntil = (at: string, now: string): number =>
  Math.max(0, Math.ceil((Date.parse(at) - Date.parse(now)) / second))

const earlier = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a

/** Schedules count whole seconds: the next one, so that what is waited for has happened. */
export const nextWholeSecond = (at: string): string =>
  new Date(Math.ceil(Date.parse(at) / second) * second).toISOString()

export type PlannedWakes = Pick<Lead, 'wakeAt' | 'owedWakes'>

const planOf = (wakeAt: string | undefined, owed: readonly string[]): PlannedWakes => ({
  ...(wakeAt !== undefined && { wakeAt }),
  ...(owed.length > 0 && { owedWakes: owed }),
})

/**
 * When a lead has to be looked at because its state changes by itself. What is not set yet is owed: it is committed with
 * the state, and set afterwards (`makeSetWakes`), so that a commit that fails leaves nothing behind. As long as an alarm
 * stands ahead that comes in time, no other is planned: it goes off, and the next one is planned then.
 */
export const planWakes = (lead: Lead, state: LeadState, rules: Rules, now: string): PlannedWakes => {
  const { heldUntil } = state
  const standing = lead.wakeAt !== undefined && lead.wakeAt > now ? lead.wakeAt : undefined
  const next = earlier(
    nextWake(state, rules, now),
    nextConsentDeadline(state, rules.playbook.settings.doubleOptIn),
  )
  const at = next === undefined ? undefined : nextWholeSecond(next)
  const isInTime = at === undefined || (standing !== undefined && standing <= at)
  const wakeAt = isInTime ? standing : at
  const fresh = [
    ...(heldUntil !== undefined && heldUntil !== lead.state?.heldUntil ? [heldUntil] : []),
    ...(wakeAt !== undefined && !isInTime ? [wakeAt] : []),
  ]
  const open = (lead.owedWakes ?? []).filter((one) => one === wakeAt || one === heldUntil)
  return planOf(wakeAt, [...new Set([...open, ...fresh])])
}

/** Everything that a lead waits for, as if nothing of it were set. */
export const allWakes = ({ wakeAt, state }: Pick<Lead, 'wakeAt' | 'state'>): readonly string[] => [
  ...new Set([wakeAt, state?.heldUntil].filter((at) => at !== undefined)),
]

/**
 * Sets what a committed lead owes. To be repeated until the lead owes it no more: an alarm has a name, and of several
 * messages for one moment those that find it passed do nothing.
 */
export const makeSetWakes =
  ({ alarms, wakes, clock }: SetWakesPorts) =>
  async ({ leadId, owedWakes = [], state }: Pick<Lead, 'leadId' | 'owedWakes' | 'state'>): Promise<void> => {
    const now = clock()
    for (const at of owedWakes) {
      const isHeld = at === state?.heldUntil
      const isShort = Date.parse(at) - Date.parse(now) <= shortWait
      if (isHeld) await wakes.later({ leadId, at }, secondsUntil(at, now) + margin)
      else if (isShort) await wakes.later({ leadId, at }, secondsUntil(at, now))
      else await alarms.set(`wake:${leadId}:${at}`, at, { type: 'wake', leadId, at })
    }
  }

/** Whether a lead still waits for what `at` was set for. */
export const isAwaited = ({ wakeAt, state }: Pick<Lead, 'wakeAt' | 'state'>, at: string): boolean =>
  at === wakeAt || at === state?.heldUntil
