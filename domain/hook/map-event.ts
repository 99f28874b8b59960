import { parseActivity } from '../activity/parse-activity.ts'
import { addressMisfit, identityRules, isId, withoutAddressField } from '../activity/subject.ts'
import {
  compileEventExpression,
  compileEventTest,
  type EventExpression,
  type EventTest,
  type Reported,
} from '../condition/compile-condition.ts'
import { isList, isMap, type Value } from '../condition/condition.ts'
import type { Activity, Subject } from '../model/activity.ts'
import type { Hook, HookActivity, HookSubject } from '../model/hook.ts'
import type { FieldError, Json, JsonObject } from '../model/json.ts'
import type { IdentityRules } from '../model/settings.ts'
import { parseInstant } from '../time/local-time.ts'

/** The shortest decimal that parses to the same number, without exponent. */
const decimalOf = (number: number): string => {
  const text = String(number)
  if (!/e/i.test(text)) return text
  return Math.abs(number) >= 1 ? BigInt(number).toString() : number.toFixed(20).replace(/\.?0+$/, '')
}

/** A text, or a number as text; otherwise undefined. */
const textOf = (value: Value): string | undefined => {
  if (typeof value === 'string') return value.trim()
  return typeof value === 'number' && Number.isFinite(value) ? decimalOf(value) : undefined
}

const jsonOf = (value: Value): Json | undefined => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString()
  if (isList(value)) return value.flatMap((item) => jsonOf(item) ?? [])
  if (!isMap(value)) return undefined
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]): [string, Json][] => {
      const json = jsonOf(item)
      return json === undefined ? [] : [[key, json]]
    }),
  )
}

/** Ids and amounts are always text: money is not a floating-point number. */
const texts = ['dealId', 'amount']

const propertyOf = (name: string, value: Value): Json | undefined => {
  if (value === null || value === '') return undefined
  return texts.includes(name) ? (textOf(value) ?? jsonOf(value)) : jsonOf(value)
}

/** Properties without a value, or with an empty one, are left out. */
const propertiesOf = (
  properties: readonly (readonly [name: string, of: EventExpression])[],
  reported: Reported,
): JsonObject =>
  Object.fromEntries(
    properties.flatMap(([name, of]): [string, Json][] => {
      const value = propertyOf(name, of.valueOf(reported))
      return value === undefined ? [] : [[name, value]]
    }),
  )

/** Larger numbers are milliseconds, smaller ones seconds: the limit is the year 5138 in seconds, 1973 in milliseconds. */
const milliseconds = 100_000_000_000

const ofNumber = (number: number): string | undefined => {
  const at = new Date(number >= milliseconds ? number : number * 1000)
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString()
}

/**
 * Reads a time: RFC 3339, also with an offset without colon (Salesforce), or seconds or milliseconds since 1970, as number or
 * text.
 * @returns UTC with milliseconds; undefined for anything else, including a time without offset.
 */
export const readTime = (value: Value): string | undefined => {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString()
  if (typeof value === 'number') return value > 0 ? ofNumber(value) : undefined
  if (typeof value !== 'string') return undefined
  if (/^\d{9,14}(\.\d{1,6})?$/.test(value)) return ofNumber(Number(value))
  return parseInstant(value.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
}

const moneyPaths: readonly string[] = ['properties.amount', 'properties.currency']

/** Whether the amount is the only fault of an activity. */
const isAboutMoney = (errors: readonly FieldError[]): boolean =>
  errors.length > 0 && errors.every(({ path }) => moneyPaths.includes(path))

/** The properties without the amount. */
const withoutMoney = ({ amount: _amount, currency: _currency, ...others }: JsonObject): JsonObject => others

/** Warnings that the activity was kept without its amount. @param errors faults of the amount. */
const moneyWarnings = (errors: readonly FieldError[]): readonly FieldError[] =>
  errors.map(({ path, message }) => ({ path, message: `${message}; kept without amount and currency` }))

/** An activity, possibly without a subject: that is the lead of the deal. */
export interface MappedActivity extends Omit<Activity, 'subject'> {
  readonly subject: Subject | { readonly dealId: string }
}

export interface MappedEvent {
  /** Empty if no entry applies. */
  readonly activities: readonly MappedActivity[]
  /** Faults of events that an entry applies to. */
  readonly errors: readonly FieldError[]
  /** Invalid amounts that were left out: the win or the phase happened all the same. */
  readonly warnings: readonly FieldError[]
}

interface MappingOptions {
  /** RFC 3339 UTC with milliseconds. */
  readonly arrivedAt: string
  readonly identity: Pick<IdentityRules, 'case'>
  /** A one-way hash of a text. */
  readonly fingerprint: (text: string) => string
}

type Made =
  | { readonly activity: MappedActivity; readonly warnings: readonly FieldError[] }
  | { readonly errors: readonly FieldError[] }

/** Sorts keys, so that the formatting of JSON does not matter. */
const canonical = (value: Json): Json => {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item: Json) => canonical(item))
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]): [string, Json] => [key, canonical(item)]),
  )
}

