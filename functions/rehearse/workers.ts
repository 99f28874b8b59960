import type { EventWorker } from '../../domain/model/event-row.ts'
import { workersOf } from '../../domain/model/event-table.ts'
import { rawAt } from '../../domain/model/raw.ts'
import { memoryLeadTimers, type QueuedEvent } from '../adapters/memory-event-bus.ts'
import { memorySendingFigures, memorySendMarks, memorySendReports } from '../adapters/memory-sends.ts'
import { activityDetailType } from '../event-names.ts'
import { type FeedbackPorts, makeReceiveFeedback } from '../feedback/receive-feedback.ts'
import { makeFollowQualification } from '../handoff/hand-off-lead.ts'
import { makeNurtureLead } from '../nurture/nurture-lead.ts'
import type { QueueMessage } from '../queue/message.ts'
import { makeRecordActivities } from '../record/record-activities.ts'
import type { RecordPorts } from '../record/record-ports.ts'
import { makeResumeEmails, makeRetryEmail } from '../send/hold-email.ts'
import { parseRequest } from '../send/parse-request.ts'
import { makeSendEmail } from '../send/send-email.ts'
import type { Journal, WatchScore } from './journal.ts'
import { mailSource, type System } from './system.ts'

type Take = (message: QueueMessage) => Promise<void>

/** A function that takes batches, given one message. @throws what it says of that message. */
const alone =
  (takeBatch: (messages: readonly QueueMessage[]) => Promise<ReadonlyMap<string, unknown>>): Take =>
  async (message) => {
    for (const error of (await takeBatch([message])).values()) throw error
  }

const recordPorts = (system: System): RecordPorts => {
  const { leads, clock, timersOf } = system
  const { record: timers } = timersOf
  const { claims, checkpoints } = leads
  const sendMarks = memorySendMarks(system.sends.items)
  return {
    ...system,
    claims,
    checkpoints,
    timers,
    leadTimers: memoryLeadTimers(timers, clock),
    sendMarks,
    // Nobody is forgotten in a rehearsal.
    reviews: { begin: async () => {} },
  }
}

/** A rehearsal has one lead: nothing is counted. */
const feedbackPorts = ({ bus, sends }: System): FeedbackPorts => ({
  bus,
  // By way of the bus, as the journal tells of what is recorded; the recorder marks the sends.
  record: (reported) => bus.submit(reported.map(({ activity }) => activity)),
  reports: memorySendReports(sends),
  figures: memorySendingFigures(),
  guardSending: async () => {},
  // The lead's own log says what bounced.
  suppress: async () => {},
  warn: () => undefined,
})

/** The functions behind the queues, wired as their entries wire them. */
export const makeWorkers = (system: System): Readonly<Record<Worker | 'feedback', Take>> => {
  const nurture = makeNurtureLead({ ...system, timers: system.timersOf.nurture })
  const followQualification = makeFollowQualification({ ...system, timers: system.timersOf.handoff })
  const sendEmail = makeSendEmail({ ...system, timers: system.timersOf.send })
  const retryEmail = makeRetryEmail({ ...system, sendEmail })
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
          return retryEmail(message.timer)
        // Nobody pauses in a rehearsal.
        case 'resumed':
          return
        default:
          return message satisfies never
      }
    },
  }
}

type Worker = 'record' | Exclude<EventWorker, 'rescore'>

/** Who takes an event. No playbook is published in the middle of a rehearsal. */
export const subscribersOf = (type: string): readonly Worker[] =>
  type === activityDetailType ? ['record'] : workersOf(type).filter((worker) => worker !== 'rescore')

/** As the rules of the bus have it: what is marked so comes to nobody who would find nothing to do. */
const takersOf = (type: string, detail: unknown): readonly Worker[] => {
  const isMarked = (mark: string): boolean => rawAt(detail, 'metadata', mark) === true
  const idle = [
    ...(isMarked('unawaited') ? ['nurture', 'send'] : []),
    ...(isMarked('unheard') ? ['webhook'] : []),
  ]
  return subscribersOf(type).filter((worker) => !idle.includes(worker))
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Delivers what is on the bus, and the messages of timers, until there is nothing left to do. */
export const makeDeliverEvents = (system: System, journal: Journal, watchScore: WatchScore) => {
  const workers = makeWorkers(system)

  const attempt = async (worker: Worker | 'feedback', message: QueueMessage): Promise<void> => {
    try {
      await workers[worker](message)
    } catch (error) {
      journal.note({ type: 'failed', message: worker, reason: reasonOf(error) })
    }
    const change = worker === 'record' ? await watchScore() : undefined
    if (change) journal.note({ type: 'score', ...change })
  }

  const deliver = async (event: QueuedEvent): Promise<void> => {
    const { source, 'detail-type': type, detail } = event.body
    if (source === mailSource) return attempt('feedback', event)
    if (type === activityDetailType) journal.noteActivity(detail)
    else await journal.noteDecision(event.body)
    for (const worker of takersOf(type, detail)) await attempt(worker, event)
  }

  const settle = async (): Promise<void> => {
    for (let event = system.bus.take(); event; event = system.bus.take()) await deliver(event)
  }

  return {
    settle,
    /** A timer fires: its message comes to the queue of whoever set it. */
    fireTimer: async (worker: Worker, body: unknown): Promise<void> => {
      await attempt(worker, { messageId: 'alarm', body })
      await settle()
    },
  }
}
