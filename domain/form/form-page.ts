import type { FieldError } from '../field-error.ts'
import { type Html, html } from '../page/html.ts'
import { type PageFrame, renderPage } from '../page/page-layout.ts'
import { type PageTexts, pageTexts } from '../page/page-texts.ts'
import { controlId, renderField } from './field-control.ts'
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

/** All faults at the top, each a link to its field, so that nobody has to search (WCAG 3.3.1). It has the focus, without a script. */
const errorSummary = (
  form: Form,
  errors: readonly FieldError[],
  language: string,
  texts: PageTexts,
): Html => {
  const lines = errors.map(({ path, message }) => {
    const field = form.fields.find(({ name }) => name === path)
    return field
      ? html`<li><a href="#${controlId(field)}">${localize(field.label, language)}</a>: ${message}</li>`
      : html`<li>${message}</li>`
  })
  return html`<div class="errors" role="alert" tabindex="-1" autofocus><p>${texts.checkFields}</p><ul>${lines}</ul></div>`
}

/** The form as a page of its own. It posts to where it stands and needs no script. */
export const renderFormPage = (form: Form, frame: PageFrame, entry: FormEntry): string => {
  const { language } = frame
  const texts = pageTexts(language)
  const messages = new Map(entry.errors.map(({ path, message }) => [path, message]))
  const fields = shownFields(form).map((field) =>
    renderField(field, { language, entered: entry.entered.get(field.name), error: messages.get(field.name) }),
  )
  return renderPage(
    frame,
    localize(form.title, language),
    html`${form.intro !== undefined && html`<p>${localize(form.intro, language)}</p>`}
${entry.errors.length > 0 && errorSummary(form, entry.errors, language, texts)}
<form method="post" action="?lang=${encodeURIComponent(language)}${entry.profile !== undefined && `&p=${encodeURIComponent(entry.profile)}`}" novalidate>
<input type="hidden" name="${submissionIdField}" value="${entry.submissionId}">
<input type="hidden" name="${stampField}" value="${entry.stamp}">
<div class="trap" aria-hidden="true"><label for="${honeypotField}">${texts.leaveEmpty}</label><input id="${honeypotField}" name="${honeypotField}" tabindex="-1" autocomplete="off"></div>
${form.fields.some((field) => field.required) && html`<p class="note">${texts.requiredNote}</p>`}
${fields}
${form.wording !== undefined && html`<p class="wording">${localize(form.wording, language)}</p>`}
<button type="submit">${form.submit === undefined ? texts.submit : localize(form.submit, language)}</button>
</form>`,
  )
}
