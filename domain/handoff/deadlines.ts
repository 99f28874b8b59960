import { addBusinessTime } from './business-hours.ts'
import type { Handoff } from './handoff.ts'
import type { HandoffRules, Team } from './handoff-rules.ts'

/**
 * What becomes of a handoff that nobody answers, in this order: a reminder, word to the team's lead, another owner; at last
 * the lead goes back to marketing.
 */
export const deadlineTypes = ['remind', 'escalate', 'reassign', 'expire'] as const
export type DeadlineType = (typeof deadlineTypes)[number]

/** Of the present owner, RFC 3339 UTC, in the order of their names. */
export interface Deadlines {
  readonly remindAt?: string
  readonly escalateAt?: string
  readonly reassignAt?: string
  readonly expireAt?: string
}

const hour = 3_600_000
/** Where the playbook does not escalate: an answer is due within one working day. */
const defaultDue = 8 * hour

/**
 * The clock of an owner: counted in business hours of the team from when they were given the handoff, at `from`. What the
 * playbook says later changes nothing about it.
 */
export const startDeadlines = (
  from: string,
  { remind, escalate, reassign, expire }: HandoffRules['accept'],
  team: Team,
): Required<Pick<Handoff, 'dueAt' | 'deadlines' | 'passed'>> => {
  const after = (duration: number): string => addBusinessTime(from, duration, team)
  return {
    dueAt: after(escalate ?? defaultDue),
    deadlines: {
      ...(remind !== undefined && { remindAt: after(remind) }),
      ...(escalate !== undefined && { escalateAt: after(escalate) }),
      ...(reassign !== undefined && { reassignAt: after(reassign) }),
      ...(expire !== undefined && { expireAt: after(expire.after) }),
    },
    passed: [],
  }
}

export interface Deadline {
  readonly type: DeadlineType
  readonly at: string
}

/** Those of the present owner that have not come yet, whether or not they still matter. */
export const remainingDeadlines = ({ deadlines = {}, passed = [] }: Handoff): readonly Deadline[] =>
  deadlineTypes.flatMap((type) => {
    const at = deadlines[`${type}At`]
    return at === undefined || passed.includes(type) ? [] : [{ type, at }]
  })

/** Those still to come: none once the handoff is answered or closed. */
export const pendingDeadlines = (handoff: Handoff): readonly Deadline[] =>
  handoff.answer.state === 'requested' ? remainingDeadlines(handoff) : []

/** Those whose time has come and that nobody has seen to, in their order. */
export const dueDeadlines = (handoff: Handoff, now: string): readonly Deadline[] =>
  pendingDeadlines(handoff).filter(({ at }) => at <= now)

/** Whether the present owner should have answered by now. */
export const isOverdue = ({ answer, dueAt }: Handoff, now: string): boolean =>
  answer.state === 'requested' && dueAt <= now

/** Since when the lead has waited longer than it should have, whoever had it: what `handoffsOverdue` counts. */
export const overdueSince = (handoff: Handoff, now: string): string | undefined =>
  handoff.overdueSince ?? (isOverdue(handoff, now) ? handoff.dueAt : undefined)

/** What is kept of an owner's clock when it stops at `now`, by an answer or because somebody else has the handoff. */
export const stopDeadlines = (handoff: Handoff, now: string): Pick<Handoff, 'overdueSince'> => {
  const since = overdueSince(handoff, now)
  return since === undefined ? {} : { overdueSince: since }
}
