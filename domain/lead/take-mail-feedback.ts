import type { Fact } from '../activity/activity.ts'
import type { Draft } from './draft.ts'

/** What became of emails: opens and clicks by email, and addresses that must not be written to again. */
export const takeMailFeedback = (draft: Draft, fact: Fact): void => {
  const { id, type, occurredAt, properties, member } = fact
  const email =
    typeof properties.email === 'string' && properties.email !== '__proto__' ? properties.email : undefined
  switch (type) {
    case 'email.opened':
      if (email !== undefined) draft.opened.set(email, occurredAt)
      return
    case 'email.clicked':
      if (email !== undefined) draft.clicked.set(email, occurredAt)
      return
    case 'email.bounced':
      // What bounced for a merged lead went to another address.
      if (properties.bounceType === 'Permanent' && member === undefined) {
        draft.suppression ??= { reason: 'bounced', at: occurredAt, factId: id }
      }
      return
    case 'email.complained':
      draft.suppression ??= { reason: 'complained', at: occurredAt, factId: id }
      return
  }
}