interface SubjectValue {
  readonly kind: keyof HookSubject
  readonly value: string
}

const valuesOf = ({ subject }: CompiledHookActivity, reported: Reported): readonly SubjectValue[] =>
  subject.flatMap(({ kind, of }) => {
    const value = textOf(of.valueOf(reported))
    return value === undefined || value === '' ? [] : [{ kind, value }]
  })

const idOfContent = (hookId: string, type: string, content: Json, { fingerprint }: MappingOptions): string =>
  `${hookId}:${fingerprint(JSON.stringify([hookId, type, canonical(content)]))}`

const idOfName = (
  hookId: string,
  type: string,
  given: string | undefined,
  { fingerprint }: MappingOptions,
): string | undefined => {
  if (given === undefined || given === '') return undefined
  const whole = `${hookId}:${type}:${given}`
  return isId(whole) ? whole : `${hookId}:${fingerprint(whole)}`
}

const wrong = (path: string, message: string): Made => ({ errors: [{ path, message }] })

/** Why an expression has no text value, without the value. */
const missing = (path: string, of: EventExpression | undefined, reported: Reported): Made => {
  const value = of?.valueOf(reported) ?? undefined
  if (of === undefined || value === undefined) return wrong(path, of?.whyNone(reported) ?? 'is missing')
  return wrong(path, `${of.source} is ${value === '' ? 'empty' : 'neither a text nor a number'}`)
}

/** Placeholder for the lead of a deal during validation. */
const somebody: Subject = { visitorId: 'deal' }

interface RawActivity {
  readonly id: string
  readonly type: string
  readonly occurredAt: string | undefined
  readonly properties: JsonObject
}

/** The activity without what does not fit: an amount, or an address in a field. */
const fitActivity = (
  reported: RawActivity,
  first: SubjectValue,
  { arrivedAt, identity }: MappingOptions,
): Made => {
  const subject = first.kind === 'dealId' ? somebody : { [first.kind]: first.value }
  const parse = (given: JsonObject) =>
    parseActivity({ ...reported, subject, properties: given }, arrivedAt, undefined, identity)
  const whole = parse(reported.properties)
  const misfits = whole.type === 'refused' && isAboutMoney(whole.errors) ? whole.errors : []
  const parsed = misfits.length > 0 ? parse(withoutMoney(reported.properties)) : whole
  if (parsed.type === 'refused') return { errors: parsed.errors }
  const address = addressMisfit(
    first.kind === 'dealId' ? { ...parsed.activity, subject: { email: '' } } : parsed.activity,
    identityRules(identity),
  )
  const activity = address ? withoutAddressField(parsed.activity) : parsed.activity
  return {
    activity: first.kind === 'dealId' ? { ...activity, subject: { dealId: first.value } } : activity,
    warnings: [...moneyWarnings(misfits), ...(address ? [address] : [])],
  }
}

