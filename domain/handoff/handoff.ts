import { Temporal } from 'temporal-polyfill'
import type { LeadId } from '../model/activity.ts'
import type { StageId } from '../model/deal.ts'
import type { Decision } from '../model/decision.ts'
import type { HandoffRules, Team } from '../model/handoff-rules.ts'
import { type Hours, weekdays } from '../model/settings.ts'

export const handoffStates = ['requested', 'accepted', 'rejected', 'expired', 'won', 'lost'] as const
export type HandoffState = (typeof handoffStates)[number]

interface Person {
  readonly name: string
  readonly email: string
}

/**
 * `sticky`: previous owner of the lead or its account. `fallback`: no member of the routed team was available. `deadline`: no
 * answer in time.
 */
export type AssignedBecause = 'routed' | 'sticky' | 'fallback' | 'deadline' | 'by-hand'

/** An owner of a handoff, and the reason. */
export interface Assignment {
  readonly team: string
  readonly owner: Person
  readonly at: string
  readonly because: AssignedBecause
  /** Who assigned it by hand, and why in their own words: personal data, not for events. */
  readonly by?: string
  readonly reason?: string
  /** Taken over after acceptance: no answer is needed. */
  readonly accepted?: true
  /** Deadlines of a previous owner, as they were when their clock stopped. */
  readonly dueAt?: string
  readonly deadlines?: Deadlines
}

/** A qualified lead on its way from marketing to sales. */
export interface Handoff {
  readonly handoffId: string
  readonly leadId: LeadId
  readonly team: string
  /** The current owner, as in the last of `assignments`. */
  readonly owner: Person
  /** All owners, oldest first. */
  readonly assignments: readonly Assignment[]
  readonly score: number
  /** Below the threshold, by way of trial: the share of such leads that are handed over. */
  readonly explored?: number
  readonly stage: StageId
  readonly requestedAt: string
  /** When an unanswered handoff is escalated, in the team's business hours. */
  readonly dueAt: string
  /** Deadlines of the current owner. */
  readonly deadlines?: Deadlines
  /** Deadlines that were processed. */
  readonly passed?: readonly DeadlineType[]
  /** Set once an owner misses `dueAt`, and kept after reassignment. */
  readonly overdueSince?: string
  readonly answer: HandoffAnswer
  /** How often it was opened; absent: once. */
  readonly round?: number
  /** 0: not stored yet. */
  readonly version: number
  readonly outbox: readonly Decision[]
}

export type HandoffAnswer =
  | { readonly state: 'requested' }
  | { readonly state: 'accepted'; readonly at: string; readonly by: string }
  | {
      readonly state: 'rejected'
      readonly at: string
      readonly by: string
      readonly reason: string
      /** The salesperson's own words: personal data, not for events. */
      readonly note?: string
    }
  /**
   * `withdrawn`: the qualification was withdrawn. `merged`: the person has another handoff, `standIn`. `returnedAs`:
   * unanswered; a reason of `reject`.
   */
  | {
      readonly state: 'expired'
      readonly at: string
      readonly reason?: 'withdrawn' | 'merged'
      readonly standIn?: string
      readonly returnedAs?: string
    }
  /** Outcome of the deal; `accepted` is absent if nobody had accepted explicitly. */
  | {
      readonly state: 'won' | 'lost'
      readonly at: string
      readonly accepted?: { readonly at: string; readonly by: string }
    }

/** Repeated events and emails of a handoff get new ids. */
const numbered = (id: string, time: number): string => (time === 1 ? id : `${id}:${time}`)

type Assigned = Pick<Handoff, 'handoffId' | 'assignments'>

/** Id of the decision that asks for an answer in the current round. */
export const requestedId = ({ handoffId, round = 1 }: Pick<Handoff, 'handoffId' | 'round'>): string =>
  numbered(`${handoffId}:requested`, round)

/** Id of the decision that assigns the current owner. */
export const assignedId = ({ handoffId, assignments }: Assigned): string =>
  numbered(`${handoffId}:assigned`, assignments.length)

