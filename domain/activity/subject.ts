import type { Activity, Subject } from '../model/activity.ts'
import { type FieldError, isJsonObject, type Json, type JsonObject } from '../model/json.ts'
import type { IdentityRules } from '../model/settings.ts'

/** What the settings say, or as most mail services have it. */
export const identityRules = (given: Partial<IdentityRules> | undefined): IdentityRules => ({
  plusTags: 'distinct',
  case: 'same',
  ...given,
})

/** What a lead is found by: equal for all addresses that count as one. Nothing is ever sent there. */
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

/** Domain names with other letters go by their ASCII form (`xn--…`), as mail does. */
const asciiDomain = (domain: string): string | undefined => {
  if (/^[a-z0-9.-]+$/.test(domain)) return domain
  if (/[\s/?#@:%[\]\\<>]/.test(domain)) return undefined
  return URL.canParse(`http://${domain}`) ? new URL(`http://${domain}`).hostname : undefined
}

/**
 * An address as leads are known by it: trimmed and in lower case; where cases are distinct, the part before the `@` stays as given.
 * @returns undefined when mail could not be sent there: bad syntax, control characters, more than 254 characters.
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
 * What is wrong with an address among the fields of an activity: a lead has one, and no field changes it. A browser may
 * give one, and so may whoever repeats the one that the lead has.
 * @param own the lead's address, where it is known; else the activity's subject tells it.
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

/** The activity without the address among its fields. */
export const withoutAddressField = <Told extends Pick<Activity, 'properties'>>(activity: Told): Told => {
  const { fields } = activity.properties
  if (!isJsonObject(fields)) return activity
  const { email: _email, ...rest } = fields
  return { ...activity, properties: { ...activity.properties, fields: rest } }
}

/**
 * What no queue takes: half a surrogate pair, U+FFFE and U+FFFF. People who copy out of a PDF send them without knowing.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const unsendable = /[\p{Cs}\uFFFE\uFFFF]/u

export const unsendableMessage = 'must not hold half a character (a lone surrogate), U+FFFE or U+FFFF'

export const isSendable = (text: string): boolean => !unsendable.test(text)

/** The text without them. None of them can be seen, so whoever typed the text misses nothing. */
export const sendable = (text: string): string =>
  isSendable(text) ? text : text.replaceAll(new RegExp(unsendable, 'gu'), '')

/** For `JSON.parse` of what nobody could mend: texts come without what no queue takes. */
export const asSendable = (_key: string, value: unknown): unknown =>
  typeof value === 'string' ? sendable(value) : value

const longestId = 128

/** Ids that come from outside: 1 to 128 characters, none of them a control character or one that no queue takes. */
export const isId = (value: unknown): value is string =>
  typeof value === 'string' &&
  value.length > 0 &&
  value.length <= longestId &&
  !/[\p{Cc}\u2028\u2029]/u.test(value) &&
  isSendable(value)

/**
 * Whoever tells an activity, where it is not Trichter itself that has seen it happen. `by-hand`: a signed-in person;
 * `api`: a program with a key; `hook`: a CRM by a hook of the playbook; `program`: another source on the bus.
 */
type Teller =
  | { readonly type: 'by-hand'; readonly by: string; readonly isAdmin: boolean }
  | { readonly type: 'api' }
  | { readonly type: 'hook'; readonly hook: string }
  | { readonly type: 'program' }

/** Of these it matters who says so: what allows mail or forbids it, what takes it back, and who filled in a form. */
const bearEvidence: readonly string[] = [
  'consent.granted',
  'consent.withdrawn',
  'email.unsubscribed',
  'email.complained',
  'email.bounced',
  'activity.voided',
  'form.submitted',
]

/** Written by the server alone: how it came about, who did it, and that a mailbox was shown to be theirs. */
const ownNames: readonly string[] = ['confirmed', 'submission', 'via', 'how', 'by', 'role']
/** What was read when agreeing, which nobody remembers to the letter: a form's submission holds it. */
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

/** What a program says of how it was given is kept beside: it may come from a system that knows. */
const byProgram = ({ type, properties }: Activity, how: string): JsonObject =>
  type === 'form.submitted'
    ? { ...without(properties, ownNames), via: how }
    : {
        ...without(properties, ownNames),
        how,
        ...(typeof properties.how === 'string' && { statedHow: properties.how }),
      }

/** The activity with the evidence that the server can vouch for, whatever its body says. */
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

/** Whether a form came by a link of an email to the address, or from a program that answers for it: nobody else can have sent it. */
export const isOwnersForm = ({ via }: JsonObject): boolean => typeof via === 'string' && via !== ''

type Told = Pick<Activity, 'type' | 'properties'>

/** Whether a colleague noted it: no evidence that the person said so. */
export const isByHand = ({ how }: JsonObject): boolean => how === 'by-hand'

/** Whether an admin did it by hand: nobody else takes back what a person or their mail provider has said. */
export const isByAdmin = ({ properties }: Told): boolean =>
  isByHand(properties) && properties.role === 'admin'

/** Whether it was told by somebody who may not take back such a thing. What was taken back before that was asked stays so. */
export const mayVoidRefusals = (told: Told): boolean => told.properties.how === undefined || isByAdmin(told)

/** What the person or their mail provider has said against mail. */
export const isRefusal = ({ type }: Pick<Told, 'type'>): boolean =>
  type === 'consent.withdrawn' ||
  type === 'email.unsubscribed' ||
  type === 'email.complained' ||
  type === 'email.bounced' ||
  type === 'confirmation.refused'

/** Whom an activity is about, and the browser that it came from, where it tells both. */
interface Whom {
  readonly subject: Subject
  readonly visitorId?: string
}

const giveFields: readonly string[] = ['form.submitted', 'profile.updated']

/** The address that a form or profile gives among its fields. */
const addressAmongFields = ({ type, properties }: Activity, identity: IdentityRules): string | undefined => {
  const { fields } = properties
  if (!giveFields.includes(type) || typeof fields !== 'object' || fields === null || Array.isArray(fields))
    return undefined
  return 'email' in fields ? parseAddress(fields.email, identity) : undefined
}

/**
 * Whether it shows whose browser it came from. Anybody may fill in a form with anybody's address: only once its confirmation
 * comes back, or by a link that was sent there, is it known that the browser is theirs.
 */
const showsBrowser = ({ type, properties, subject }: Activity): boolean => {
  if (type === 'form.submitted') return isOwnersForm(properties)
  return 'email' in subject || (type === 'consent.granted' && properties.confirmed === true)
}

/**
 * A browser that gives an address by a program's word is about that address; what is about an address may name its browser
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

/** Types that nobody but Trichter records, each with the way to have it recorded. */
const waysIn: Readonly<Record<string, string>> = {
  'lead.merged': 'POST /api/leads/{leadId}/merge',
  'lead.unmerged': 'POST /api/leads/{leadId}/unmerge',
  'confirmation.refused': 'the link in the email that asks for a confirmation',
}

/** Why an activity of this type is not taken from outside; undefined where it is. */
export const whyOwnType = (type: string): string | undefined =>
  Object.hasOwn(waysIn, type) ? `cannot be sent: use ${waysIn[type]}` : undefined

/** Answers that a program may report, and for which a person has a way that also closes the handoff at once. */
const waysByHand: Readonly<Record<string, string>> = {
  'handoff.accepted': 'POST /api/handoffs/{id}/accept',
  'handoff.rejected': 'POST /api/handoffs/{id}/reject',
}

/** What people may log of these kinds: all else there is seen or decided by Trichter, or by the mail service, alone. */
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

/** Why nobody logs an activity of this type by hand; undefined where they may. */
export const whyNotByHand = (type: string): string | undefined => {
  const own = whyOwnType(type)
  if (own !== undefined) return own
  if (Object.hasOwn(waysByHand, type)) return `cannot be logged by hand: use ${waysByHand[type]}`
  const noun = type.slice(0, type.indexOf('.'))
  if (Object.hasOwn(loggedByHand, noun)) return loggedByHand[noun]?.includes(type) ? undefined : seenAlone
  return type.split('.').some((part) => part in Object.prototype) ? 'is no name for an activity' : undefined
}

/** The id of the activity that a fact follows from; undefined for one that stands for itself. */
export const originOf = (factId: string): string | undefined => /^(.+)~\d$/.exec(factId)?.[1]

/** Whether whoever gives it has shown that the mailbox is theirs. */
export const isConfirmed = ({ confirmed, how }: JsonObject): boolean =>
  confirmed === true || how === 'preference-page'
