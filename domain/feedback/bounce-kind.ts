/**
 * What a bounce says about the address. `suppressed`: SES keeps it on its own or the account's list and handed the mail
 * to nobody. `message`: this one mail was refused, for its size or content; the mailbox is well.
 */
export type BounceKind = 'hard' | 'suppressed' | 'soft' | 'message'

const ofTheMessage = new Set(['MessageTooLarge', 'ContentRejected', 'AttachmentRejected'])
const ofTheLists = new Set(['Suppressed', 'OnAccountSuppressionList'])

/** @see https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#bounce-types */
export const bounceKind = (type: unknown, subType: unknown): BounceKind => {
  const known = typeof subType === 'string' ? subType : ''
  if (type === 'Permanent') return ofTheLists.has(known) ? 'suppressed' : 'hard'
  return ofTheMessage.has(known) ? 'message' : 'soft'
}
