import type { LeadState } from './lead-state.ts'

/** What somebody may have done, or had done to them, without there being a reason to keep their data. */
const groundless: readonly string[] = [
  'form.submitted',
  'profile.updated',
  'page.viewed',
  'page.engaged',
  'content.viewed',
  'ad.impression',
  'ad.clicked',
  'email.sent',
  'email.delivered',
  'email.opened',
  'email.clicked',
  'email.bounced',
]

/**
 * When the last consent that was asked for lapsed, of somebody who never gave any and whom nothing else ties to the
 * company: no request, no order, no handoff. Such data may not be kept. Undefined for everybody else.
 */
export const lapsedStranger = ({
  consent,
  seen,
  qualifications,
}: Pick<LeadState, 'consent' | 'seen' | 'qualifications'>):
  | { readonly at: string; readonly factId: string }
  | undefined => {
  const all = Object.values(consent)
  const isStranger =
    all.every(({ status }) => status === 'lapsed') &&
    qualifications.length === 0 &&
    Object.keys(seen).every((type) => groundless.includes(type))
  return isStranger ? all.toSorted((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0))[0] : undefined
}
