/** What becomes of an email to one mailbox. */
export type Fate = 'delivered' | 'bounced' | 'complained' | 'suppressed'

/**
 * The mailbox simulator's addresses, with `+label` as SES allows it. An out-of-office reply (`ooto@`) counts as
 * delivered: SES sends the reply to the sender and publishes no bounce for it.
 * @see https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html
 */
export function fateOf(address: string): Fate {
  const [, mailbox] = /^([^+@]+)(?:\+[^@]*)?@simulator\.amazonses\.com$/i.exec(address.trim()) ?? []
  switch (mailbox?.toLowerCase()) {
    case 'bounce':
      return 'bounced'
    case 'complaint':
      return 'complained'
    case 'suppressionlist':
      return 'suppressed'
    default:
      return 'delivered'
  }
}
