import type { Activity, Subject } from '../activity/activity.ts'
import { addressMisfit, withoutAddressField } from '../activity/address-field.ts'
import { type IdentityRules, identityRules } from '../activity/identity-key.ts'
import { isId } from '../activity/is-id.ts'
import { parseActivity } from '../activity/parse-activity.ts'
import type { EventExpression, Reported } from '../condition/compile-event.ts'
import type { FieldError } from '../field-error.ts'
import type { Json, JsonObject } from '../json.ts'
import type { CompiledHook, CompiledHookActivity } from './compile-hook.ts'
import { propertiesOf, textOf } from './event-values.ts'
import type { HookSubject } from './hook.ts'
import { readTime } from './read-time.ts'
import { isAboutMoney, moneyWarnings, withoutMoney } from './without-money.ts'

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

export interface MappingOptions {
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

interface Whom {
  readonly kind: keyof HookSubject
  readonly value: string
}

const valuesOf = ({ subject }: CompiledHookActivity, reported: Reported): readonly Whom[] =>
  subject.flatMap(({ kind, of }) => {
    const value = textOf(of.valueOf(reported))
    return value === undefined || value === '' ? [] : [{ kind, value }]
  })

/** With a time of its own an event is what is made of it: what else a delivery holds may change from one try to the next. */
const idOf = (
  { hook }: CompiledHook,
  { type, id }: CompiledHookActivity,
  made: { readonly occurredAt: string | undefined; readonly properties: JsonObject },
  reported: Reported,
  { fingerprint }: MappingOptions,
): string | undefined => {
  if (id === undefined) {
    const { occurredAt, properties } = made
    const content = occurredAt === undefined ? reported.event : { occurredAt, properties }
    return `${hook.id}:${fingerprint(JSON.stringify([hook.id, type, canonical(content)]))}`
  }
  const given = textOf(id.valueOf(reported))
  if (given === undefined || given === '') return undefined
  const whole = `${hook.id}:${type}:${given}`
  return isId(whole) ? whole : `${hook.id}:${fingerprint(whole)}`
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
  hook: CompiledHook,
  rule: CompiledHookActivity,
  reported: Reported,
  options: MappingOptions,
): Made => {
  const whoms = valuesOf(rule, reported)
  const [whom] = whoms
  if (whom === undefined) return missing('subject', rule.subject[0]?.of, reported)
  const time = rule.occurredAt?.valueOf(reported) ?? undefined
  if (rule.occurredAt !== undefined && time === undefined)
    return missing('occurredAt', rule.occurredAt, reported)
  const occurredAt = readTime(time)
  if (rule.occurredAt !== undefined && occurredAt === undefined)
    return wrong('occurredAt', 'is not a time that can be read')
  const dealId = whoms.find(({ kind }) => kind === 'dealId')?.value
  if (dealId !== undefined && !isId(dealId))
    return wrong('subject.dealId', 'must be a text of 1 to 128 characters')
  const properties = { ...(dealId !== undefined && { dealId }), ...propertiesOf(rule.properties, reported) }
  const id = idOf(hook, rule, { occurredAt, properties }, reported, options)
  if (id === undefined) return missing('id', rule.id, reported)
  const subject = whom.kind === 'dealId' ? somebody : { [whom.kind]: whom.value }
  const parse = (given: JsonObject) =>
    parseActivity(
      { id, type: rule.type, subject, occurredAt, properties: given },
      options.arrivedAt,
      undefined,
      options.identity,
    )
  const whole = parse(properties)
  const misfits = whole.type === 'refused' && isAboutMoney(whole.errors) ? whole.errors : []
  const parsed = misfits.length > 0 ? parse(withoutMoney(properties)) : whole
  if (parsed.type === 'refused') return { errors: parsed.errors }
  const address = addressMisfit(
    whom.kind === 'dealId' ? { ...parsed.activity, subject: { email: '' } } : parsed.activity,
    identityRules(options.identity),
  )
  const activity = address ? withoutAddressField(parsed.activity) : parsed.activity
  return {
    activity: whom.kind === 'dealId' ? { ...activity, subject: { dealId: whom.value } } : activity,
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