const makeActivity = (
  { hook }: CompiledHook,
  rule: CompiledHookActivity,
  reported: Reported,
  options: MappingOptions,
): Made => {
  const subjects = valuesOf(rule, reported)
  const [first] = subjects
  if (first === undefined) return missing('subject', rule.subject[0]?.of, reported)
  const time = rule.occurredAt?.valueOf(reported) ?? undefined
  if (rule.occurredAt !== undefined && time === undefined)
    return missing('occurredAt', rule.occurredAt, reported)
  const occurredAt = readTime(time)
  if (rule.occurredAt !== undefined && occurredAt === undefined)
    return wrong('occurredAt', 'is not a time that can be read')
  const dealId = subjects.find(({ kind }) => kind === 'dealId')?.value
  if (dealId !== undefined && !isId(dealId))
    return wrong('subject.dealId', 'must be a text of 1 to 128 characters')
  const properties = { ...(dealId !== undefined && { dealId }), ...propertiesOf(rule.properties, reported) }
  // With a time of its own an event is what is made of it: what else a delivery holds may change from one try to the next.
  const content = occurredAt === undefined ? reported.event : { occurredAt, properties }
  const id = rule.id
    ? idOfName(hook.id, rule.type, textOf(rule.id.valueOf(reported)), options)
    : idOfContent(hook.id, rule.type, content, options)
  if (id === undefined) return missing('id', rule.id, reported)
  return fitActivity({ id, type: rule.type, occurredAt, properties }, first, options)
}

/** Maps a reported event to an activity for each entry that applies. Never throws for any event. */
export const mapEvent = (hook: CompiledHook, reported: Reported, options: MappingOptions): MappedEvent => {
  const made = hook.activities
    .filter(({ when }) => when === undefined || when(reported))
    .map((rule) => makeActivity(hook, rule, reported, options))
  const activities = made.flatMap((one) => ('activity' in one ? [one.activity] : []))
  return {
    // If two entries create the same activity, the first counts.
    activities: [...new Map([...activities].reverse().map((one) => [one.id, one])).values()].reverse(),
    errors: made.flatMap((one) => ('errors' in one ? one.errors : [])),
    warnings: made.flatMap((one) => ('activity' in one ? one.warnings : [])),
  }
}

interface CompiledHookActivity {
  readonly when?: EventTest
  readonly type: string
  readonly id?: EventExpression
  /** In order of precedence. */
  readonly subject: readonly { readonly kind: keyof HookSubject; readonly of: EventExpression }[]
  readonly occurredAt?: EventExpression
  readonly properties: readonly (readonly [name: string, of: EventExpression])[]
}

export interface CompiledHook {
  readonly hook: Hook
  readonly activities: readonly CompiledHookActivity[]
  /** An activity uses the lead of a deal, so the links of deals to leads are stored. */
  readonly followsDeals: boolean
}

const expression = (source: string): EventExpression => {
  const compiled = compileEventExpression(source)
  if (compiled.type === 'fault') throw new Error(`unchecked expression: ${source}: ${compiled.message}`)
  return compiled.made
}

const test = (source: string): EventTest => {
  const compiled = compileEventTest(source)
  if (compiled.type === 'fault') throw new Error(`unchecked condition: ${source}: ${compiled.message}`)
  return compiled.made
}

const kinds = ['leadId', 'email', 'dealId'] as const

const subjectOf = (subject: HookSubject): CompiledHookActivity['subject'] =>
  kinds.flatMap((kind) => {
    const source = subject[kind]
    return source === undefined ? [] : [{ kind, of: expression(source) }]
  })

const compileActivity = ({
  when,
  type,
  id,
  subject,
  occurredAt,
  properties,
}: HookActivity): CompiledHookActivity => ({
  ...(when !== undefined && { when: test(when) }),
  type,
  ...(id !== undefined && { id: expression(id) }),
  subject: subjectOf(subject),
  ...(occurredAt !== undefined && { occurredAt: expression(occurredAt) }),
  properties: Object.entries(properties).map(([name, source]) => [name, expression(source)] as const),
})

/** @throws Error if an expression does not compile; checked playbooks do. */
export const compileHook = (hook: Hook): CompiledHook => ({
  hook,
  activities: hook.activities.map(compileActivity),
  followsDeals: hook.activities.some(({ subject }) => 'dealId' in subject),
})
