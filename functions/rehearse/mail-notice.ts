import type { MailedEmail } from '../adapters/memory-mailer.ts'

export const mailSource = 'aws.ses'

type Notice = 'Send' | 'Delivery'

/** What SES tells of a message (Amazon SES developer guide, "Event record"): as much of it as is read. */
export const mailNotice = ({ messageId, tags }: MailedEmail, type: Notice, at: string) => ({
  eventType: type,
  mail: {
    timestamp: at,
    messageId,
    tags: Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, [value]])),
  },
  ...(type === 'Delivery' && { delivery: { timestamp: at } }),
})

const addressesIn = (html: string, attribute: RegExp): readonly string[] =>
  [...html.matchAll(attribute)].map(([, address = '']) => address.replaceAll('&amp;', '&'))

/** Addresses of the links in an email. */
export const linksOf = ({ html }: MailedEmail): readonly string[] =>
  addressesIn(html, /href="(https?:[^"]+)"/g)

/** Addresses of the pictures in an email. */
export const picturesOf = ({ html }: MailedEmail): readonly string[] =>
  addressesIn(html, /src="(https?:[^"]+)"/g)
