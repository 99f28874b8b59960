import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { TimelineEntry } from '../../domain/lead/timeline.ts'
import type { Send } from '../send-ports.ts'

const entryOf = (
  { sendId, leadId, email, status, reason, request, at, claimedAt }: Send,
  person: LeadId,
): TimelineEntry => {
  const settledAt = at ?? claimedAt
  return {
    id: sendId,
    type: `email.${status}`,
    occurredAt: settledAt,
    recordedAt: settledAt,
    ...(leadId !== person && { member: leadId }),
    properties: {
      email,
      recipient: request.recipient,
      reason: reason ?? null,
      ...(request.run && { sequence: request.run.sequence }),
    },
    followed: [],
  }
}

/**
 * The timeline with the emails that did not go out, and why: of those that did, or failed, the log tells itself.
 * @param entries newest first. @param now RFC 3339 UTC: what was settled later is not told.
 */
export const withUnsent = (
  entries: readonly TimelineEntry[],
  sends: readonly Send[],
  person: LeadId,
  now: string,
): readonly TimelineEntry[] => {
  const unsent = sends
    .filter(({ status }) => status === 'suppressed' || status === 'exited')
    .map((send) => entryOf(send, person))
    .filter(({ occurredAt }) => occurredAt <= now)
  // Sorting keeps the order of what is of the same moment: what follows from an activity stands above it.
  return [...unsent, ...entries].toSorted((a, b) =>
    a.occurredAt < b.occurredAt ? 1 : a.occurredAt > b.occurredAt ? -1 : 0,
  )
}
