import { activityOfAnswer } from '../../domain/handoff/answer-handoff.ts'
import {
  type Deadline,
  type Handoff,
  pendingDeadlines,
  remainingDeadlines,
} from '../../domain/handoff/handoff.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import { wholeSecond } from '../../domain/sending/hold-email.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import type { Bus, Clock, Handoffs, Leads, Timers } from '../ports.ts'
import { rootLead } from '../root-lead.ts'

export interface PublishHandoffPorts {
  readonly bus: Bus
  readonly handoffs: Handoffs
}

/**
 * Counts a stored handoff for its team and publishes its outbox. Safe to repeat: every decision and activity keeps its id.
 * @returns the handoff with an empty outbox.
 */
export const publishHandoff = async (ports: PublishHandoffPorts, handoff: Handoff): Promise<Handoff> => {
  if (handoff.outbox.length === 0) return handoff
  await ports.handoffs.count(handoff)
  const activities = handoff.outbox.flatMap((decision) => activityOfAnswer(decision, handoff) ?? [])
  await ports.bus.publish(handoff.outbox)
  if (activities.length > 0) await ports.bus.submit(activities)
  await ports.handoffs.clearOutbox(handoff)
  return { ...handoff, outbox: [] }
}

/** The handoff queue. `delay` is in seconds. */
export type EnqueueHandoff = (message: JsonObject, delay: number) => Promise<void>

/** Longer than any function works, in seconds: it has committed by then, or it will not. */
const finished = 120

/**
 * Makes sure that a handoff is published and its deadlines are set even if this process dies: to be called before the
 * commit. Repeats do no harm.
 */
export const promisePublishing = (enqueueHandoff: EnqueueHandoff, handoffId: string): Promise<void> =>
  enqueueHandoff({ type: 'publish', handoffId }, finished)

interface SetDeadlinesPorts {
  readonly timers: Timers
  readonly clock: Clock
}

/** Time for the call that sets a timer: Scheduler promises nothing for times that have passed. */
const leadTime = 5_000

const timerName = ({ handoffId }: Handoff, { type, at }: Deadline): string => `${handoffId}:${type}:${at}`

/** What is set for a handoff: an answer stops deadlines, not the timers of them. */
export const deadlineTimerNames = (handoff: Handoff): readonly string[] =>
  remainingDeadlines(handoff).map((deadline) => timerName(handoff, deadline))

/** One timer for each deadline to come. Safe to repeat. */
export const setDeadlines = async ({ timers, clock }: SetDeadlinesPorts, handoff: Handoff): Promise<void> => {
  const soonest = addMilliseconds(clock(), leadTime)
  await Promise.all(
    pendingDeadlines(handoff).map((deadline) => {
      const { type, at } = deadline
      const due = wholeSecond(at < soonest ? soonest : at)
      const message = { type: 'deadline', handoffId: handoff.handoffId, deadline: type, at }
      return timers.set(timerName(handoff, deadline), due, message)
    }),
  )
}

interface WantsAnswerPorts {
  readonly leads: Pick<Leads, 'load'>
  readonly handoffs: Pick<Handoffs, 'list'>
}

/**
 * Whether a handoff that nobody has answered wants an answer. Of a person that sales has more than once, by leads that
 * were merged, one handoff does: none while another was accepted, else that of the lead which stands for the person,
 * else the oldest. Of somebody erased none does.
 */
export const wantsAnswer = async (
  { leads, handoffs }: WantsAnswerPorts,
  handoff: Handoff,
): Promise<boolean> => {
  const root = await rootLead(leads, handoff.leadId)
  if (!root) return false
  const family = new Set([root.leadId, ...(root.members ?? []), handoff.leadId])
  if (family.size === 1) return true
  const others = (await Promise.all([...family].map((leadId) => handoffs.list(leadId))))
    .flat()
    .filter(({ handoffId }) => handoffId !== handoff.handoffId)
  if (others.some(({ answer }) => answer.state === 'accepted')) return false
  const open = [handoff, ...others.filter(({ answer }) => answer.state === 'requested')]
  const [first] = open.toSorted(
    (one, other) =>
      Number(other.leadId === root.leadId) - Number(one.leadId === root.leadId) ||
      (one.requestedAt < other.requestedAt ? -1 : 1),
  )
  return first === handoff
}

export interface AttendHandoffPorts extends PublishHandoffPorts, SetDeadlinesPorts {}

/**
 * Sets the deadlines of a stored handoff and publishes its outbox. Safe to repeat.
 * @returns the handoff with an empty outbox.
 */
export const attendHandoff = async (ports: AttendHandoffPorts, handoff: Handoff): Promise<Handoff> => {
  if (handoff.outbox.length === 0) return handoff
  await setDeadlines(ports, handoff)
  return publishHandoff(ports, handoff)
}

/** A request over HTTP may have died before publishing, and cannot set deadlines. */
export const makeFinishHandoff =
  (ports: AttendHandoffPorts) =>
  async (handoffId: string): Promise<void> => {
    const handoff = await ports.handoffs.find(handoffId)
    if (!handoff) return
    await setDeadlines(ports, handoff)
    await publishHandoff(ports, handoff)
  }
