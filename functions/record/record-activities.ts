import type { Failures } from '../queue/handle-batch.ts'
import type { QueueMessage } from '../queue/message.ts'
import { type Arrival, type LeadArrivals, makeGatherActivities } from './gather-activities.ts'
import { parseArrival } from './parse-arrival.ts'
import { makeRecordLead } from './record-lead.ts'
import type { RecordPorts } from './record-ports.ts'

/** Takes a batch: leads side by side, all that concerns one lead in one commit. A bad message fails alone. */
export const makeRecordActivities = (ports: RecordPorts) => {
  const gather = makeGatherActivities(ports)
  const recordLead = makeRecordLead(ports)

  const tryLead = async (group: LeadArrivals, failures: Map<string, unknown>): Promise<void> => {
    try {
      await recordLead(group)
    } catch (error) {
      for (const { messageId } of group.arrivals) failures.set(messageId, error)
    }
  }

  return async (messages: readonly QueueMessage[]): Promise<Failures> => {
    const failures = new Map<string, unknown>()
    const arrivals: Arrival[] = []
    for (const message of messages) {
      try {
        arrivals.push(parseArrival(message))
      } catch (error) {
        failures.set(message.messageId, error)
      }
    }
    const gathered = await gather(arrivals)
    for (const [messageId, error] of gathered.failures) failures.set(messageId, error)
    await Promise.all(gathered.leads.map((group) => tryLead(group, failures)))
    return failures
  }
}
