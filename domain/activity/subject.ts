import type { Activity, Subject } from '../model/activity.ts'
import { type FieldError, isJsonObject, type Json, type JsonObject } from '../model/json.ts'
import type { IdentityRules } from '../model/settings.ts'

/** The settings, with the defaults of most mail services. */
export const identityRules = (given: Partial<IdentityRules> | undefined): IdentityRules => ({
  plusTags: 'distinct',
  case: 'same',
  ...given,
})

/** Key that identifies a lead: equal for all addresses that count as one. Never used for sending. */
export const identityKey = (address: string, rules: IdentityRules): string => {
  const at = address.lastIndexOf('@')
  const local = address.slice(0, at)
  const plus = rules.plusTags === 'same' ? local.indexOf('+') : -1
  const base = plus > 0 ? local.slice(0, plus) : local
  return `${rules.case === 'same' ? base.toLowerCase() : base}@${address.slice(at + 1).toLowerCase()}`
}

const maximumLength = 254
const localPart = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const domainName = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/

/** International domain names are converted to ASCII (`xn--…`), as in mail. */
const asciiDomain = (domain: string): string | undefined => {
  if (/^[a-z0-9.-]+$/.test(domain)) return domain
  if (/[\s/?#@:%[\]\\<>]/.test(domain)) return undefined
  return URL.canParse(`http://${domain}`) ? new URL(`http://${domain}`).hostname : undefined
}

/**
 * A normalised address: trimmed and in lower case; if case is distinct, the part before the `@` is unchanged.
 * @returns undefined if mail cannot be sent there: bad syntax, control characters, more than 254 characters.
 */
export const parseAddress = (text: unknown, identity?: Pick<IdentityRules, 'case'>): string | undefined => {
  if (typeof text !== 'string' || text.length > 2 * maximumLength) return undefined
  const given = text.replace(/^ +| +$/g, '')
  const address = given.toLowerCase()
  const at = address.lastIndexOf('@')
  const local = address.slice(0, Math.max(at, 0))
  const domain = asciiDomain(address.slice(at + 1))
  if (local.length > 64 || !localPart.test(local) || domain === undefined || !domainName.test(domain)) {
    return undefined
  }
  const kept = identity?.case === 'distinct' ? given.slice(0, given.lastIndexOf('@')) : local
  const parsed = `${kept}@${domain}`
  return parsed.length > maximumLength ? undefined : parsed
}

const path = 'properties.fields.email'

const fieldOf = ({
  type,
  properties: { fields },
}: Pick<Activity, 'type' | 'properties'>): Json | undefined =>
  (type === 'profile.updated' || type === 'form.submitted') && isJsonObject(fields) ? fields.email : undefined

/**
 * Fault of an address among the fields of an activity: no field can change a lead's address. A browser may give one, and any
 * activity may repeat the lead's own.
 * @param own the lead's address, if known; else taken from the activity's subject.
 */
export const addressMisfit = (
  activity: Pick<Activity, 'type' | 'properties' | 'subject'>,
  identity: IdentityRules,
  own?: string,
): FieldError | undefined => {
  const { subject } = activity
  const given = fieldOf(activity)
  if (given === undefined || 'visitorId' in subject) return undefined
  const address = 'email' in subject ? subject.email : own
  const named = parseAddress(given, identity)
  if (
    address !== undefined &&
    named !== undefined &&
    identityKey(named, identity) === identityKey(address, identity)
  )
    return undefined
  return {
    path,
    message:
      'changes no address: record an activity with the new one as its subject ({ email }), and merge the two leads (POST /api/leads/{leadId}/merge)',
  }
}

export const withoutAddressField = <Told extends Pick<Activity, 'properties'>>(activity: Told): Told => {
  const { fields } = activity.properties
  if (!isJsonObject(fields)) return activity
  const { email: _email, ...rest } = fields
  return { ...activity, properties: { ...activity.properties, fields: rest } }
}

/**
 * Characters that SQS refuses: lone surrogates, U+FFFE and U+FFFF. Text copied from a PDF may contain them.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const unsendable = /[\p{Cs}\uFFFE\uFFFF]/u

export const unsendableMessage = 'must not hold half a character (a lone surrogate), U+FFFE or U+FFFF'

export const isSendable = (text: string): boolean => !unsendable.test(text)

/** Removes them. They are invisible, so nothing is lost. */
export const sendable = (text: string): string =>
  isSendable(text) ? text : text.replaceAll(new RegExp(unsendable, 'gu'), '')

/** Reviver for `JSON.parse` where no sender could correct the input: removes characters that SQS refuses. */
export const asSendable = (_key: string, value: unknown): unknown =>
  typeof value === 'string' ? sendable(value) : value

const longestId = 128

/** External ids: 1 to 128 characters, without control characters and those that SQS refuses. */
export const isId = (value: unknown): value is string =>
  typeof value === 'string' &&
  value.length > 0 &&
  value.length <= longestId &&
  !/[\p{Cc}\u2028\u2029]/u.test(value) &&
  isSendable(value)

/**
 * The source of an activity that Trichter has not observed itself. `by-hand`: a signed-in person; `api`: a program with a key;
 * `hook`: a CRM by an inbound webhook; `program`: another source on the bus.
 */
type Teller =
  | { readonly type: 'by-hand'; readonly by: string; readonly isAdmin: boolean }
  | { readonly type: 'api' }
  | { readonly type: 'hook'; readonly hook: string }
  | { readonly type: 'program' }

/** Types for which the source matters: permission or refusal of mail, voiding, and forms. */
const bearEvidence: readonly string[] = [
  'consent.granted',
  'consent.withdrawn',
  'email.unsubscribed',
  'email.complained',
  'email.bounced',
  'activity.voided',
  'form.submitted',
]

/** Properties that only the server sets: how it happened, who did it, and that a mailbox was verified. */
const ownNames: readonly string[] = ['confirmed', 'submission', 'via', 'how', 'by', 'role']
/** Evidence of consent that is never entered by hand: the form's submission holds it. */
const words: readonly string[] = ['form', 'wording', 'wordingHash', 'visitorId']

const without = (properties: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name)))

