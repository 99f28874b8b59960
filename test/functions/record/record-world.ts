import type { LeadId } from '../../../domain/model/activity.ts'
import type { JsonObject } from '../../../domain/model/json.ts'
import { compileRules, type Rules } from '../../../domain/rules/rules.ts'
import { memoryTimers } from '../../../functions/adapters/memory-event-bus.ts'
import { memoryLeads, memoryReviews } from '../../../functions/adapters/memory-leads.ts'
import { memorySendMarks, memorySends } from '../../../functions/adapters/memory-sends.ts'
import { makeRecordActivities } from '../../../functions/record/record-activities.ts'
import type { RecordPorts } from '../../../functions/record/record-ports.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { memoryBus } from '../fakes/memory-bus.ts'

export const rules = compileRules(makePlaybook())

/** Everything `record` touches, in memory. */
export const recordWorld = (given: Rules = rules) => {
  const leads = memoryLeads()
  const bus = memoryBus()
  const sends = memorySends()
  const timers = memoryTimers()
  const reviews = memoryReviews()
  const times = { now: '2026-04-01T00:00:00.000Z' }
  const delayed: { readonly leadId: LeadId; readonly at?: string; readonly seconds: number }[] = []
  const ports: RecordPorts = {
    leads,
    claims: leads.claims,
    checkpoints: leads.checkpoints,
    bus,
    timers,
    leadTimers: {
      later: async (timer, seconds) => {
        delayed.push({ ...timer, seconds })
      },
    },
    sendMarks: memorySendMarks(sends.items),
    reviews,
    clock: () => times.now,
    currentRules: async () => given,
    pauseUpTo: async () => {},
  }
  return {
    leads,
    bus,
    sends,
    timers,
    reviews,
    times,
    /** Messages to the recorder itself that come a little later. */
    delayed,
    ports,
    record: makeRecordActivities(ports),
    /** The only lead there is. */
    lead: () => {
      const [lead, ...others] = leads.items.values()
      if (lead === undefined || others.length > 0) throw new Error(`${leads.items.size} leads`)
      return lead
    },
    decisionIds: () => [...new Set(bus.published.map(({ id }) => id))].sort(),
  }
}

/** An activity of Anna's on the `day`th of March 2026. */
export const activityOfAnna = (id: string, type: string, day: number, properties: JsonObject = {}) => ({
  id,
  type,
  subject: { email: 'anna@example.com' },
  occurredAt: `2026-03-${String(day).padStart(2, '0')}T09:00:00.000Z`,
  properties,
})