/** Id of the email to the current owner. */
export const notifySendId = ({ handoffId, assignments }: Assigned): string =>
  numbered(`${handoffId}:notify`, assignments.length)

/** A team that never opens must not hang the caller: two years of closed days are a fault of the playbook. */
const longestClosure = 731

interface BusinessCalendar {
  readonly timeZone: string
  readonly hours: Hours
  /** Local dates `YYYY-MM-DD`. */
  readonly holidays: readonly string[]
}

/**
 * The moment when `duration` (> 0) milliseconds of business time have passed since `from`: closing time rather than the next
 * opening. Hours are wall-clock hours in the calendar's zone, so a day with a clock change has its real length.
 * @throws RangeError if the calendar is closed for two years in a row.
 */
export const addBusinessTime = (from: string, duration: number, calendar: BusinessCalendar): string => {
  const start = Temporal.Instant.from(from)
  let date = start.toZonedDateTimeISO(calendar.timeZone).toPlainDate()
  let left = duration
  for (let closed = 0; closed < longestClosure; date = date.add({ days: 1 })) {
    const day = openHours(date, calendar)
    // A clock change may skip all hours of a day.
    if (!day || day.close <= day.open) {
      closed += 1
      continue
    }
    closed = 0
    const begin = Math.max(day.open, start.epochMilliseconds)
    if (begin >= day.close) continue
    if (begin + left <= day.close) return new Date(begin + left).toISOString()
    left -= day.close - begin
  }
  throw new RangeError(`no business hours within ${longestClosure} days after ${from}`)
}

/** Opening and closing of one local date in ms since the epoch; undefined when closed. */
const openHours = (date: Temporal.PlainDate, calendar: BusinessCalendar) => {
  const weekday = weekdays[date.dayOfWeek - 1]
  if (!weekday || !calendar.hours.days.includes(weekday) || calendar.holidays.includes(date.toString()))
    return undefined
  const at = (time: string): number =>
    date.toZonedDateTime({ timeZone: calendar.timeZone, plainTime: Temporal.PlainTime.from(time) })
      .epochMilliseconds
  return { open: at(calendar.hours.from), close: at(calendar.hours.to) }
}

/**
 * Steps for an unanswered handoff, in order: a reminder, an escalation to the team's lead, another owner; finally the lead
 * returns to marketing.
 */
const deadlineTypes = ['remind', 'escalate', 'reassign', 'expire'] as const
export type DeadlineType = (typeof deadlineTypes)[number]

/** Deadlines of the current owner, RFC 3339 UTC, in the order of their types. */
interface Deadlines {
  readonly remindAt?: string
  readonly escalateAt?: string
  readonly reassignAt?: string
  readonly expireAt?: string
}

const hour = 3_600_000
/** Without escalation in the playbook, an answer is due within one working day. */
const defaultDue = 8 * hour

/**
 * Starts an owner's deadlines, in business hours of the team from the assignment at `from`. Later changes of the playbook do
 * not affect them.
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

/** Deadlines of the current owner that were not processed, even if they no longer matter. */
export const remainingDeadlines = ({ deadlines = {}, passed = [] }: Handoff): readonly Deadline[] =>
  deadlineTypes.flatMap((type) => {
    const at = deadlines[`${type}At`]
    return at === undefined || passed.includes(type) ? [] : [{ type, at }]
  })

/** Pending deadlines: none once the handoff is answered or closed. */
export const pendingDeadlines = (handoff: Handoff): readonly Deadline[] =>
  handoff.answer.state === 'requested' ? remainingDeadlines(handoff) : []

/** Due deadlines that were not processed, in order. */
export const dueDeadlines = (handoff: Handoff, now: string): readonly Deadline[] =>
  pendingDeadlines(handoff).filter(({ at }) => at <= now)

/** How many timers ahead are set, so that a lost one leaves another to come. */
const timersAhead = 2

/**
 * The pending deadlines that have a timer at `now`, in order of time: those that are due, and the next two. Whoever handles one
 * sets those that come in view by it before acting: one that is lost delays its step until the next, and silences none.
 */
