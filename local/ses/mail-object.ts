import type { SentMail } from './sent-mail.ts'

/**
 * The `mail` object of every SES event.
 * @see https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */
export function describeMail(mail: SentMail, configurationSet: string): object {
  const address = /<([^<>]+)>\s*$/.exec(mail.from)?.[1] ?? mail.from
  const domain = address.slice(address.lastIndexOf('@') + 1)
  const header = (name: string) => mail.headers.find((one) => one.name.toLowerCase() === name)?.value
  const toHeader = header('to')
  return {
    timestamp: new Date(mail.at).toISOString(),
    source: mail.from,
    sourceArn: `arn:aws:ses:${mail.region}:${mail.accountId}:identity/${address}`,
    sendingAccountId: mail.accountId,
    messageId: mail.messageId,
    destination: mail.to,
    headersTruncated: false,
    headers: mail.headers,
    commonHeaders: {
      from: [mail.from],
      ...(header('date') === undefined ? {} : { date: header('date') }),
      to: toHeader === undefined ? mail.to : toHeader.split(',').map((one) => one.trim()),
      messageId: mail.messageId,
      subject: mail.subject,
    },
    tags: {
      'ses:operation': ['SendEmail'],
      'ses:configuration-set': [configurationSet],
      'ses:source-ip': ['127.0.0.1'],
      'ses:from-domain': [domain],
      'ses:caller-identity': ['local'],
      ...mail.tags,
    },
  }
}
