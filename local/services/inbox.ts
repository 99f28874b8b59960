import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { PRIVATE_FILE, replaceFile } from '../data-folder.ts'
import { isObject, type JsonObject, objectOf, parseJson, textOf, textsOf } from '../json.ts'

/** One line out of the heap. */
interface KeptLine {
  read(): string
}

const NEWLINE = 10

/** Lines written once and read when asked for: from the file, or compressed in memory where there is none. */
class KeptLines {
  readonly #path: string | undefined
  #file = -1
  /** Of the file, in bytes. */
  #size = 0

  constructor(path: string | undefined) {
    this.#path = path
    if (path !== undefined) this.#file = openSync(path, 'a+', PRIVATE_FILE)
  }

  /** Hands over what the file holds; to be called once, before the first `add`. */
  load(each: (text: string, kept: KeptLine) => void): void {
    if (this.#path === undefined) return
    const bytes = readFileSync(this.#path)
    let start = 0
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      each(bytes.toString('utf8', start, end), this.#at(start, end - start))
      start = end + 1
    }
    this.#size = bytes.length
    // A line cut off by a crash must not swallow the next one.
    if (start < bytes.length) this.#write('\n')
  }

  /** Kept when the call returns, also if the process is killed. */
  add(line: string): KeptLine {
    if (this.#path === undefined) {
      // As it comes, it would hold on to a whole chunk of zlib's.
      const packed = Buffer.from(deflateRawSync(line, { level: 1 }))
      return { read: () => inflateRawSync(packed).toString() }
    }
    const start = this.#size
    this.#write(`${line}\n`)
    return this.#at(start, this.#size - start - 1)
  }

  /** Leaves only these lines. Those kept before can no longer be read. */
  replace(lines: readonly string[]): void {
    if (this.#path === undefined) return
    const content = lines.map((line) => `${line}\n`).join('')
    replaceFile(this.#path, content)
    closeSync(this.#file)
    this.#file = openSync(this.#path, 'a+', PRIVATE_FILE)
    this.#size = Buffer.byteLength(content)
  }

  close(): void {
    if (this.#path !== undefined) closeSync(this.#file)
  }

  #at(start: number, length: number): KeptLine {
    return {
      read: () => {
        const bytes = Buffer.allocUnsafe(length)
        readSync(this.#file, bytes, 0, length, start)
        return bytes.toString()
      },
    }
  }

  #write(text: string): void {
    const bytes = Buffer.from(text)
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done)
    this.#size += bytes.length
  }
}

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

interface Listed {
  readonly all: KeptLine[]
  /** By recipient's bare address. */
  readonly byAddress: Map<string, KeptLine[]>
  readonly byId: Map<string, KeptLine>
}

/** Keeps every email, one JSON line each; remembers which ones' events are not yet on the bus. */
export class Inbox {
  readonly #lines: KeptLines
  #listed: Listed = emptyList()
  readonly #unpublished = new Map<string, Envelope>()

  /** @param file absent: in memory */
  constructor(file: string | undefined) {
    this.#lines = new KeptLines(file)
    this.#lines.load((line, kept) => this.#load(line, kept))
  }

  /** Emails accepted before a crash whose events were not published. */
  unpublished(): Envelope[] {
    return [...this.#unpublished.values()]
  }

  /** Read one by one as they are asked for, oldest first; ends where the inbox is emptied meanwhile. */
  *list(to?: string): Generator<InboxMail> {
    const listed = this.#listed
    const wanted = to === undefined ? listed.all : listed.byAddress.get(to.toLowerCase())
    for (const kept of [...(wanted ?? [])]) {
      if (listed !== this.#listed) return
      const mail = envelopeOf(parseLine(kept.read()))?.mail
      if (mail) yield mail
    }
  }

  /** The last ones, newest first, and how many there are. */
  newest(most: number, to?: string): { readonly mails: readonly InboxMail[]; readonly total: number } {
    const wanted = (to === undefined ? this.#listed.all : this.#listed.byAddress.get(to.toLowerCase())) ?? []
    const mails = wanted
      .slice(-most)
      .reverse()
      .flatMap((kept) => envelopeOf(parseLine(kept.read()))?.mail ?? [])
    return { mails, total: wanted.length }
  }

  /** How many came at `at` (RFC 3339) or later. */
  since(at: string): number {
    const { all } = this.#listed
    const isOlder = (kept: KeptLine) => (envelopeOf(parseLine(kept.read()))?.mail.at ?? '') < at
    return all.length - 1 - all.findLastIndex(isOlder)
  }

  find(messageId: string): InboxMail | undefined {
    const kept = this.#listed.byId.get(messageId)
    return kept && envelopeOf(parseLine(kept.read()))?.mail
  }

  /** Kept when the call returns, also if the process is killed. */
  add(envelope: Envelope): void {
    this.#unpublished.set(envelope.mail.messageId, envelope)
    this.#show(envelope.mail, this.#lines.add(JSON.stringify(envelope)))
  }

  published(messageId: string): void {
    if (this.#unpublished.delete(messageId)) this.#lines.add(JSON.stringify({ published: messageId }))
  }

  clear(): void {
    this.#listed = emptyList()
    this.#lines.replace(this.unpublished().map((envelope) => JSON.stringify({ ...envelope, hidden: true })))
  }

  close(): void {
    this.#lines.close()
  }

  #show({ to, messageId }: InboxMail, kept: KeptLine): void {
    const { all, byAddress, byId } = this.#listed
    all.push(kept)
    byId.set(messageId, kept)
    for (const address of new Set(to.map(addressOf))) {
      const mails = byAddress.get(address)
      if (mails) mails.push(kept)
      else byAddress.set(address, [kept])
    }
  }

  #load(line: string, kept: KeptLine): void {
    const parsed = parseLine(line)
    const done = textOf(parsed?.published)
    if (done !== undefined) this.#unpublished.delete(done)
    const envelope = envelopeOf(parsed)
    if (!envelope) return
    if (parsed?.hidden !== true) this.#show(envelope.mail, kept)
    this.#unpublished.set(envelope.mail.messageId, envelope)
  }
}

function emptyList(): Listed {
  return { all: [], byAddress: new Map(), byId: new Map() }
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

function envelopeOf(line: JsonObject | undefined): Envelope | undefined {
  if (!isObject(line?.mail)) return undefined
  return { mail: mailOf(line.mail), configurationSet: textOf(line.configurationSet) }
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
