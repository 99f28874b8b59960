import { maxLengthOf } from '../../domain/form/check-field.ts'
import { renderField } from '../../domain/form/field-control.ts'
import { stampField } from '../../domain/form/filling-time.ts'
import type { Form } from '../../domain/form/form.ts'
import { renderWording } from '../../domain/form/form-page.ts'
import { localize } from '../../domain/form/localize.ts'
import { shownFields } from '../../domain/form/opt-in.ts'
import { parameterOf } from '../../domain/form/prefill.ts'
import { honeypotField, submissionIdField } from '../../domain/form/validate-submission.ts'
import { html } from '../../domain/page/html.ts'
import { type PageFrame, textsOf } from '../../domain/page/page-layout.ts'
import { plainText, richText } from '../../domain/page/rich-text.ts'
import { embedProgram } from './embed-program.ts'
import { embedStyle } from './embed-style.ts'

/** JSON that can stand in any script: no `</script>`, no line separators. */
const literal = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[<\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

const markup = (form: Form, frame: PageFrame, stamp: string): string => {
  const { language } = frame
  const texts = textsOf(frame)
  return html`<h2 class="trichter-title">${localize(form.title, language)}</h2>
${form.intro !== undefined && html`<p>${richText(localize(form.intro, language))}</p>`}
<p class="trichter-message" role="status" hidden></p>
<input type="hidden" name="${submissionIdField}"><input type="hidden" name="${stampField}" value="${stamp}">
<div class="trichter-trap" aria-hidden="true"><label>${texts.leaveEmpty}<input name="${honeypotField}" tabindex="-1" autocomplete="off"></label></div>
${form.fields.some((field) => field.required) && html`<p class="note">${texts.requiredNote}</p>`}
${shownFields(form).map((field) => renderField(field, { language }))}
${renderWording(form, { ...frame, privacy: form.privacy })}
<button type="submit">${form.submit === undefined ? texts.submit : localize(form.submit, language)}</button>`
    .text
}

/** Where the hidden fields get their values: the address of the page that the form stands in. */
const sourcesOf = (form: Form) =>
  Object.fromEntries(
    form.fields
      .filter(({ type }) => type === 'hidden')
      .map((field) => [field.name, { parameter: parameterOf(field), longest: maxLengthOf(field) }]),
  )

/**
 * The same script for everybody who loads it: it asks for every field, also for those that a known visitor is not asked for
 * again on the form's own page (`ask: whenUnknown`), since another site is told nothing of whom we know.
 * @param action absolute address that the form posts to, its language included.
 * @param stamp when the script was asked for, signed.
 */
export const embedScript = (form: Form, frame: PageFrame, action: string, stamp: string): string => {
  const { language } = frame
  const texts = textsOf(frame)
  const { thanks } = form
  const own = typeof thanks === 'object' ? plainText(localize(thanks.text, language)) : undefined
  return `(${embedProgram})(${literal({
    action,
    language,
    title: localize(form.title, language),
    style: embedStyle,
    markup: markup(form, frame, stamp),
    idField: submissionIdField,
    stampField,
    sources: sourcesOf(form),
    thanks: typeof thanks === 'string' ? thanks : undefined,
    accepted: own ?? texts.thanks,
    confirmationSent: texts.confirmationSent,
    failed: texts.failed,
  })})\n`
}
