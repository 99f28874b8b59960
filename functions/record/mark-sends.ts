import type { Fact } from '../../domain/activity/activity.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import { changedHits, marksOfFacts, marksOfHits } from '../../domain/sending/email-marks.ts'
import type { SendMarks } from '../send-ports.ts'

/**
 * Marks the emails that came to something, before the state is committed that says so: whoever comes after a crash marks
 * them again, which changes nothing.
 * @param leadIds the person's.
 */
export const markSends = async (
  sendMarks: SendMarks,
  facts: readonly Fact[],
  leadIds: readonly LeadId[],
  { before, after }: { readonly before: LeadState | undefined; readonly after: LeadState },
): Promise<void> => {
  const emails = changedHits(before?.emails, after.emails)
  const sends = emails.length === 0 ? [] : await Promise.all(leadIds.map((id) => sendMarks.list(id)))
  const changes = [...marksOfFacts(facts), ...marksOfHits(emails, after.emails, sends.flat())]
  await Promise.all(changes.map((change) => sendMarks.change(change)))
}
