import * as z from 'zod/mini'
import type { JsonObject } from '../../domain/json.ts'
import type { Entry, Event } from '../../domain/rehearsal/entry.ts'
import { decisionEventOf } from '../queue/decision-event.ts'
import type { System } from './make-system.ts'

const isJson = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const activitySchema = z.object({
  id: z.string(),
  type: z.string(),
  properties: z.custom<JsonObject>(isJson),
})

/** Writes down what happens, repeats once. */
export const keepJournal = (system: System) => {
  const entries: Entry[] = []
  const decided = new Set<string>()
  const arrived = new Set<string>()
  const note = (event: Event): void => {
    entries.push({ at: system.clock(), ...event })
  }

  const noteMail = ({ messageId, email, recipient, language }: Readonly<Record<string, unknown>>): void => {
    const mail = system.mailer.outbox.find((sent) => sent.messageId === messageId)
    if (!mail) return
    const { to, subject, text } = mail
    const names = { email: String(email), recipient: String(recipient), language: String(language ?? '') }
    note({ type: 'mail', ...names, to, subject, text })
  }

  return {
    entries,
    note,
    /** A decision on the bus; of an email and of a handoff also what only the system itself knows. */
    noteDecision: async (body: unknown): Promise<void> => {
      const { id, type, leadId, data } = decisionEventOf(body)
      if (decided.has(id)) return
      decided.add(id)
      note({ type: 'decision', decision: type, data: isJson(data) ? data : {} })
      if (type === 'EmailSent') noteMail(data)
      const handoff =
        type === 'HandoffAssigned' ? await system.handoffs.load(leadId, String(data.handoffId)) : undefined
      if (!handoff) return
      const { handoffId, team, owner, dueAt } = handoff
      note({ type: 'handoff', handoffId, team, owner, dueAt })
    },
    noteActivity: (detail: unknown): void => {
      const { data: activity } = z.safeParse(activitySchema, detail)
      if (!activity || arrived.has(activity.id)) return
      arrived.add(activity.id)
      note({ type: 'activity', id: activity.id, activity: activity.type, properties: activity.properties })
    },
  }
}

export type Journal = ReturnType<typeof keepJournal>
