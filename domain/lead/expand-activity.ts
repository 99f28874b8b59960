import { checkBuiltIn } from '../activity/parse-activity.ts'
import type { Activity, Fact } from '../model/activity.ts'
import type { Form } from '../model/form.ts'
import type { Json, JsonObject } from '../model/json.ts'
import type { Rules } from '../rules/rules.ts'
import { asksForTracking, trackingPurpose } from './consent.ts'

const formOf = ({ properties }: Activity, rules: Rules): Form | undefined => {
  const { form } = properties
  const { forms } = rules.playbook
  return typeof form === 'string' && Object.hasOwn(forms, form) ? forms[form] : undefined
}

/** Consent given by submitting the form, with the wording as evidence. */
const consentOf = (form: Form, { id, properties }: Activity): JsonObject | undefined => {
  if (form.consent !== 'single-opt-in' || form.purpose === undefined) return undefined
  const given = { purpose: form.purpose, form: form.id, how: 'single-opt-in', submission: id }
  return { ...given, ...evidenceOf(properties) }
}

/** The wording, and how the form was reached. */
const evidenceOf = (properties: JsonObject): JsonObject =>
  Object.fromEntries(
    ['via', 'language', 'wording', 'wordingHash'].flatMap((name) => {
      const value = properties[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )

/** Consent to tracking covered by a form's wording, given together with the other one. */
const trackingConsentOf = (form: Form, { id, type, properties }: Activity): JsonObject | undefined => {
  if (!asksForTracking(form)) return undefined
  const { confirmed, submission = null } = properties
  return {
    purpose: trackingPurpose,
    form: form.id,
    how: form.consent,
    submission: type === 'form.submitted' ? id : submission,
    ...(confirmed === true && { confirmed }),
    ...evidenceOf(properties),
  }
}

/** Properties of the form's activity: the fields listed in the form, if valid for the type. */
const activityOf = (
  { id, properties: names = [] }: Form,
  type: string,
  { properties: { fields, via } }: Activity,
): Pick<Fact, 'type' | 'properties'> => {
  const given = typeof fields === 'object' && fields !== null && !Array.isArray(fields) ? fields : {}
  const taken = Object.fromEntries(
    Object.entries<Json>({ ...given }).filter(([name]) => names.includes(name) && name !== 'form'),
  )
  const allowed = checkBuiltIn(type, taken).length === 0 ? taken : {}
  return { type, properties: { ...allowed, form: id, ...(via !== undefined && { via }) } }
}

const acceptsForm = (form: Form, { type, properties }: Activity): boolean =>
  (type === 'form.submitted' && form.consent !== 'double-opt-in') ||
  (type === 'consent.granted' && properties.confirmed === true && form.consent === 'double-opt-in')

/** Whether the opt-in box is being confirmed: the form's own purpose was recorded on submission. */
const confirmsOptIn = ({ optIn, purpose }: Form, { type, properties }: Activity): boolean =>
  type === 'consent.granted' &&
  optIn !== undefined &&
  optIn.purpose === properties.purpose &&
  optIn.purpose !== purpose

/**
 * Expands an incoming activity to facts: itself, and those of its form (consent, then the form's activity). Their ids are
 * derived from its id, and sort after it.
 */
export const expandActivity = (activity: Activity, rules: Rules): readonly Fact[] => {
  const { id, type, occurredAt, properties, subject } = activity
  const itself: Fact =
    'email' in subject
      ? { id, type, occurredAt, properties, email: subject.email }
      : { id, type, occurredAt, properties }
  const form = formOf(activity, rules)
  const derive = (derived: readonly Pick<Fact, 'type' | 'properties'>[]): readonly Fact[] => [
    itself,
    ...derived.map((fact, index) => ({ id: `${id}~${index + 1}`, occurredAt, ...fact })),
  ]
  if (!form) return [itself]
  if (properties.confirmed === true && confirmsOptIn(form, activity))
    return derive(
      form.optIn?.activity === undefined
        ? []
        : [{ type: form.optIn.activity, properties: { form: form.id } }],
    )
  if (!acceptsForm(form, activity)) return [itself]
  const consent = type === 'form.submitted' ? consentOf(form, activity) : undefined
  const tracking = trackingConsentOf(form, activity)
  return derive([
    ...(consent ? [{ type: 'consent.granted', properties: consent }] : []),
    ...(form.activity === undefined ? [] : [activityOf(form, form.activity, activity)]),
    ...(tracking ? [{ type: 'consent.granted', properties: tracking }] : []),
  ])
}