const byHand = (
  { type, properties }: Activity,
  { by, isAdmin }: Teller & { type: 'by-hand' },
): JsonObject => ({
  ...without(properties, type === 'consent.granted' ? [...ownNames, ...words] : ownNames),
  how: 'by-hand',
  by,
  ...(isAdmin && { role: 'admin' }),
})

/** A program's own account of how consent was given is kept as well: its system may know. */
const byProgram = ({ type, properties }: Activity, how: string): JsonObject =>
  type === 'form.submitted'
    ? { ...without(properties, ownNames), via: how }
    : {
        ...without(properties, ownNames),
        how,
        ...(typeof properties.how === 'string' && { statedHow: properties.how }),
      }

/** Sets the evidence that the server can vouch for, overriding the body. */
export const asTold = (activity: Activity, teller: Teller): Activity => {
  switch (teller.type) {
    case 'by-hand':
      return { ...activity, properties: byHand(activity, teller) }
    case 'api':
    case 'program':
    case 'hook': {
      if (!bearEvidence.includes(activity.type)) return activity
      const how = teller.type === 'hook' ? `hook:${teller.hook}` : teller.type
      return { ...activity, properties: byProgram(activity, how) }
    }
    default:
      return teller satisfies never
  }
}

/** Whether a form came from a link in an email to the address, or from a trusted program, so that only the owner can have sent it. */
export const isOwnersForm = ({ via }: JsonObject): boolean => typeof via === 'string' && via !== ''

type Told = Pick<Activity, 'type' | 'properties'>

/** Whether a colleague entered it, which does not prove what the person said. */
export const isByHand = ({ how }: JsonObject): boolean => how === 'by-hand'

/** Whether an admin did it by hand: only admins may void what a person or their mail provider has said. */
export const isByAdmin = ({ properties }: Told): boolean =>
  isByHand(properties) && properties.role === 'admin'

/** Whether the source may void refusals of mail. Older voidings without a source remain valid. */
export const mayVoidRefusals = (told: Told): boolean => told.properties.how === undefined || isByAdmin(told)

