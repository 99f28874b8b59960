import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { isObject, type JsonObject, objectOf, parseJson, textOf, textsOf } from '../json.ts'

/** One email as it was handed to SES, and as `/_local/inbox` shows it. */
export interface InboxMail {
  readonly messageId: string
  /** RFC 3339, by the virtual clock. */
  readonly at: string
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  readonly html: string
  readonly text: string
  readonly headers: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
}

/** What else SES's events need to know of an email. */
export interface Envelope {
  readonly mail: InboxMail
  readonly configurationSet: string | undefined
}

/** Keeps every email, one JSON line each; remembers which ones' events are not yet on the bus. */
export class Inbox {
  readonly #file: string | undefined
  #mails: InboxMail[] = []
  readonly #unpublished = new Map<string, Envelope>()

  constructor(file: string | undefined) {
    this.#file = file
    if (file === undefined || !existsSync(file)) return
    for (const line of readFileSync(file, 'utf8').split('\n')) this.#load(line)
  }

  /** Emails accepted before a crash whose events were not published. */
  unpublished(): Envelope[] {
    return [...this.#unpublished.values()]
  }

  list(to?: string): InboxMail[] {
    const wanted = to?.toLowerCase()
    return this.#mails.filter(
      (mail) => wanted === undefined || mail.to.some((one) => addressOf(one) === wanted),
    )
  }

  /** Kept when the call returns, also if the process is killed. */
  add(envelope: Envelope): void {
    this.#mails.push(envelope.mail)
    this.#unpublished.set(envelope.mail.messageId, envelope)
    this.#append({ ...envelope })
  }

  published(messageId: string): void {
    if (this.#unpublished.delete(messageId)) this.#append({ published: messageId })
  }

  clear(): void {
    this.#mails = []
    if (this.#file === undefined) return
    const open = this.unpublished().map((envelope) => `${JSON.stringify({ ...envelope, hidden: true })}\n`)
    writeFileSync(this.#file, open.join(''))
  }

  #append(line: object): void {
    if (this.#file !== undefined) appendFileSync(this.#file, `${JSON.stringify(line)}\n`)
  }

  #load(line: string): void {
    const parsed = parseLine(line)
    const done = textOf(parsed?.published)
    if (done !== undefined) this.#unpublished.delete(done)
    const mail = parsed && isObject(parsed.mail) ? mailOf(parsed.mail) : undefined
    if (!mail) return
    if (parsed?.hidden !== true) this.#mails.push(mail)
    this.#unpublished.set(mail.messageId, { mail, configurationSet: textOf(parsed?.configurationSet) })
  }
}

/** The bare address of `Name <address>`, in lower case. */
export function addressOf(recipient: string): string {
  return (/<([^>]*)>\s*$/.exec(recipient)?.[1] ?? recipient).trim().toLowerCase()
}

/** A line cut off by a crash was never acknowledged. */
function parseLine(line: string): JsonObject | undefined {
  if (line === '') return undefined
  try {
    return objectOf(parseJson(line))
  } catch {
    return undefined
  }
}

function mailOf(json: JsonObject): InboxMail {
  const text = (key: string) => textOf(json[key]) ?? ''
  const texts = (key: string) =>
    Object.fromEntries(
      Object.entries(objectOf(json[key])).map(([name, value]) => [name, textOf(value) ?? '']),
    )
  return {
    messageId: text('messageId'),
    at: text('at'),
    from: text('from'),
    to: textsOf(json.to),
    subject: text('subject'),
    html: text('html'),
    text: text('text'),
    headers: texts('headers'),
    tags: texts('tags'),
  }
}
