import { expect, test } from 'vitest'
import { encodeSendTags, type SendTags } from '../../../domain/email/email-outcome.ts'
import { feedbackOf, readSesNotice } from '../../../domain/feedback/ses-feedback.ts'
import { leadId } from '../support/facts.ts'

const mailedAt = '2026-03-02T09:00:00.000Z'

/** What SES says a day later of a mail of ours. */
const countedOf = (eventType: string, part: object, kind: SendTags['kind'] = 'marketing') => {
  const tags = encodeSendTags({ sendId: 's', leadId, email: 'welcome', recipient: 'lead', kind })
  const mail = {
    timestamp: mailedAt,
    messageId: 'm',
    tags: Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, [value]])),
  }
  const { mailed, tally } = feedbackOf(readSesNotice({ eventType, mail, ...part }))
  return { mailed, tally }
}

const timestamp = '2026-03-03T09:00:00.000Z'
const bounce = (bounceType: string, bounceSubType: string) => ({
  bounce: { timestamp, bounceType, bounceSubType },
})

test.each([
  ['Send', {}, undefined],
  ['Bounce', bounce('Permanent', 'General'), 'bounced'],
  ['Bounce', bounce('Permanent', 'Suppressed'), 'bounced'],
  ['Bounce', bounce('Permanent', 'OnAccountSuppressionList'), undefined],
  ['Bounce', bounce('Permanent', 'UnsubscribedRecipient'), undefined],
  ['Bounce', bounce('Transient', 'MailboxFull'), undefined],
  ['Complaint', { complaint: { timestamp, complaintFeedbackType: 'not-spam' } }, undefined],
  ['Complaint', { complaint: { timestamp, complaintSubType: 'OnAccountSuppressionList' } }, undefined],
  ['Complaint', { complaint: { timestamp } }, 'complained'],
])('%s %j counts where the mail went out', (eventType, part, type) => {
  const tally = type && { stream: 'marketing', type, messageId: 'm', mailedAt }
  expect(countedOf(eventType, part).tally).toEqual(tally)
})

test('mail that is no marketing counts for itself', () => {
  expect(countedOf('Send', {}, 'transactional').mailed).toEqual({ at: mailedAt, stream: 'confirmations' })
  expect(countedOf('Bounce', bounce('Permanent', 'General'), 'transactional').tally?.stream).toBe(
    'confirmations',
  )
})