/** A refusal of mail by the person or their mail provider. */
export const isRefusal = ({ type }: Pick<Told, 'type'>): boolean =>
  type === 'consent.withdrawn' ||
  type === 'email.unsubscribed' ||
  type === 'email.complained' ||
  type === 'email.bounced' ||
  type === 'confirmation.refused'

/** The subject of an activity, and its browser if it names both. */
interface Whom {
  readonly subject: Subject
  readonly visitorId?: string
}

const giveFields: readonly string[] = ['form.submitted', 'profile.updated']

/** The address among the fields of a form or profile. */
const addressAmongFields = ({ type, properties }: Activity, identity: IdentityRules): string | undefined => {
  const { fields } = properties
  if (!giveFields.includes(type) || typeof fields !== 'object' || fields === null || Array.isArray(fields))
    return undefined
  return 'email' in fields ? parseAddress(fields.email, identity) : undefined
}

/**
 * Whether it proves whose browser it came from. Anybody can enter anybody's address in a form: only the confirmation, or a link
 * sent to the address, links the browser to the person.
 */
const showsBrowser = ({ type, properties, subject }: Activity): boolean => {
  if (type === 'form.submitted') return isOwnersForm(properties)
  return 'email' in subject || (type === 'consent.granted' && properties.confirmed === true)
}

/**
 * An activity of a browser that a program says has an address is about that address; one about an address may name its browser
 * (`visitorId`), and so may the confirmation of a form.
 */
export const whomOf = (activity: Activity, identity: IdentityRules): Whom => {
  const { subject, properties } = activity
  if (!('visitorId' in subject)) {
    const { visitorId } = properties
    return isId(visitorId) && showsBrowser(activity) ? { subject, visitorId } : { subject }
  }
  const email = addressAmongFields(activity, identity)
  return email === undefined ? { subject } : { subject: { email }, visitorId: subject.visitorId }
}

/** Types that only Trichter records, with the way to have each recorded. */
const waysIn: Readonly<Record<string, string>> = {
  'lead.merged': 'POST /api/leads/{leadId}/merge',
  'lead.unmerged': 'POST /api/leads/{leadId}/unmerge',
  'lead.explored': '`explore` in handoff.yaml',
  'confirmation.refused': 'the link in the email that asks for a confirmation',
}

/** Why an activity of this type is refused from outside; undefined if it is accepted. */
export const whyOwnType = (type: string): string | undefined =>
  Object.hasOwn(waysIn, type) ? `cannot be sent: use ${waysIn[type]}` : undefined

/** Answers that programs may report, while people have a route that also closes the handoff at once. */
const waysByHand: Readonly<Record<string, string>> = {
  'handoff.accepted': 'POST /api/handoffs/{id}/accept',
  'handoff.rejected': 'POST /api/handoffs/{id}/reject',
}

/** Types of these groups that people may log: Trichter or the mail service records all others. */
const loggedByHand: Readonly<Record<string, readonly string[]>> = {
  email: ['email.unsubscribed'],
  consent: ['consent.granted', 'consent.withdrawn'],
  activity: ['activity.voided'],
  form: [],
  lead: [],
  stage: [],
  sequence: [],
  broadcast: [],
  import: [],
  playbook: [],
  handoff: [],
}

const seenAlone = 'cannot be logged by hand: it is recorded when it is seen to happen'

/** Why an activity of this type cannot be logged by hand; undefined if it can. */
export const whyNotByHand = (type: string): string | undefined => {
  const own = whyOwnType(type)
  if (own !== undefined) return own
  if (Object.hasOwn(waysByHand, type)) return `cannot be logged by hand: use ${waysByHand[type]}`
  const noun = type.slice(0, type.indexOf('.'))
  if (Object.hasOwn(loggedByHand, noun)) return loggedByHand[noun]?.includes(type) ? undefined : seenAlone
  return type.split('.').some((part) => part in Object.prototype) ? 'is not a valid activity type' : undefined
}

/** The id of the activity that a derived fact follows from; otherwise undefined. */
export const originOf = (factId: string): string | undefined => /^(.+)~\d$/.exec(factId)?.[1]

/** Whether consent came from the verified owner of the mailbox. */
export const isConfirmed = ({ confirmed, how }: JsonObject): boolean =>
  confirmed === true || how === 'preference-page'
