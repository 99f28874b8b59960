import type { FieldError } from '../field-error.ts'
import { type Html, html } from '../page/html.ts'
import { type PageFrame, policyOf, renderPage, textsOf } from '../page/page-layout.ts'
import { richText } from '../page/rich-text.ts'
import { controlId, isWhole, renderField } from './field-control.ts'
import { stampField } from './filling-time.ts'
import type { Form } from './form.ts'
import { localize } from './localize.ts'
import { shownFields } from './opt-in.ts'
import { honeypotField, submissionIdField } from './validate-submission.ts'

export interface FormEntry {
  readonly submissionId: string
  /** When the page was first shown, signed. */
  readonly stamp: string
  /** The token that says what is known of the visitor already; the answer comes with it, too. */
  readonly profile?: string | undefined
  /** As posted before, by field name. */
  readonly entered: ReadonlyMap<string, string>
  readonly errors: readonly FieldError[]
}

/** So many fields are put into two columns where there is room. */
const many = 6

/** Which fields are to be looked at, each a link to it, so that nobody has to search (WCAG 3.3.1); what is wrong stands there. It has the focus, without a script. */
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

/** What somebody agrees to, and where the privacy policy is. */
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

/** The form as a page of its own. It posts to where it stands and needs no script. */
export const renderFormPage = (form: Form, around: PageFrame, entry: FormEntry): string => {
  const { language } = around
  const fields = shownFields(form)
  const shown = fields.filter(({ type }) => type !== 'hidden')
  const others = form.languages
    .filter((one) => one !== language)
    .map((one) => ({ language: one, address: actionOf(one, entry.profile) }))
  const frame = { ...around, privacy: form.privacy ?? around.privacy, others, isWide: shown.length > many }
  const texts = textsOf(frame)
  const messages = new Map(entry.errors.map(({ path, message }) => [path, message]))
  const controls = fields.map((field) => {
    const state = { language, entered: entry.entered.get(field.name), error: messages.get(field.name) }
    return isWhole(field)
      ? html`<div class="whole">${renderField(field, state)}</div>`
      : renderField(field, state)
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
<div class="fields">${controls}</div>
${renderWording(form, frame)}
<button type="submit">${form.submit === undefined ? texts.submit : localize(form.submit, language)}</button>
</form>`,
  )
}
