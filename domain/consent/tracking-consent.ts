import type { Fact } from '../activity/activity.ts'
import type { Form } from '../form/form.ts'
import type { LeadState } from '../lead/lead-state.ts'

/**
 * The purpose under which clicks and opens of emails may be told from one another. It never stands for leave to write:
 * whoever agrees to be measured has not asked for mail.
 */
export const trackingPurpose = 'tracking'

/** Whether a form's wording asks for leave to measure beside what the form is for. */
export const asksForTracking = ({
  tracking,
  purpose,
  consent,
}: Pick<Form, 'tracking' | 'purpose' | 'consent'>): boolean =>
  tracking === true && purpose !== trackingPurpose && consent !== 'none'

/** Whether the lead's consent covers tracking now. */
export const coversTracking = ({ consent }: Pick<LeadState, 'consent'>): boolean =>
  consent[trackingPurpose]?.status === 'granted'

/** `via` of the hits that our own signed links and pictures report. */
export const signedLink = 'signed-link'

/**
 * Whether a fact may be kept for this lead: emails that were sent while tracking was agreed to go on reporting after that
 * was taken back. What other programs report of their own emails is for them to answer.
 * @param state of the person; absent: nobody has agreed to anything.
 */
export const mayKeep = (
  { properties, occurredAt }: Pick<Fact, 'properties' | 'occurredAt'>,
  state: Pick<LeadState, 'consent'> | undefined,
): boolean => {
  if (properties.via !== signedLink) return true
  const consent = state?.consent[trackingPurpose]
  return consent?.status === 'granted' || (consent?.status === 'withdrawn' && consent.at > occurredAt)
}
