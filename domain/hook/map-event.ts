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

/** The shortest decimal that reads back as the same number, without an exponent. */
const decimalOf = (number: number): string => {
  const text = String(number)
  if (!/e/i.test(text)) return text
  return Math.abs(number) >= 1 ? BigInt(number).toString() : number.toFixed(20).replace(/\.?0+$/, '')
}

/** A text, or a number as text; undefined for anything else. */
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

/** Ids are texts whatever a program writes, and so are amounts: money is no floating-point number. */
const texts = ['dealId', 'amount']

const propertyOf = (name: string, value: Value): Json | undefined => {
  if (value === null || value === '') return undefined
  return texts.includes(name) ? (textOf(value) ?? jsonOf(value)) : jsonOf(value)
}

/** What has no value, or an empty one, is left out. */
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

/** Numbers from here on count milliseconds, below it seconds: as seconds it would be the year 5138, as milliseconds 1973. */
const milliseconds = 100_000_000_000

const ofNumber = (number: number): string | undefined => {
  const at = new Date(number >= milliseconds ? number : number * 1000)
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString()
}

/**
 * A time as programs write it: RFC 3339, the same with an offset without a colon (Salesforce), or seconds or
 * milliseconds since 1970, as a number or a text.
 * @returns UTC with milliseconds; undefined for anything else, a time without an offset included.
 */
export const readTime = (value: Value): string | undefined => {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString()
  if (typeof value === 'number') return value > 0 ? ofNumber(value) : undefined
  if (typeof value !== 'string') return undefined
  if (/^\d{9,14}(\.\d{1,6})?$/.test(value)) return ofNumber(Number(value))
  return parseInstant(value.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
}

const moneyPaths: readonly string[] = ['properties.amount', 'properties.currency']

/** Whether an activity is refused for its money alone. */
const isAboutMoney = (errors: readonly FieldError[]): boolean =>
  errors.length > 0 && errors.every(({ path }) => moneyPaths.includes(path))

/** What it says beside what it is worth. */
const withoutMoney = ({ amount: _amount, currency: _currency, ...others }: JsonObject): JsonObject => others

/** @param errors what is wrong with the money. @returns the same for people who are to know that the rest is kept. */
const moneyWarnings = (errors: readonly FieldError[]): readonly FieldError[] =>
  errors.map(({ path, message }) => ({ path, message: `${message}; kept without amount and currency` }))

/** An activity, or all of it but whom it is about: that is whoever the deal belongs to. */
export interface MappedActivity extends Omit<Activity, 'subject'> {
  readonly subject: Subject | { readonly dealId: string }
}

export interface MappedEvent {
  /** None where no rule takes the event. */
  readonly activities: readonly MappedActivity[]
  /** What a rule took and could not make an activity of. */
  readonly errors: readonly FieldError[]
  /** What was left out of an activity: an amount that does not fit. The win or the phase happened all the same. */
  readonly warnings: readonly FieldError[]
}

interface MappingOptions {
  /** RFC 3339 UTC with milliseconds. */
  readonly arrivedAt: string
  readonly identity: Pick<IdentityRules, 'case'>
  /** Stands for a text, equal for equal texts: nobody can tell from it what the text was. */
  readonly fingerprint: (text: string) => string
}

type Made =
  | { readonly activity: MappedActivity; readonly warnings: readonly FieldError[] }
  | { readonly errors: readonly FieldError[] }

/** Keys in one order, so that it does not matter how a program writes its JSON. */
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

/** Why an expression gives no text: for people, and without what it gives. */
const missing = (path: string, of: EventExpression | undefined, reported: Reported): Made => {
  const value = of?.valueOf(reported) ?? undefined
  if (of === undefined || value === undefined) return wrong(path, of?.whyNone(reported) ?? 'is missing')
  return wrong(path, `${of.source} is ${value === '' ? 'empty' : 'neither a text nor a number'}`)
}

/** Stands in for whoever a deal belongs to while the rest is checked. */
const somebody: Subject = { visitorId: 'deal' }

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
  const subject = first.kind === 'dealId' ? somebody : { [first.kind]: first.value }
  const { arrivedAt, identity } = options
  const raw = { id, type: rule.type, subject, occurredAt }
  const parse = (given: JsonObject) =>
    parseActivity({ ...raw, properties: given }, arrivedAt, undefined, identity)
  const whole = parse(properties)
  const misfits = whole.type === 'refused' && isAboutMoney(whole.errors) ? whole.errors : []
  const parsed = misfits.length > 0 ? parse(withoutMoney(properties)) : whole
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

/** What becomes of one reported event: an activity for each rule that takes it. Never throws for what an event holds. */
export const mapEvent = (hook: CompiledHook, reported: Reported, options: MappingOptions): MappedEvent => {
  const made = hook.activities
    .filter(({ when }) => when === undefined || when(reported))
    .map((rule) => makeActivity(hook, rule, reported, options))
  const activities = made.flatMap((one) => ('activity' in one ? [one.activity] : []))
  return {
    // Of two rules that make the same of an event, the first counts.
    activities: [...new Map([...activities].reverse().map((one) => [one.id, one])).values()].reverse(),
    errors: made.flatMap((one) => ('errors' in one ? one.errors : [])),
    warnings: made.flatMap((one) => ('activity' in one ? one.warnings : [])),
  }
}

interface CompiledHookActivity {
  readonly when?: EventTest
  readonly type: string
  readonly id?: EventExpression
  /** In the order in which they are asked. */
  readonly subject: readonly { readonly kind: keyof HookSubject; readonly of: EventExpression }[]
  readonly occurredAt?: EventExpression
  readonly properties: readonly (readonly [name: string, of: EventExpression])[]
}

export interface CompiledHook {
  readonly hook: Hook
  readonly activities: readonly CompiledHookActivity[]
  /** Some activity is about whoever a deal belongs to: then it is kept whose each deal is. */
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

/** @throws Error when an expression does not compile: a playbook is checked before it becomes one. */
export const compileHook = (hook: Hook): CompiledHook => ({
  hook,
  activities: hook.activities.map(compileActivity),
  followsDeals: hook.activities.some(({ subject }) => 'dealId' in subject),
})
