import { isInTwoColumns, parameterOf, renderFields, renderWording } from '../../domain/form/form-page.ts'
import { honeypotField, maxLengthOf, stampField, submissionIdField } from '../../domain/form/submission.ts'
import { type Form, localize } from '../../domain/model/form.ts'
import { thanksWords } from '../../domain/page/message-pages.ts'
import {
  html,
  languageLinks,
  type PageFrame,
  richText,
  textOn,
  textsOf,
} from '../../domain/page/page-layout.ts'
import style from './browser/embed.css?program'
import program from './browser/embed.ts?program'
import type { EmbedConfig } from './browser/shared.ts'

/** JSON that is safe inside a script: no `</script>`, no line separators. */
const literal = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[<\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** The sheet's colour of buttons, where neither the page nor the brand has one. */
const ownAccent = /#0b5cad/g
const ownTextOn = /(--trichter-on-accent, )#fff/g

/** The brand's colour is the default: what the page sets goes before. */
const styleOf = ({ brand }: PageFrame): string =>
  brand?.accent === undefined
    ? style
    : style.replace(ownAccent, brand.accent).replace(ownTextOn, `$1${textOn(brand.accent)}`)

const doneMarkup = (form: Form, frame: PageFrame, confirmationSent: boolean): string => {
  const own = typeof form.thanks === 'object' ? form.thanks : undefined
  const { title, words } = thanksWords(frame, confirmationSent, own)
  return html`${title !== undefined && html`<h2 class="trichter-title">${title}</h2>`}${words}`.text
}

const markup = (form: Form, frame: PageFrame, stamp: string): string => {
  const { language } = frame
  const texts = textsOf(frame)
  const { others = [] } = frame
  return html`${others.length > 0 && languageLinks(others)}<h2 class="trichter-title">${localize(form.title, language)}</h2>
${form.intro !== undefined && html`<p>${richText(localize(form.intro, language))}</p>`}
<p class="trichter-message" role="status" hidden></p>
<input type="hidden" name="${submissionIdField}"><input type="hidden" name="${stampField}" value="${stamp}">
<div class="trichter-trap" aria-hidden="true"><label>${texts.leaveEmpty}<input name="${honeypotField}" tabindex="-1" autocomplete="off"></label></div>
${form.fields.some((field) => field.required) && html`<p class="note">${texts.requiredNote}</p>`}
<div class="fields${isInTwoColumns(form) && ' wide'}">${renderFields(form, () => ({ language }))}</div>
${renderWording(form, { ...frame, privacy: form.privacy })}
<button type="submit">${form.submit === undefined ? texts.submit : localize(form.submit, language)}</button>`
    .text
}

interface EmbedAddresses {
  /** Absolute address that the form posts to, with its language. */
  readonly action: string
  /** The same script for a visitor who comes by an email's link, up to the token; absent: this is it already. */
  readonly known?: string | undefined
}

/**
 * The script is the same for everybody who does not come by an email's link: another site must not learn whom we know. Whoever
 * does is asked for what is not known yet (`ask: whenUnknown`).
 * @param stamp signed time of this request.
 */
export const embedScript = (
  form: Form,
  frame: PageFrame,
  { action, known }: EmbedAddresses,
  stamp: string,
): string => {
  const { language } = frame
  const texts = textsOf(frame)
  const { thanks } = form
  const hidden = form.fields.filter(({ type }) => type === 'hidden')
  const config: EmbedConfig = {
    action,
    language,
    title: localize(form.title, language),
    style: styleOf(frame),
    markup: markup(form, frame, stamp),
    idField: submissionIdField,
    stampField,
    sources: Object.fromEntries(
      hidden.map((field) => [field.name, { parameter: parameterOf(field), longest: maxLengthOf(field) }]),
    ),
    thanks: typeof thanks === 'string' ? thanks : undefined,
    done: {
      accepted: doneMarkup(form, frame, false),
      confirmation_sent: doneMarkup(form, frame, true),
    },
    known,
    failed: texts.failed,
  }
  return `(function(config){${program}})(${literal(config)})\n`
}
