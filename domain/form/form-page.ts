import { type Form, type FormField, localize } from '../model/form.ts'
import type { FieldError } from '../model/json.ts'
import { Html, html, type PageFrame, policyOf, renderPage, richText, textsOf } from '../page/page-layout.ts'
import { textsIn } from '../texts/texts.ts'
import { honeypotField, maxLengthOf, shownFields, stampField, submissionIdField } from './submission.ts'

interface ControlState {
  readonly language: string
  /** Previous input, one answer per line; shown again, escaped. */
  readonly entered?: string | undefined
  readonly error?: string | undefined
}

/** Attributes with an autofill token (HTML, autofill). */
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

const controlId = (field: FormField): string => `field-${field.name}`
const helpId = (field: FormField): string => `${controlId(field)}-help`

/** Fields that span both columns. */
const isWhole = ({ type }: FormField): boolean =>
  type === 'textarea' || type === 'checkbox' || type === 'radio' || type === 'multiselect'

/** Ids of the error, then of the help text. */
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

/** Numbers use text inputs: a browser's number input rejects `1.000` or reads it as one. */
const inputMode = ({ min }: FormField): string =>
  min !== undefined && min >= 0 && Number.isInteger(min) ? 'numeric' : 'decimal'

const choice = (field: FormField, index: number, state: ControlState): Html => {
  const option = field.options?.[index]
  if (option === undefined) return html``
  // The first has the field's own id, which error messages link to.
  const id = index === 0 ? controlId(field) : `${controlId(field)}-${index}`
  const isChosen = (state.entered ?? '').split('\n').includes(option.value)
  const type = field.type === 'radio' ? 'radio' : 'checkbox'
  return html`<div class="check"><input type="${type}" id="${id}" name="${field.name}" value="${option.value}"${
    field.type === 'radio' && field.required && html` required`
  }${isChosen && html` checked`}${described(field, state.error)}><label for="${id}">${localize(option.label, state.language)}</label></div>`
}

/** Only fixed dates: the server resolves "today" when it reads the answer. */
const bound = (name: string, day: string | undefined): Html | false =>
  day !== undefined && day !== 'today' && html` ${new Html(name)}="${day}"`