export const timedDeadlines = (handoff: Handoff, now: string): readonly Deadline[] => {
  const pending = pendingDeadlines(handoff).toSorted((one, other) => (one.at < other.at ? -1 : 1))
  return pending.slice(0, pending.filter(({ at }) => at <= now).length + timersAhead)
}

/** Whether the current owner's answer is overdue. */
export const isOverdue = ({ answer, dueAt }: Handoff, now: string): boolean =>
  answer.state === 'requested' && dueAt <= now

/** Since when an answer is overdue, from any owner: counted as `handoffsOverdue`. */
export const overdueSince = (handoff: Handoff, now: string): string | undefined =>
  handoff.overdueSince ?? (isOverdue(handoff, now) ? handoff.dueAt : undefined)

/** What remains of an owner's deadlines at `now`, after an answer or a reassignment. */
export const stopDeadlines = (handoff: Handoff, now: string): Pick<Handoff, 'overdueSince'> => {
  const since = overdueSince(handoff, now)
  return since === undefined ? {} : { overdueSince: since }
}

/** When and by whom a handoff was accepted, even if its deal is closed now. */
export const acceptanceOf = ({
  answer,
}: Pick<Handoff, 'answer'>): { readonly at: string; readonly by: string } | undefined => {
  switch (answer.state) {
    case 'accepted':
      return { at: answer.at, by: answer.by }
    case 'won':
    case 'lost':
      return answer.accepted
    case 'requested':
    case 'rejected':
    case 'expired':
      return undefined
    default:
      return answer satisfies never
  }
}

/** The most recently accepted handoff. */
export const lastAccepted = (handoffs: readonly Handoff[]): Handoff | undefined =>
  handoffs
    .flatMap((handoff) => {
      const at = acceptanceOf(handoff)?.at
      return at === undefined ? [] : [{ handoff, at }]
    })
    .toSorted((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0))
    .at(-1)?.handoff

/**
 * A handoff as it was at `at` (RFC 3339 UTC): owner, deadlines and answer of that moment.
 * @returns undefined before the request.
 */
export const handoffAt = (handoff: Handoff, at: string): Handoff | undefined => {
  if (handoff.requestedAt > at) return undefined
  const { overdueSince, ...rest } = handoff
  const assignments = handoff.assignments.filter((assignment) => assignment.at <= at)
  const { team, owner } = assignments.at(-1) ?? handoff
  const { dueAt, deadlines = {} } = clockAt(handoff, assignments.length)
  return {
    ...rest,
    ...(overdueSince !== undefined && overdueSince <= at && { overdueSince }),
    ...{ team, owner, assignments, dueAt, deadlines },
    passed: passedAt(handoff, deadlines, at),
    answer: answerAt(handoff, at),
  }
}

type Clock = Pick<Handoff, 'dueAt' | 'deadlines'>

/** Deadlines of the `nth` owner, from 1: a takeover after acceptance keeps the previous owner's, which nobody stopped. */
const clockAt = (handoff: Handoff, nth: number): Clock => {
  const stopped = handoff.assignments.slice(Math.max(0, nth - 1)).find(({ dueAt }) => dueAt !== undefined)
  return stopped?.dueAt === undefined ? handoff : { ...stopped, dueAt: stopped.dueAt }
}

/** Deadlines that passed before the answer. */
const passedAt = ({ answer }: Handoff, deadlines: Deadlines, at: string): readonly DeadlineType[] => {
  const answeredAt = acceptanceOf({ answer })?.at ?? (answer.state === 'requested' ? undefined : answer.at)
  return deadlineTypes.filter((type) => {
    const time = deadlines[`${type}At`]
    return time !== undefined && time <= at && (answeredAt === undefined || time < answeredAt)
  })
}

const answerAt = ({ answer }: Handoff, at: string): HandoffAnswer => {
  if (answer.state === 'requested' || answer.at <= at) return answer
  const accepted = acceptanceOf({ answer })
  return accepted && accepted.at <= at ? { state: 'accepted', ...accepted } : { state: 'requested' }
}
