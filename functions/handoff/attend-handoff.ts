import type { Handoff } from '../../domain/handoff/handoff.ts'
import { type PublishHandoffPorts, publishHandoff } from './publish-handoff.ts'
import { type SetDeadlinesPorts, setDeadlines } from './set-deadlines.ts'

export interface AttendHandoffPorts extends PublishHandoffPorts, SetDeadlinesPorts {}

/**
 * Does what a stored handoff still owes: its deadlines are set, then everyone is told. Safe to repeat.
 * @returns the handoff with nothing left to tell.
 */
export const attendHandoff = async (ports: AttendHandoffPorts, handoff: Handoff): Promise<Handoff> => {
  if (handoff.outbox.length === 0) return handoff
  await setDeadlines(ports, handoff)
  return publishHandoff(ports, handoff)
}

/** Somebody over HTTP may have died, or has told others without being able to set deadlines. */
export const makeFinishHandoff =
  (ports: AttendHandoffPorts) =>
  async (handoffId: string): Promise<void> => {
    const handoff = await ports.handoffs.find(handoffId)
    if (!handoff) return
    await setDeadlines(ports, handoff)
    await publishHandoff(ports, handoff)
  }
