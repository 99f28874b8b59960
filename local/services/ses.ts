import { existsSync, readFileSync } from 'node:fs'
import type { Need } from '../access/guard.ts'
import { AwsError } from '../aws-error.ts'
import { replaceFile } from '../data-folder.ts'
import { jsonAnswer, type Operation, refuseJson, type Service, unknownOperation } from '../gateway/gateway.ts'
import { type JsonObject, objectOf, objectsOf, parseObject, textOf, textsOf } from '../json.ts'
import { arnOf, stableHash } from '../template/intrinsics.ts'
import { addressOf, type Envelope } from './inbox.ts'
import { type RestOperation, readRest } from './scheduler.ts'

/** The parts of a SendEmail request that make the email. */
interface MailContent {
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
const DAY_MS = 86_400_000

/** Reads simple and raw content. @throws AwsError BadRequestException as SES refuses it */
async function readMail(input: JsonObject): Promise<MailContent> {
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

interface SesOptions {
  /** Names of the configuration sets there are. */
  readonly configurationSets: ReadonlySet<string>
  readonly suppression: SuppressionList
  /** Identities of the template, each with the domain that bounces come back to, if it names one. */
  readonly identities: ReadonlyMap<string, string | undefined>
  /** How many emails were handed over in the last so many milliseconds. */
  sentSince(ms: number): number
  /** RFC 3339, by the virtual clock. */
  now(): string
  newId(): string
  /** Keeps the email and brings its events on the bus. */
  accept(envelope: Envelope): void
}

const SUPPRESSED = '/v2/email/suppression/addresses'
const OPERATIONS: readonly RestOperation[] = [
  { name: 'SendEmail', method: 'POST', path: '/v2/email/outbound-emails' },
  { name: 'GetAccount', method: 'GET', path: '/v2/email/account' },
  { name: 'GetEmailIdentity', method: 'GET', path: '/v2/email/identities/{EmailIdentity}' },
  { name: 'PutSuppressedDestination', method: 'PUT', path: SUPPRESSED },
  { name: 'ListSuppressedDestinations', method: 'GET', path: SUPPRESSED },
  { name: 'GetSuppressedDestination', method: 'GET', path: `${SUPPRESSED}/{EmailAddress}` },
  { name: 'DeleteSuppressedDestination', method: 'DELETE', path: `${SUPPRESSED}/{EmailAddress}` },
]

/** SES's second API, as far as sending and the suppression list go. */
export function sesService(options: SesOptions): Service {
  return {
    read: (request) => readRest(request, OPERATIONS),
    needs,
    invoke: async (operation) => jsonAnswer(await run(operation, options), 200, 'rest'),
    refuse: refuseJson,
  }
}

/** The identity may be the sender's address or its domain. */
function needs({ name, input }: Operation): Need[] {
  if (name !== 'SendEmail') return [{ action: `ses:${name}`, resource: '*' }]
  const from = addressOf(textOf(input.FromEmailAddress) ?? '')
  const domain = arnOf('ses', `identity/${from.slice(from.indexOf('@') + 1)}`)
  const context = { 'ses:FromAddress': from, 'ses:ApiVersion': '2' }
  const given = textOf(input.FromEmailAddressIdentityArn)
  const identity = given ?? domain
  const address = arnOf('ses', `identity/${from}`)
  const needed: Need[] = [
    { action: 'ses:SendEmail', resource: identity, alternatives: given ? [] : [address], context },
  ]
  const set = textOf(input.ConfigurationSetName)
  if (set !== undefined) {
    needed.push({ action: 'ses:SendEmail', resource: arnOf('ses', `configuration-set/${set}`), context })
  }
  return needed
}

async function run({ name, input }: Operation, options: SesOptions): Promise<object> {
  const address = addressOf(textOf(input.EmailAddress) ?? '')
  switch (name) {
    case 'SendEmail':
      return send(input, options)
    case 'GetAccount':
      return {
        SendingEnabled: true,
        ProductionAccessEnabled: true,
        EnforcementStatus: 'HEALTHY',
        // -1: there is no limit, of a day or of a second.
        SendQuota: { Max24HourSend: -1, SentLast24Hours: options.sentSince(DAY_MS) },
      }
    case 'GetEmailIdentity':
      return describeIdentity(textOf(input.EmailIdentity) ?? '', options.identities)
    case 'PutSuppressedDestination':
      options.suppression.put(address, textOf(input.Reason) ?? 'BOUNCE', options.now())
      return {}
    case 'DeleteSuppressedDestination':
      options.suppression.delete(address)
      return {}
    case 'ListSuppressedDestinations':
      return { SuppressedDestinationSummaries: options.suppression.all() }
    case 'GetSuppressedDestination': {
      const found = options.suppression.get(address)
      if (!found)
        throw new AwsError(
          'NotFoundException',
          `Email address ${address} does not exist on the suppression list.`,
          404,
        )
      return { SuppressedDestination: found }
    }
    default:
      throw unknownOperation(name)
  }
}

/**
 * Whoever sends here may: every identity counts as verified. Nothing signs the mail; an identity of the template has the keys
 * that SES would look for in its DNS, which nobody has put there.
 */
function describeIdentity(name: string, identities: ReadonlyMap<string, string | undefined>): object {
  const isDomain = !name.includes('@')
  const mailFrom = identities.get(name)
  const isOfTemplate = identities.has(name)
  return {
    IdentityType: isDomain ? 'DOMAIN' : 'EMAIL_ADDRESS',
    VerifiedForSendingStatus: true,
    VerificationStatus: 'SUCCESS',
    DkimAttributes: {
      SigningEnabled: isOfTemplate,
      Status: isOfTemplate ? 'PENDING' : 'NOT_STARTED',
      ...(isOfTemplate ? { Tokens: [1, 2, 3].map((key) => stableHash(`${name} dkim ${key}`, 32)) } : {}),
    },
    ...(mailFrom === undefined
      ? {}
      : {
          MailFromAttributes: {
            MailFromDomain: mailFrom,
            MailFromDomainStatus: 'PENDING',
            BehaviorOnMxFailure: 'USE_DEFAULT_VALUE',
          },
        }),
  }
}

async function send(input: JsonObject, options: SesOptions): Promise<object> {
  const configurationSet = textOf(input.ConfigurationSetName)
  if (configurationSet !== undefined && !options.configurationSets.has(configurationSet)) {
    throw new AwsError('NotFoundException', `Configuration set <${configurationSet}> does not exist.`, 404)
  }
  const content = await readMail(input)
  const tags: Record<string, string> = {}
  for (const tag of objectsOf(input.EmailTags)) {
    const [name, value] = [textOf(tag.Name) ?? '', textOf(tag.Value) ?? '']
    if (!/^[A-Za-z0-9_-]{1,256}$/.test(name) || !/^[A-Za-z0-9_@.-]{1,256}$/.test(value)) {
      throw new AwsError('BadRequestException', `The tag ${name} has characters that are not allowed.`)
    }
    tags[name] = value
  }
  const messageId = `${options.newId()}-000000`
  options.accept({ mail: { messageId, at: options.now(), ...content, tags }, configurationSet })
  return { MessageId: messageId }
}

interface SuppressedDestination {
  readonly EmailAddress: string
  readonly Reason: string
  /** Seconds since the epoch, as the API has it. */
  readonly LastUpdateTime: number
}

/** The account's suppression list. */
export class SuppressionList {
  readonly #entries = new Map<string, SuppressedDestination>()
  readonly #file: string | undefined

  constructor(file: string | undefined) {
    this.#file = file
    if (file === undefined || !existsSync(file)) return
    for (const [address, entry] of Object.entries(parseObject(readFileSync(file, 'utf8')))) {
      const { Reason, LastUpdateTime } = objectOf(entry)
      this.#entries.set(address, {
        EmailAddress: address,
        Reason: textOf(Reason) ?? 'BOUNCE',
        LastUpdateTime: Number(LastUpdateTime),
      })
    }
  }

  all(): SuppressedDestination[] {
    return [...this.#entries.values()]
  }

  get(address: string): SuppressedDestination | undefined {
    return this.#entries.get(address)
  }

  /** @param at RFC 3339 */
  put(address: string, reason: string, at: string): void {
    this.#entries.set(address, {
      EmailAddress: address,
      Reason: reason,
      LastUpdateTime: Date.parse(at) / 1000,
    })
    this.#save()
  }

  delete(address: string): void {
    this.#entries.delete(address)
    this.#save()
  }

  #save(): void {
    if (this.#file !== undefined) replaceFile(this.#file, JSON.stringify(Object.fromEntries(this.#entries)))
  }
}
