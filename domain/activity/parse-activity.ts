import { type Activity, parseLeadId, type Subject } from '../model/activity.ts'
import { bearsMoney, checkMoney, isAboutDeal, type Money, moneyOf, salesPhases } from '../model/deal.ts'
import type { FieldError, Json, JsonObject } from '../model/json.ts'
import type { IdentityRules } from '../model/settings.ts'
import { tooManyFields } from '../model/state-limits.ts'
import { isDateValue } from '../time/date-value.ts'
import { parseInstant } from '../time/local-time.ts'
import { identityKey, isId, isSendable, parseAddress, unsendableMessage } from './subject.ts'

type Check = readonly [isRight: (value: Json) => boolean, message: string, isRequired?: true]

const isText = (value: Json): boolean => typeof value === 'string' && value.length <= 4000
const isObject = (value: Json): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A number within bounds. Values of other types are kept: the fact has happened, and rules that need the number do not match it. */
const isMeasure =
  (least: number, most: number) =>
  (value: Json): boolean =>
    typeof value !== 'number' || (value >= least && value <= most)

/** Our id or a CRM's; some CRMs count. */
const isDealId = (value: Json): boolean => isId(value) || Number.isSafeInteger(value)

/** Facts derived from a submission have its id and a number. */
const isFactId = (value: Json): boolean => typeof value === 'string' && isId(value.replace(/~\d$/, ''))

const text: Check = [isText, 'must be a text of at most 4000 characters']
const purpose: Check = [
  (value) => typeof value === 'string' && value.length <= 128,
  'must be a text of at most 128 characters',
]
const fields: Check = [isObject, 'must be an object of attributes']
const rating: Check = [isMeasure(1, 5), 'must be a number from 1 to 5']
/** A CRM may send null. */
const renewsAt: Check = [
  (value) => value === null || value === '' || isDateValue(value),
  'must be a date (2027-03-31) or RFC 3339 with an offset',
]
const dealId: Check = [isDealId, 'must be a text of 1 to 128 characters or a whole number']
const phase: Check = [
  (value) => salesPhases.some((one) => one === value),
  `must be one of ${salesPhases.join(', ')}`,
  true,
]
const leadId: Check = [(value) => parseLeadId(value) !== undefined, 'must be the id of a lead', true]

/** Properties with a meaning of their own, by type. Most are optional; what is there has to be right. */
const checks: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  'page.engaged': {
    seconds: [isMeasure(0, Number.MAX_VALUE), 'must be a number of 0 or more'],
  },
  'sales.engaged': { channel: text },
  'offer.rated': { rating },
  'order.completed': { orderId: text, renewsAt },
  'form.submitted': { form: text, fields },
  'profile.updated': { fields },
  'handoff.rejected': { reason: text },
  'needs.recorded': {
    needs: [(value) => Array.isArray(value) && value.every(isText), 'must be a list of texts'],
  },
  'proposal.sent': { proposalId: text },
  'proposal.declined': { reason: text },
  'negotiation.ended': { outcome: text },
  'deal.moved': { phase, reason: text },
  'deal.won': { renewsAt },
  'deal.lost': { reason: text },
  'customer.rated': { rating },
  'consent.granted': { purpose },
  'consent.withdrawn': { purpose: text },
  'activity.voided': { activityId: [isFactId, 'must be the id of the activity to take back', true] },
  'lead.merged': { leadId },
  'lead.unmerged': { leadId },
}

/** Checks by property: the type's own, and the deal's id for types about deals. */
const checksOf = (type: string): Readonly<Record<string, Check>> => {
  const own = Object.hasOwn(checks, type) ? (checks[type] ?? {}) : {}
  return isAboutDeal(type) ? { dealId, ...own } : own
}

/** Faults of properties that a built-in type defines. */
export const checkBuiltIn = (type: string, properties: JsonObject): readonly FieldError[] => {
  const errors = Object.entries(checksOf(type)).flatMap(([name, [isRight, message, isRequired]]) => {
    const value = properties[name]
    const isFine = value === undefined ? !isRequired : isRight(value)
    return isFine ? [] : [{ path: `properties.${name}`, message }]
  })
  return bearsMoney(type) ? [...errors, ...checkMoney(properties)] : errors
}

const maximumBytes = 16 * 1024
const maximumDepth = 32

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isShallow = (value: unknown, levels: number): boolean => {
  if (typeof value !== 'object' || value === null) return true
  return levels > 0 && Object.values(value).every((item) => isShallow(item, levels - 1))
}

const isJson = (value: unknown): boolean => {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true
    case 'number':
      return Number.isFinite(value)
    case 'object':
      return value === null || Object.values(value).every(isJson)
    default:
      return false
  }
}

/** Checks names and texts at any depth; `value` is shallow. */
const canBeSent = (value: unknown): boolean => {
  if (typeof value === 'string') return isSendable(value)
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([name, item]) => isSendable(name) && canBeSent(item))
}

const isJsonObject = (value: unknown): value is JsonObject => isPlain(value) && isJson(value)

