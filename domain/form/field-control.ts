import { Html, html } from '../page/html.ts'
import { pageTexts } from '../page/page-texts.ts'
import { richText } from '../page/rich-text.ts'
import { maxLengthOf } from './check-field.ts'
import type { FormField } from './form.ts'
import { localize } from './localize.ts'

export interface ControlState {
  readonly language: string
  /** As entered before, of several answers one a line; shown again, escaped. */
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
const helpId = (field: FormField): string => `${controlId(field)}-help`

/** What takes the whole width where there are two columns. */
export const isWhole = ({ type }: FormField): boolean =>
  type === 'textarea' || type === 'checkbox' || type === 'radio' || type === 'multiselect'

/** What is wrong, then what helps. */
const described = (field: FormField, error: string | undefined): Html => {
  const ids = [
    ...(error === undefined ? [] : [`${controlId(field)}-error`]),
    ...(field.help === undefined ? [] : [helpId(field)]),
  ]
  return html`${error !== undefined && html` aria-invalid="true"`}${ids.length > 0 && html` aria-describedby="${ids.join(' ')}"`}`
}

const attributes = (field: FormField, { error, language }: ControlState): Html =>
  html`id="${controlId(field)}" name="${field.name}"${field.required && html` required`}${described(field, error)}${
    autofill[field.name] !== undefined && html` autocomplete="${autofill[field.name]}"`
  }${field.placeholder !== undefined && html` placeholder="${localize(field.placeholder, language)}"`}`

/** Numbers are typed as texts: a browser's own field for numbers takes no `1.000`, or takes it for one. */
const inputMode = ({ min }: FormField): string =>
  min !== undefined && min >= 0 && Number.isInteger(min) ? 'numeric' : 'decimal'

const choice = (field: FormField, index: number, state: ControlState): Html => {
  const option = field.options?.[index]
  if (option === undefined) return html``
  // The first has the field's own id: messages lead there.
  const id = index === 0 ? controlId(field) : `${controlId(field)}-${index}`
  const isChosen = (state.entered ?? '').split('\n').includes(option.value)
  const type = field.type === 'radio' ? 'radio' : 'checkbox'
  return html`<div class="check"><input type="${type}" id="${id}" name="${field.name}" value="${option.value}"${
    field.type === 'radio' && field.required && html` required`
  }${isChosen && html` checked`}${described(field, state.error)}><label for="${id}">${localize(option.label, state.language)}</label></div>`
}

/** Of days that are the same for everybody; what today is, the server knows when it reads the answer. */
const bound = (name: string, day: string | undefined): Html | false =>
  day !== undefined && day !== 'today' && html` ${new Html(name)}="${day}"`

const control = (field: FormField, state: ControlState): Html => {
  const { language, entered = '' } = state
  const common = attributes(field, state)
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
    case 'radio':
    case 'multiselect':
      return html`${(field.options ?? []).map((_, index) => choice(field, index, state))}`
    case 'checkbox':
      return html`<input type="checkbox" value="true" ${common}${/^(on|true|1|yes)$/i.test(entered) && html` checked`}>`
    case 'number':
      return html`<input type="text" inputmode="${inputMode(field)}" ${common} maxlength="${maxLengthOf(field)}" value="${entered}">`
    case 'date':
      return html`<input type="date" ${common}${bound('min', field.earliest)}${bound('max', field.latest)} value="${entered}">`
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

/** One field with its label, what helps to fill it in and, tied to it, what is wrong. */
export const renderField = (field: FormField, state: ControlState): Html => {
  const { language } = state
  if (field.type === 'hidden')
    return html`<input type="hidden" name="${field.name}" value="${state.entered ?? ''}">`
  const name = html`${richText(localize(field.label, language))}${field.required && html` <span aria-hidden="true">*</span>`}`
  const label = html`<label for="${controlId(field)}">${name}</label>`
  const help =
    field.help !== undefined &&
    html`<p class="note" id="${helpId(field)}">${richText(localize(field.help, language))}</p>`
  const error =
    state.error !== undefined && html`<p class="error" id="${controlId(field)}-error">${state.error}</p>`
  if (field.type === 'radio' || field.type === 'multiselect')
    return html`<fieldset class="field"><legend>${name}</legend>${control(field, state)}${help}${error}</fieldset>`
  return field.type === 'checkbox'
    ? html`<div class="field"><div class="check">${control(field, state)}${label}</div>${help}${error}</div>`
    : html`<div class="field">${label}${control(field, state)}${help}${error}</div>`
}
