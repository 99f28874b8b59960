/**
 * What a bounce says about the address. `suppressed`: SES keeps it on its own or the account's list and handed the mail
 * to nobody. `message`: this one mail was refused, for its size or content, or not delivered within the time that we gave
 * it; the mailbox is well. `unsubscribed`: SES keeps it on a list of people who do not want mail.
 */
export type BounceKind = 'hard' | 'suppressed' | 'soft' | 'message' | 'unsubscribed'

const ofTheMessage = new Set([
  'MessageTooLarge',
  'ContentRejected',
  'AttachmentRejected',
  'CustomTimeoutExceeded',
])
const ofTheLists = new Set(['Suppressed', 'OnAccountSuppressionList'])

/** @see https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#bounce-types */
export const bounceKind = (type: unknown, subType: unknown): BounceKind => {
  const known = typeof subType === 'string' ? subType : ''
  if (known === 'UnsubscribedRecipient') return 'unsubscribed'
  if (type === 'Permanent') return ofTheLists.has(known) ? 'suppressed' : 'hard'
  return ofTheMessage.has(known) ? 'message' : 'soft'
}