const control = (field: FormField, state: ControlState): Html => {
  const { language, entered = '' } = state
  const common = attributes(field, state)
  switch (field.type) {
    case 'textarea':
      return html`<textarea ${common} maxlength="${maxLengthOf(field)}">${entered}</textarea>`
    case 'select':
      return html`<select ${common}><option value="">${textsIn(language).page.pleaseChoose}</option>${(
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

/** A field with its label, help text and error. */
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

interface FormEntry {
  readonly submissionId: string
  /** Signed time of the first display. */
  readonly stamp: string
  /** The token with the visitor's known attributes; posted with the answer. */
  readonly profile?: string | undefined
  /** Previous input by field name. */
  readonly entered: ReadonlyMap<string, string>
  readonly errors: readonly FieldError[]
}

/** Number of fields beyond which two columns are used where there is room. */
const many = 6

export const isInTwoColumns = (form: Form): boolean =>
  form.columns === undefined
    ? shownFields(form).filter(({ type }) => type !== 'hidden').length > many
    : form.columns === 2

/** All fields; those that need the width have it. */
export const renderFields = (form: Form, stateOf: (field: FormField) => ControlState): Html =>
  html`${shownFields(form).map((field) => {
    const rendered = renderField(field, stateOf(field))
    return isWhole(field) ? html`<div class="whole">${rendered}</div>` : rendered
  })}`

/** Links to the faulty fields (WCAG 3.3.1), each with its message there. Gets the focus without a script. */
const errorSummary = (form: Form, errors: readonly FieldError[], frame: PageFrame): Html => {
  const ofFields = errors.flatMap(({ path }) => {
    const field = form.fields.find(({ name, type }) => name === path && type !== 'hidden')
    return field === undefined ? [] : [field]
  })
  const others = errors.filter(({ path }) => !ofFields.some(({ name }) => name === path))
  return html`<div class="errors" role="alert" tabindex="-1" autofocus>${others.map(
    ({ message }) => html`<p>${message}</p>`,
  )}${
    ofFields.length > 0 &&
    html`<p>${textsOf(frame).checkFields}</p><ul>${ofFields.map(
      (field) => html`<li><a href="#${controlId(field)}">${localize(field.label, frame.language)}</a></li>`,
    )}</ul>`
  }</div>`
}

/** The wording of the consent, and a link to the privacy policy. */
export const renderWording = (form: Form, frame: PageFrame): Html => {
  const policy = policyOf(frame)
  const { privacyNote } = textsOf(frame)
  return html`${form.wording !== undefined && html`<p class="wording">${richText(localize(form.wording, frame.language))}</p>`}${
    policy !== undefined &&
    html`<p class="wording"><a href="${policy}" target="_blank" rel="noopener">${privacyNote}</a></p>`
  }`
}

const actionOf = (language: string, profile: string | undefined): string =>
  `?lang=${encodeURIComponent(language)}${profile === undefined ? '' : `&p=${encodeURIComponent(profile)}`}`

/** The form's own page. It posts to its own address and needs no script. */
export const renderFormPage = (form: Form, around: PageFrame, entry: FormEntry): string => {
  const { language } = around
  const others = form.languages
    .filter((one) => one !== language)
    .map((one) => ({ language: one, address: actionOf(one, entry.profile) }))
  const frame = { ...around, privacy: form.privacy ?? around.privacy, others, isWide: isInTwoColumns(form) }
  const texts = textsOf(frame)
  const messages = new Map(entry.errors.map(({ path, message }) => [path, message]))
  const stateOf = ({ name }: FormField) => ({
    ...{ language, entered: entry.entered.get(name), error: messages.get(name) },
  })
  return renderPage(
    frame,
    localize(form.title, language),
    html`${form.intro !== undefined && html`<p>${richText(localize(form.intro, language))}</p>`}
${entry.errors.length > 0 && errorSummary(form, entry.errors, frame)}
<form method="post" action="${actionOf(language, entry.profile)}" novalidate>
<input type="hidden" name="${submissionIdField}" value="${entry.submissionId}">
<input type="hidden" name="${stampField}" value="${entry.stamp}">
<div class="trap" aria-hidden="true"><label for="${honeypotField}">${texts.leaveEmpty}</label><input id="${honeypotField}" name="${honeypotField}" tabindex="-1" autocomplete="off"></div>
${form.fields.some((field) => field.required) && html`<p class="note">${texts.requiredNote}</p>`}
<div class="fields">${renderFields(form, stateOf)}</div>
${renderWording(form, frame)}
<button type="submit">${form.submit === undefined ? texts.submit : localize(form.submit, language)}</button>
</form>`,
  )
}

/** The URL parameter that fills a field. */
export const parameterOf = (field: FormField): string => field.source ?? field.name

/** A value from the URL: nobody can correct a hidden field, so its value is made valid. */
const fitting = (field: FormField, value: string): string =>
  field.type === 'hidden' ? value.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').slice(0, maxLengthOf(field)) : value

/** Values from the URL, by field name. */
export const prefill = (form: Form, query: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(
    form.fields.flatMap((field): [string, string][] => {
      const name = parameterOf(field)
      const value = Object.hasOwn(query, name) ? query[name] : undefined
      return value === undefined ? [] : [[field.name, fitting(field, value)]]
    }),
  )

/** The form without the fields that are skipped for visitors with the attributes `known`. */
export const askedForm = (form: Form, known: readonly string[]): Form =>
  known.length === 0
    ? form
    : {
        ...form,
        fields: form.fields.filter(({ name, ask }) => ask !== 'whenUnknown' || !known.includes(name)),
      }

/** Names, without values, of skippable fields that `attributes` contain. */
export const knownFields = (form: Form, attributes: Readonly<Record<string, unknown>>): readonly string[] =>
  form.fields
    .filter(({ name, ask }) => ask === 'whenUnknown' && Object.hasOwn(attributes, name))
    .map(({ name }) => name)

const primary = (tag: string): string => tag.trim().toLowerCase().split('-', 1)[0] ?? ''

const find = (available: readonly string[], tag: string): string | undefined =>
  available.find((language) => language.toLowerCase() === tag.trim().toLowerCase()) ??
  available.find((language) => primary(language) === primary(tag))

/** Languages of an Accept-Language header, most wanted first (RFC 9110, 12.5.4). */
const accepted = (header: string): string[] =>
  header
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';')
      const quality = parameters
        .map((text) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/i.exec(text)?.[1])
        .find(Boolean)
      return { tag, quality: quality === undefined ? 1 : Number(quality) }
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag)

/** The requested language, else the browser's, else the first. */
export const chooseLanguage = (
  available: readonly [string, ...string[]],
  request: { readonly lang?: string | undefined; readonly acceptLanguage?: string | undefined },
): string => {
  const tags = [...(request.lang ? [request.lang] : []), ...accepted(request.acceptLanguage ?? '')]
  for (const tag of tags) {
    const found = find(available, tag)
    if (found !== undefined) return found
  }
  return available[0]
}
