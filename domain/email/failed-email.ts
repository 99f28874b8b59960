import type { Activity } from '../activity/activity.ts'
import type { EmailRequest } from './email-request.ts'

/** What stands in the timeline of a lead that could not be written to; SES names the address in what it says. */
export const failedEmail = (
  { leadId, sendId, email }: EmailRequest,
  at: string,
  reason: string,
): Activity => ({
  id: `${sendId}:failed`,
  type: 'email.failed',
  subject: { leadId },
  occurredAt: at,
  timeAssumed: false,
  properties: { email, sendId, reason: reason.replaceAll(/\S+@\S+/g, '…').slice(0, 500) },
})
