import { memoryDelayedWakes } from '../adapters/memory-delayed-wakes.ts'
import { memorySendMarks } from '../adapters/memory-send-marks.ts'
import { memorySendingFigures, memorySendReports } from '../adapters/memory-sending.ts'
import { type FeedbackPorts, makeReceiveFeedback } from '../feedback/receive-feedback.ts'
import { makeFollowQualification } from '../handoff/follow-qualification.ts'
import { makeNurtureLead } from '../nurture/nurture-lead.ts'
import type { QueueMessage } from '../queue/message.ts'
import { makeRecordActivities } from '../record/record-activities.ts'
import type { RecordPorts } from '../record/record-ports.ts'
import { parseRequest } from '../send/parse-request.ts'
import { makeResumeEmails } from '../send/resume-emails.ts'
import { makeSendEmail } from '../send/send-email.ts'
import { makeWakeEmail } from '../send/wake-email.ts'
import type { System } from './make-system.ts'
import type { Worker } from './subscriptions.ts'

type Take = (message: QueueMessage) => Promise<void>

/** A function that takes batches, given one message. @throws what it says of that message. */
const alone =
  (takeBatch: (messages: readonly QueueMessage[]) => Promise<ReadonlyMap<string, unknown>>): Take =>
  async (message) => {
    for (const error of (await takeBatch([message])).values()) throw error
  }

const recordPorts = (system: System): RecordPorts => {
  const { leads, clock, wakeUps } = system
  const { record: alarms } = wakeUps
  const { claims, checkpoints } = leads
  const sendMarks = memorySendMarks(system.sends.items)
  return {
    ...system,
    claims,
    checkpoints,
    alarms,
    wakes: memoryDelayedWakes(alarms, clock),
    sendMarks,
    // Nobody is forgotten in a rehearsal.
    reviews: { begin: async () => {} },
  }
}

/** A rehearsal has one lead: nothing is counted. */
const feedbackPorts = ({ bus, sends }: System): FeedbackPorts => ({
  bus,
  reports: memorySendReports(sends),
  figures: memorySendingFigures(),
  guardSending: async () => {},
  // The lead's own log says what bounced.
  suppress: async () => {},
  warn: () => undefined,
})

/** The functions behind the queues, wired as their entries wire them. */
export const makeWorkers = (system: System): Readonly<Record<Worker | 'feedback', Take>> => {
  const nurture = makeNurtureLead({ ...system, alarms: system.wakeUps.nurture })
  const followQualification = makeFollowQualification({ ...system, alarms: system.wakeUps.handoff })
  const sendEmail = makeSendEmail({ ...system, alarms: system.wakeUps.send })
  const wakeEmail = makeWakeEmail({ ...system, sendEmail })
  const resumeEmails = makeResumeEmails({ ...system, sendEmail })
  return {
    record: alone(makeRecordActivities(recordPorts(system))),
    feedback: alone(makeReceiveFeedback(feedbackPorts(system))),
    nurture: ({ body }) => nurture(body),
    handoff: ({ body }) => followQualification(body),
    // Where a rehearsal ends there is nobody to forget: that it was asked for stands among what was decided.
    erase: async () => {},
    // Nobody outside is told of what did not happen.
    webhook: async () => {},
    send: async ({ body }) => {
      const message = parseRequest(body)
      switch (message.type) {
        case 'requested':
          return sendEmail(message.request, message.cause)
        case 'consented':
          return resumeEmails(message.leadId, message.cause)
        case 'woken':
          return wakeEmail(message.wake)
        // Nobody pauses in a rehearsal.
        case 'resumed':
          return
        default:
          return message satisfies never
      }
    },
  }
}
