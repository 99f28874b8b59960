import { nextConsentDeadline } from '../../domain/lead/consent-deadlines.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import { nextWake } from '../../domain/lead/next-change.ts'
import type { Rules } from '../../domain/playbook/rules.ts'
import type { DelayedWakes } from '../lead-ports.ts'
import type { Alarms, Lead } from '../ports.ts'

const second = 1000
/** Waits up to this long (ms) go by a delayed message: it costs less, and no schedule lies in the past when it is made. */
const shortWait = 15 * 60 * second
/** What a held hit is given beyond its moment, in seconds: the commit that it follows is done by then. */
const margin = 2

export interface SetWakesPorts {
  readonly alarms: Alarms
  readonly wakes: DelayedWakes
}

const secondsUntil = (at: string, now: string): number =>
  Math.max(0, Math.ceil((Date.parse(at) - Date.parse(now)) / second))

const earlier = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a

/** Schedules count whole seconds: the next one, so that what is waited for has happened. */
const nextWholeSecond = (at: string): string =>
  new Date(Math.ceil(Date.parse(at) / second) * second).toISOString()

/**
 * Sees to it that a lead is looked at when its state changes by itself. Called before the commit: a wake too many does
 * nothing, one that was lost would be. An alarm is named by its moment, so that nobody's earlier one is overwritten;
 * as long as one stands ahead that comes in time, no other is set: it goes off, and the next is set then.
 * @returns when the alarm that stands goes off.
 */
export const makeSetWakes =
  ({ alarms, wakes }: SetWakesPorts) =>
  async (
    { leadId, wakeAt, state: before }: Lead,
    state: LeadState,
    rules: Rules,
    now: string,
  ): Promise<string | undefined> => {
    const { heldUntil } = state
    if (heldUntil !== undefined && heldUntil !== before?.heldUntil)
      await wakes.later(leadId, secondsUntil(heldUntil, now) + margin)
    const standing = wakeAt !== undefined && wakeAt > now ? wakeAt : undefined
    const next = earlier(
      nextWake(state, rules, now),
      nextConsentDeadline(state, rules.playbook.settings.doubleOptIn),
    )
    if (next === undefined) return standing
    const at = nextWholeSecond(next)
    if (standing !== undefined && standing <= at) return standing
    if (Date.parse(at) - Date.parse(now) <= shortWait) await wakes.later(leadId, secondsUntil(at, now))
    else await alarms.set(`wake:${leadId}:${at}`, at, { type: 'wake', leadId })
    return at
  }