/** @returns the properties, or their faults. */
const checkProperties = (
  value: unknown,
): { readonly properties: JsonObject } | { readonly message: string } => {
  if (value === undefined) return { properties: {} }
  if (!isPlain(value)) return { message: 'must be a JSON object' }
  if (!isShallow(value, maximumDepth))
    return { message: `must not be nested deeper than ${maximumDepth} levels` }
  if (!isJsonObject(value)) return { message: 'must hold JSON values only' }
  if (!canBeSent(value)) return { message: unsendableMessage }
  const bytes = new TextEncoder().encode(JSON.stringify(value)).length
  return bytes > maximumBytes
    ? { message: `must not be larger than ${maximumBytes} bytes` }
    : { properties: value }
}

const kinds = ['email', 'leadId', 'visitorId'] as const

const refuse = (path: string, message: string): { readonly error: FieldError } => ({
  error: { path, message },
})

/** Exactly one of `{ email }`, `{ leadId }`, `{ visitorId }`; normalises the address. */
const parseSubject = (
  value: unknown,
  identity?: Pick<IdentityRules, 'case'>,
): { readonly subject: Subject } | { readonly error: FieldError } => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse('subject', 'must be one of { email }, { leadId }, { visitorId }')
  }
  const given = new Map<string, unknown>(Object.entries(value))
  const named = kinds.filter((kind) => given.get(kind) !== undefined)
  const [kind] = named
  if (!kind || named.length > 1)
    return refuse('subject', 'must be one of { email }, { leadId }, { visitorId }')
  const text = given.get(kind)
  switch (kind) {
    case 'email': {
      const email = parseAddress(text, identity)
      return email === undefined
        ? refuse('subject.email', 'must be an email address')
        : { subject: { email } }
    }
    case 'leadId': {
      const leadId = parseLeadId(text)
      return leadId ? { subject: { leadId } } : refuse('subject.leadId', 'must be the id of a lead')
    }
    case 'visitorId':
      return isId(text)
        ? { subject: { visitorId: text } }
        : refuse('subject.visitorId', 'must be a text of 1 to 128 characters without control characters')
    default: {
      const never: never = kind
      throw new Error(`no such subject: ${String(never)}`)
    }
  }
}

type ParsedActivity =
  | { readonly type: 'activity'; readonly activity: Activity }
  | { readonly type: 'refused'; readonly errors: readonly FieldError[] }

const typePattern = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/
const maximumTypeLength = 128
const maximumLead = 5 * 60_000
const maximumYears = 10

const refusal = (path: string, message: string): FieldError => ({ path, message })

/** Refuses more attributes than a lead can hold. */
const checkFields = (type: string, { fields }: JsonObject, id: string): readonly FieldError[] => {
  if (type !== 'profile.updated' && type !== 'form.submitted') return []
  const message = tooManyFields(fields, id)
  return message === undefined ? [] : [refusal('properties.fields', message)]
}

const isTooOld = (instant: string, arrivedAt: string): boolean => {
  const oldest = new Date(arrivedAt)
  oldest.setUTCFullYear(oldest.getUTCFullYear() - maximumYears)
  return Date.parse(instant) < oldest.getTime()
}

const parseTime = (
  value: unknown,
  arrivedAt: string,
): { readonly at: string } | { readonly error: FieldError } => {
  if (value === undefined || value === null) return { at: arrivedAt }
  const instant = typeof value === 'string' ? parseInstant(value) : undefined
  const wrong = (message: string) => ({ error: refusal('occurredAt', message) })
  if (instant === undefined) {
    return wrong('must be a time with an offset (RFC 3339), such as 2026-01-31T09:30:00+01:00')
  }
  if (Date.parse(instant) - Date.parse(arrivedAt) > maximumLead) {
    return wrong('must not be more than 5 minutes in the future')
  }
  return isTooOld(instant, arrivedAt) ? wrong('must not be more than 10 years ago') : { at: instant }
}

/**
 * One activity as it comes in, its time in UTC and its address normalised.
 * @param arrivedAt RFC 3339 UTC with milliseconds; stands in where the activity gives no time.
 * @param fallbackId stands in where the activity gives no id.
 * @param identity how addresses are told apart; absent: in lower case.
 * @returns the activity, or everything that is wrong with it.
 */
export const parseActivity = (
  input: unknown,
  arrivedAt: string,
  fallbackId?: string,
  identity?: Pick<IdentityRules, 'case'>,
): ParsedActivity => {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return { type: 'refused', errors: [refusal('', 'must be a JSON object')] }
  }
  const given = new Map<string, unknown>(Object.entries(input))
  const id = given.get('id') ?? fallbackId
  const type = given.get('type')
  const subject = parseSubject(given.get('subject'), identity)
  const time = parseTime(given.get('occurredAt'), arrivedAt)
  const checked = checkProperties(given.get('properties'))
  const hasId = isId(id)
  const hasType = typeof type === 'string' && type.length <= maximumTypeLength && typePattern.test(type)
  if (type === costType) return { type: 'refused', errors: [refusal('type', aboutNobody)] }
  if (hasId && hasType && 'subject' in subject && 'at' in time && 'properties' in checked) {
    const errors = [...checkBuiltIn(type, checked.properties), ...checkFields(type, checked.properties, id)]
    if (errors.length > 0) return { type: 'refused', errors }
    const timeAssumed = (given.get('occurredAt') ?? null) === null || given.get('timeAssumed') === true
    const { properties } = checked
    return {
      type: 'activity',
      activity: { id, type, subject: subject.subject, occurredAt: time.at, properties, timeAssumed },
    }
  }
  return {
    type: 'refused',
    errors: [
      ...(hasId ? [] : [refusal('id', 'must be a text of 1 to 128 characters without control characters')]),
      ...(hasType ? [] : [refusal('type', 'must be noun.verb in lower case, such as page.viewed')]),
      ...('error' in subject ? [subject.error] : []),
      ...('error' in time ? [time.error] : []),
      ...('message' in checked
        ? [refusal('properties', checked.message)]
        : checkBuiltIn(typeof type === 'string' ? type : '', checked.properties)),
    ],
  }
}

