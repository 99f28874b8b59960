import { type Html, html } from '../page/html.ts'
import { pageTexts } from '../page/page-texts.ts'
import { maxLengthOf } from './check-field.ts'
import type { FormField } from './form.ts'
import { localize } from './localize.ts'

export interface ControlState {
  readonly language: string
  /** As entered before; shown again, escaped. */
  readonly entered?: string | undefined
  readonly error?: string | undefined
}

/** Attribute names that browsers know how to fill in (HTML, autofill). */
const autofill: Readonly<Record<string, string>> = {
  email: 'email',
  firstName: 'given-name',
  lastName: 'family-name',
  name: 'name',
  company: 'organization',
  country: 'country',
  phone: 'tel',
  role: 'organization-title',
  website: 'url',
  street: 'street-address',
  postalCode: 'postal-code',
  city: 'address-level2',
  birthday: 'bday',
  language: 'language',
}

export const controlId = (field: FormField): string => `field-${field.name}`

const attributes = (field: FormField, error: string | undefined): Html =>
  html`id="${controlId(field)}" name="${field.name}"${field.required && html` required`}${
    error !== undefined && html` aria-invalid="true" aria-describedby="${controlId(field)}-error"`
  }${autofill[field.name] !== undefined && html` autocomplete="${autofill[field.name]}"`}`

const range = (field: FormField): Html =>
  html`${field.min !== undefined && html` min="${field.min}"`}${field.max !== undefined && html` max="${field.max}"`}`

const control = (field: FormField, { language, entered = '', error }: ControlState): Html => {
  const common = attributes(field, error)
  switch (field.type) {
    case 'textarea':
      return html`<textarea ${common} maxlength="${maxLengthOf(field)}">${entered}</textarea>`
    case 'select':
      return html`<select ${common}><option value="">${pageTexts(language).pleaseChoose}</option>${(
        field.options ?? []
      ).map(
        (option) =>
          html`<option value="${option.value}"${option.value === entered && html` selected`}>${localize(option.label, language)}</option>`,
      )}</select>`
    case 'checkbox':
      return html`<input type="checkbox" value="true" ${common}${/^(on|true|1|yes)$/i.test(entered) && html` checked`}>`
    case 'number':
      return html`<input type="number" inputmode="${field.min !== undefined && field.min >= 0 && Number.isInteger(field.min) ? 'numeric' : 'decimal'}" step="any" ${common}${range(field)} value="${entered}">`
    case 'date':
      return html`<input type="date" ${common} value="${entered}">`
    case 'text':
    case 'email':
    case 'tel':
    case 'url':
    case 'hidden':
      return html`<input type="${field.type}" ${common} maxlength="${maxLengthOf(field)}" value="${entered}">`
    default:
      return field.type satisfies never
  }
}

/** One field with its label and, tied to it, what is wrong. */
export const renderField = (field: FormField, state: ControlState): Html => {
  if (field.type === 'hidden')
    return html`<input type="hidden" name="${field.name}" value="${state.entered ?? ''}">`
  const label = html`<label for="${controlId(field)}">${localize(field.label, state.language)}${
    field.required && html` <span aria-hidden="true">*</span>`
  }</label>`
  const error =
    state.error !== undefined && html`<p class="error" id="${controlId(field)}-error">${state.error}</p>`
  return field.type === 'checkbox'
    ? html`<div class="field"><div class="check">${control(field, state)}${label}</div>${error}</div>`
    : html`<div class="field">${label}${control(field, state)}${error}</div>`
}
