import { pick } from '../sample-leads.ts'

/** An email as the inbox of the local runner shows it. */
export interface InboxMail {
  readonly messageId: string
  /** RFC 3339, UTC. */
  readonly at: string
  readonly to: readonly string[]
  readonly html: string
  readonly headers: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
}

/** A request that a mail program, a browser or a mail gateway makes on account of an email. */
export interface MailRequest {
  readonly method: 'GET' | 'HEAD' | 'POST'
  readonly url: string
  readonly agent: string
  readonly body?: string
}

/** Of the double opt-in, or its reminder. */
export const isConfirmation = (email = ''): boolean => email.startsWith('confirm')

const mailProgram = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.3'
const gateway = 'Mozilla/5.0 (compatible; Mimecast URL Protect)'

const addressesIn = ({ html }: InboxMail, path: string): readonly string[] => {
  const found = html.matchAll(new RegExp(`(?:href|src)="(https?://[^"/]+${path}[^"]+)"`, 'g'))
  return [...new Set([...found].map(([, address = '']) => address.replaceAll('&amp;', '&')))]
}

const by = (agent: string, method: MailRequest['method'], urls: readonly (string | undefined)[]) =>
  urls.flatMap((url): MailRequest[] => (url === undefined ? [] : [{ method, url, agent }]))

/** Which links readers follow, one each time that they look at the email; counted round and round where there are fewer. */
const followed: readonly (readonly number[])[] = [[0], [], [1], [], [0, 3], [], [2], [], [0], [], []]

/** One reader has had enough. */
const leaving = 17
/** The mail gateway of one company follows every link before anybody reads the email. */
const scanned = 5

const unsubscribe = ({ headers }: InboxMail): readonly MailRequest[] => {
  const [url] = /https?:[^>]+/.exec(headers['List-Unsubscribe'] ?? '') ?? []
  if (url === undefined) return []
  return [{ method: 'POST', url, agent: mailProgram, body: 'List-Unsubscribe=One-Click' }]
}

/** Five of six confirm what they have signed up for. */
const confirm = (mail: InboxMail, reader: number): readonly MailRequest[] =>
  reader % 6 === 5 ? [] : by(mailProgram, 'POST', addressesIn(mail, '/confirm/').slice(0, 1))

/**
 * What a reader, and their mail gateway, do with an email when it has lain there for so many rounds. Where opens and
 * clicks are not measured, it has neither the picture nor the links for it.
 */
export const requestsFor = (mail: InboxMail, reader: number, round: number): readonly MailRequest[] => {
  const { email = '' } = mail.tags
  if (isConfirmation(email)) return round === 0 ? confirm(mail, reader) : []
  const links = addressesIn(mail, '/c/')
  if (reader === scanned && round === 0) return by(gateway, 'HEAD', links)
  const turn = reader + email.length
  const look = round - (reader % 3)
  if (turn % 5 === 4 || look < 0) return []
  const opened = look === 0 ? by(mailProgram, 'GET', addressesIn(mail, '/o/')) : []
  const nth = pick(followed, turn)?.[look]
  const clicked = nth === undefined ? [] : by(mailProgram, 'GET', [links[nth % links.length]])
  const left = reader === leaving && look === 0 ? unsubscribe(mail) : []
  return [...opened, ...clicked, ...left]
}
