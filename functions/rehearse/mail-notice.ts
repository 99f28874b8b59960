import type { MailedEmail } from '../adapters/memory-mailer.ts'

export const mailSource = 'aws.ses'

type Notice = 'Send' | 'Delivery' | 'Open' | 'Click'

const partOf: Readonly<Record<Exclude<Notice, 'Send'>, string>> = {
  Delivery: 'delivery',
  Open: 'open',
  Click: 'click',
}

/** What SES tells of a message (Amazon SES developer guide, "Event record"): as much of it as is read. */
export const mailNotice = ({ messageId, tags }: MailedEmail, type: Notice, at: string, link?: string) => ({
  eventType: type,
  mail: {
    timestamp: at,
    messageId,
    tags: Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, [value]])),
  },
  ...(type !== 'Send' && { [partOf[type]]: { timestamp: at, ...(link !== undefined && { link }) } }),
})

/** Addresses of the links in an email. */
export const linksOf = ({ html }: MailedEmail): readonly string[] =>
  [...html.matchAll(/href="(https?:[^"]+)"/g)].map(([, link = '']) => link.replaceAll('&amp;', '&'))