/** What a channel cost: a fact about nobody, so that it has no subject. */
export interface ChannelCost extends Money {
  readonly id: string
  /** RFC 3339 UTC with milliseconds. */
  readonly occurredAt: string
  readonly source: string
  readonly campaign: string | null
}

type ParsedCost =
  | { readonly type: 'cost'; readonly cost: ChannelCost }
  | { readonly type: 'refused'; readonly errors: readonly FieldError[] }

const costType = 'channel.cost'

const aboutNobody = 'is about a channel, and not about a person'

/** Whether an activity is about a channel instead of a person. */
export const isAboutChannel = (input: unknown): boolean => isPlain(input) && input.type === costType

/** As long as the sources of visits are, and no address: the names stand in the figures. */
const isChannelName = (value: unknown): value is string =>
  typeof value === 'string' && value.trim() !== '' && value.length <= 100 && !value.includes('@')

const checkCost = ({ source, campaign = null, amount }: JsonObject): readonly FieldError[] => [
  ...(isChannelName(source) ? [] : [refusal('properties.source', channelName)]),
  ...(campaign === null || isChannelName(campaign) ? [] : [refusal('properties.campaign', channelName)]),
  ...(amount === undefined ? [refusal('properties.amount', 'must be there')] : []),
]

const channelName = 'must be a text of 1 to 100 characters that is no address'

/**
 * A `channel.cost` as it comes in; the parameters are those of `parseActivity`. Other properties than those with a meaning are
 * dropped.
 */
export const parseCost = (input: unknown, arrivedAt: string, fallbackId?: string): ParsedCost => {
  const given = new Map<string, unknown>(isPlain(input) ? Object.entries(input) : [])
  const id = given.get('id') ?? fallbackId
  const time = parseTime(given.get('occurredAt'), arrivedAt)
  const checked = checkProperties(given.get('properties'))
  const properties = 'properties' in checked ? checked.properties : {}
  const { source, campaign = null } = properties
  const errors = [
    ...(isId(id) ? [] : [refusal('id', 'must be a text of 1 to 128 characters without control characters')]),
    ...((given.get('subject') ?? null) === null
      ? []
      : [refusal('subject', 'must be absent: a cost is about nobody')]),
    ...('error' in time ? [time.error] : []),
    ...('message' in checked
      ? [refusal('properties', checked.message)]
      : [...checkCost(properties), ...checkMoney(properties)]),
  ]
  const money = moneyOf(properties)
  if (errors.length > 0 || !isId(id) || !('at' in time) || !isChannelName(source) || !money)
    return { type: 'refused', errors }
  const named = { source: source.trim(), campaign: isChannelName(campaign) ? campaign.trim() : null }
  return { type: 'cost', cost: { id, occurredAt: time.at, ...named, ...money } }
}

type Placed = Pick<Activity, 'occurredAt' | 'timeAssumed'> & { readonly subject: object }

/** The subject, as given in the request. */
const whomOf = ({ subject }: Placed, identity: IdentityRules): string =>
  'email' in subject && typeof subject.email === 'string'
    ? identityKey(subject.email, identity)
    : JSON.stringify(subject)

const kindOf = ({ subject }: Placed): string => Object.keys(subject).join()

/**
 * Gives activities without times in one request the order of the request. All have the time of arrival: one that may be about
 * the same person as an earlier one gets a millisecond more, and those after it no less. Repeating the request changes nothing,
 * as an id keeps its first time.
 */
export const inRequestOrder = <One extends Placed>(
  activities: readonly One[],
  identity: IdentityRules,
): readonly One[] => {
  let shift = 0
  let people = new Set<string>()
  let kinds = new Set<string>()
  return activities.map((activity) => {
    if (!activity.timeAssumed) return activity
    const whom = whomOf(activity, identity)
    const kind = kindOf(activity)
    // An address, a lead id and a browser may belong to the same person.
    if (people.has(whom) || (kinds.size > 0 && !kinds.has(kind))) {
      shift += 1
      people = new Set()
      kinds = new Set()
    }
    people.add(whom)
    kinds.add(kind)
    if (shift === 0) return activity
    const occurredAt = new Date(Date.parse(activity.occurredAt) + shift).toISOString()
    return { ...activity, occurredAt }
  })
}
