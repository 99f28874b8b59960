import { activityOfAnswer } from '../../domain/handoff/answer-handoff.ts'
import type { Handoff } from '../../domain/handoff/handoff.ts'
import type { Bus, Handoffs } from '../ports.ts'

export interface PublishHandoffPorts {
  readonly bus: Bus
  readonly handoffs: Handoffs
}

/**
 * Counts a stored handoff for its team, and tells everyone what it still has to tell. Safe to repeat: every decision and activity keeps its id.
 * @returns the handoff with nothing left to tell.
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
