import type { Form } from '../form/form.ts'
import type { JsonObject } from '../json.ts'
import type { Rules } from '../playbook/rules.ts'
import type { Activity, Fact } from './activity.ts'

const formOf = ({ properties }: Activity, rules: Rules): Form | undefined => {
  const { form } = properties
  const { forms } = rules.playbook
  return typeof form === 'string' && Object.hasOwn(forms, form) ? forms[form] : undefined
}

/** Consent that sending the form gives by itself, with the wording as evidence. */
const consentOf = (form: Form, { properties }: Activity): JsonObject | undefined => {
  if (form.consent !== 'single-opt-in' || form.purpose === undefined) return undefined
  const { language, wording } = properties
  return {
    purpose: form.purpose,
    form: form.id,
    how: 'single-opt-in',
    ...(language === undefined ? {} : { language }),
    ...(wording === undefined ? {} : { wording }),
  }
}

const acceptsForm = (form: Form, { type, properties }: Activity): boolean =>
  (type === 'form.submitted' && form.consent !== 'double-opt-in') ||
  (type === 'consent.granted' && properties.confirmed === true)

/**
 * The facts that one incoming activity stands for: itself, and what its form adds (consent, then the form's activity).
 * Their ids follow from its id, and sort after it.
 */
export const expandActivity = (activity: Activity, rules: Rules): readonly Fact[] => {
  const { id, type, occurredAt, properties, subject } = activity
  const itself: Fact =
    'email' in subject
      ? { id, type, occurredAt, properties, email: subject.email }
      : { id, type, occurredAt, properties }
  const form = formOf(activity, rules)
  if (!form || !acceptsForm(form, activity)) return [itself]
  const consent = type === 'form.submitted' ? consentOf(form, activity) : undefined
  const derived = [
    ...(consent ? [{ type: 'consent.granted', properties: consent }] : []),
    ...(form.activity === undefined ? [] : [{ type: form.activity, properties: { form: form.id } }]),
  ]
  return [itself, ...derived.map((fact, index) => ({ id: `${id}~${index + 1}`, occurredAt, ...fact }))]
}

/** The id of the activity that a fact follows from; undefined for one that stands for itself. */
export const originOf = (factId: string): string | undefined => /^(.+)~\d$/.exec(factId)?.[1]
