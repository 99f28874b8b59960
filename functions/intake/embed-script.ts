import { parameterOf, renderField, renderWording } from '../../domain/form/form-page.ts'
import {
  honeypotField,
  maxLengthOf,
  shownFields,
  stampField,
  submissionIdField,
} from '../../domain/form/submission.ts'
import { type Form, localize } from '../../domain/model/form.ts'
import { html, type PageFrame, plainText, richText, textsOf } from '../../domain/page/page-layout.ts'
import style from './browser/embed.css?program'
import program from './browser/embed.ts?program'
import type { EmbedConfig } from './browser/shared.ts'

/** JSON that is safe inside a script: no `</script>`, no line separators. */
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

/**
 * The script is the same for everybody. It includes fields that the form's own page skips for known visitors (`ask:
 * whenUnknown`), since another site must not learn whom we know.
 * @param action absolute address that the form posts to, with its language.
 * @param stamp signed time of this request.
 */
export const embedScript = (form: Form, frame: PageFrame, action: string, stamp: string): string => {
  const { language } = frame
  const texts = textsOf(frame)
  const { thanks } = form
  const own = typeof thanks === 'object' ? plainText(localize(thanks.text, language)) : undefined
  const hidden = form.fields.filter(({ type }) => type === 'hidden')
  const config: EmbedConfig = {
    action,
    language,
    title: localize(form.title, language),
    style,
    markup: markup(form, frame, stamp),
    idField: submissionIdField,
    stampField,
    sources: Object.fromEntries(
      hidden.map((field) => [field.name, { parameter: parameterOf(field), longest: maxLengthOf(field) }]),
    ),
    thanks: typeof thanks === 'string' ? thanks : undefined,
    accepted: own ?? texts.thanks,
    confirmationSent: texts.confirmationSent,
    failed: texts.failed,
  }
  return `(function(config){${program}})(${literal(config)})\n`
}
