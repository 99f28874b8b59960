import { encodeSendTags } from '../../../domain/email/email-outcome.ts'
import type { SuppressedAddress } from '../../../domain/email/judge-send.ts'
import type { Outcome } from '../../../domain/feedback/ses-feedback.ts'
import type { Activity } from '../../../domain/model/activity.ts'
import type { Announcement } from '../../../domain/model/decision.ts'
import { memorySendingFigures, memorySendingStates } from '../../../functions/adapters/memory-sends.ts'
import { makeGuardSending } from '../../../functions/deliverability/guard-sending.ts'
import { type FeedbackPorts, makeReceiveFeedback } from '../../../functions/feedback/receive-feedback.ts'
import type { Send } from '../../../functions/send-ports.ts'
import { leadId } from '../../domain/support/facts.ts'
import { busMessage } from '../fakes/bus-message.ts'
import { memoryBus } from '../fakes/memory-bus.ts'

export const mailedAt = '2026-03-02T09:00:00.000Z'

/** What SES says of marketing mail, or of a confirmation. */
export const event = (
  messageId: string,
  eventType: string,
  part: object = {},
  timestamp = mailedAt,
  email: 'welcome' | 'confirm' = 'welcome',
) => {
  const sendId = `send-${messageId}`
  const kind = email === 'welcome' ? 'marketing' : 'transactional'
  const tags = encodeSendTags({ sendId, leadId, email, recipient: 'lead', kind })
  return busMessage('Email Event', {
    eventType,
    mail: {
      timestamp,
      messageId,
      destination: ['anna@example.com'],
      tags: Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, [value]])),
    },
    ...part,
  })
}

export const hardBounce = (
  messageId: string,
  timestamp = mailedAt,
  email: 'welcome' | 'confirm' = 'welcome',
) =>
  event(
    messageId,
    'Bounce',
    { bounce: { timestamp, bounceType: 'Permanent', bounceSubType: 'General' } },
    timestamp,
    email,
  )

export const complaint = (messageId: string) =>
  event(messageId, 'Complaint', { complaint: { timestamp: mailedAt } })

/** Feedback over ports in memory; each send is reported first once. */
export const feedbackWorld = (parts: Partial<FeedbackPorts> = {}) => {
  const bus = memoryBus()
  const submitted: Activity[] = []
  const record: FeedbackPorts['record'] = async (all) => {
    submitted.push(...all.map(({ activity }) => activity))
  }
  const figures = memorySendingFigures()
  const states = memorySendingStates()
  const times = { now: '2026-03-02T09:05:00.000Z' }
  const reported: Outcome[] = []
  const marked: string[] = []
  const announced: Announcement[] = []
  const warned: string[] = []
  const known = new Set<string>()
  const failing = new Map<string, Send>()
  const guardSending = makeGuardSending({
    figures,
    states,
    announce: async (change) => {
      announced.push(change)
    },
    clock: () => times.now,
    warn: (because) => warned.push(because),
  })
  const reports: FeedbackPorts['reports'] = {
    report: async (outcome, marks) => {
      reported.push(outcome)
      marked.push(...marks.map(({ mark }) => mark))
      return known.size < known.add(outcome.sendId).size
    },
    fail: async (outcome) => {
      reported.push(outcome)
      return failing.get(outcome.sendId)
    },
  }
  const suppressed: (readonly [address: string, SuppressedAddress])[] = []
  const suppress: FeedbackPorts['suppress'] = async (address, why) => {
    suppressed.push([address, why])
  }
  const warn: FeedbackPorts['warn'] = (message) => warned.push(message)
  const receive = makeReceiveFeedback({
    reports,
    warn,
    suppress,
    figures,
    guardSending,
    bus,
    record,
    ...parts,
  })
  return {
    failing,
    suppressed,
    bus,
    submitted,
    marked,
    figures,
    states,
    times,
    reported,
    announced,
    warned,
    receive,
  }
}
