import { AwsError } from '../aws-error.ts'
import { type JsonObject, objectOf, objectsOf, textOf, textsOf } from '../json.ts'

/** The parts of a SendEmail request that make the email. */
export interface MailContent {
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  readonly html: string
  readonly text: string
  readonly headers: Readonly<Record<string, string>>
}

/** Headers that SES writes itself, and so refuses among a simple message's own. */
const RESERVED = new Set([
  'bcc',
  'cc',
  'content-type',
  'date',
  'from',
  'message-id',
  'mime-version',
  'reply-to',
  'sender',
  'subject',
  'to',
])
const MAX_RECIPIENTS = 50

/** Reads simple and raw content. @throws AwsError BadRequestException as SES refuses it */
export async function readMail(input: JsonObject): Promise<MailContent> {
  const destination = objectOf(input.Destination)
  const to = ['ToAddresses', 'CcAddresses', 'BccAddresses'].flatMap((key) => textsOf(destination[key]))
  const content = objectOf(input.Content)
  const from = textOf(input.FromEmailAddress)
  const mail =
    content.Simple !== undefined
      ? simpleMail(objectOf(content.Simple), from, to, input)
      : content.Raw !== undefined
        ? await rawMail(textOf(objectOf(content.Raw).Data) ?? '', from, to)
        : undefined
  if (!mail) throw refusal('Content must be Simple or Raw here; templates are not offered locally.')
  if (mail.to.length === 0) throw refusal('The destination has no recipient.')
  if (mail.to.length > MAX_RECIPIENTS) throw refusal('Recipient count exceeds 50.')
  for (const address of [mail.from, ...mail.to]) checkAddress(address)
  return mail
}

function simpleMail(
  simple: JsonObject,
  from: string | undefined,
  to: string[],
  input: JsonObject,
): MailContent {
  if (from === undefined) throw refusal('FromEmailAddress is required.')
  const subject = textOf(objectOf(simple.Subject).Data)
  const body = objectOf(simple.Body)
  const html = textOf(objectOf(body.Html).Data)
  const text = textOf(objectOf(body.Text).Data)
  if (subject === undefined) throw refusal('The subject is required.')
  if (html === undefined && text === undefined) throw refusal('The body needs HTML or text.')
  const headers: Record<string, string> = {}
  for (const header of objectsOf(simple.Headers)) {
    const name = textOf(header.Name) ?? ''
    const value = textOf(header.Value) ?? ''
    if (!/^[!-9;-~]{1,126}$/.test(name) || RESERVED.has(name.toLowerCase())) {
      throw refusal(`The header name '${name}' is not allowed.`)
    }
    if (/[^\t -~]/.test(value) || value.length > 870)
      throw refusal(`The value of the header '${name}' is invalid.`)
    headers[name] = value
  }
  if (/[\r\n]/.test(subject)) throw refusal('Header value for Subject contains invalid characters.')
  const replyTo = textsOf(input.ReplyToAddresses)
  if (replyTo.length > 0) headers['Reply-To'] = replyTo.join(', ')
  return { from, to, subject, html: html ?? '', text: text ?? '', headers }
}

async function rawMail(data: string, from: string | undefined, to: string[]): Promise<MailContent> {
  // Loaded when first needed: few stacks send raw mail.
  const { simpleParser } = await import('mailparser')
  const parsed = await simpleParser(Buffer.from(data, 'base64'))
  const inHeaders = [parsed.to, parsed.cc]
    .flat()
    .flatMap((list) => list?.value.flatMap((one) => one.address ?? []) ?? [])
  const sender = parsed.from?.text ?? from
  if (sender === undefined) throw refusal("Missing required header 'From'.")
  const headers: Record<string, string> = {}
  for (const { line } of parsed.headerLines) {
    const colon = line.indexOf(':')
    headers[line.slice(0, colon)] = line
      .slice(colon + 1)
      .replace(/\r?\n\s+/g, ' ')
      .trim()
  }
  return {
    from: sender,
    to: to.length > 0 ? to : inHeaders,
    subject: parsed.subject ?? '',
    html: parsed.html || '',
    text: parsed.text ?? '',
    headers,
  }
}

function checkAddress(address: string): void {
  const bare = /<([^<>]*)>\s*$/.exec(address)?.[1] ?? address
  if (/[\r\n]/.test(address)) throw refusal('Address contains illegal characters.')
  if (!/^[^\s@<>,]+@[^\s@<>,]+$/.test(bare.trim()))
    throw refusal(`Missing final '@domain' or illegal address: ${bare}`)
}

function refusal(message: string): AwsError {
  return new AwsError('BadRequestException', message)
}
