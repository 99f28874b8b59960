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

/**
 * What runs in the other site's page, given the `config` that `embedScript` writes. Plain DOM, no dependencies; several
 * forms may stand on one page. Where the page's policy or an old browser is in the way of `fetch`, the form is posted
 * as any other: the submission keeps its id, so it counts once.
 */
const embedProgram = `function (config) {
  var script = document.currentScript
  var form = document.createElement('form')
  form.className = 'trichter-form'
  form.lang = config.language
  form.setAttribute('aria-label', config.title)
  form.noValidate = true
  form.setAttribute('method', 'post')
  form.setAttribute('action', config.action)
  form.innerHTML = config.markup
  form.querySelector('.trichter-trap').style.cssText =
    'position:absolute;left:-100vw;width:1px;height:1px;overflow:hidden'
  var place = '-' + (window.trichterForms = (window.trichterForms || 0) + 1)
  form.querySelectorAll('[id]').forEach(function (element) { element.id += place })
  form.querySelectorAll('[aria-describedby]').forEach(function (element) {
    element.dataset.help = element.getAttribute('aria-describedby') + place
    element.setAttribute('aria-describedby', element.dataset.help)
  })
  form.querySelectorAll('label[for]').forEach(function (label) { label.htmlFor += place })
  var message = form.querySelector('.trichter-message')
  var field = function (name) { return form.elements.namedItem(name) }
  // crypto.randomUUID is there on https pages only.
  field(config.idField).value = Array.from(crypto.getRandomValues(new Uint8Array(16)), String).join('-')
  var query = new URLSearchParams(location.search)
  Object.keys(config.sources).forEach(function (name) {
    var found = query.get(config.sources[name].parameter)
    if (found) field(name).value = found.replace(/[\\x00-\\x1f\\x7f\\u2028\\u2029]+/g, ' ').slice(0, config.sources[name].longest)
  })
  function say(text) {
    message.textContent = text
    message.hidden = false
  }
  function showErrors(errors) {
    message.hidden = true
    form.querySelectorAll('.error').forEach(function (old) { old.remove() })
    form.querySelectorAll('[aria-invalid]').forEach(function (old) {
      old.removeAttribute('aria-invalid')
      if (old.dataset.help) old.setAttribute('aria-describedby', old.dataset.help)
      else old.removeAttribute('aria-describedby')
    })
    var first
    errors.forEach(function (error) {
      var control = field(error.path)
      // Of several answers to one question, the first.
      if (control && !control.closest) control = control[0]
      var around = control && control.closest && control.closest('.field')
      if (!around || control.type === 'hidden') return say(error.message)
      var text = document.createElement('p')
      text.className = 'error'
      text.id = control.id + '-error'
      text.textContent = error.message
      control.setAttribute('aria-invalid', 'true')
      control.setAttribute('aria-describedby', text.id + (control.dataset.help ? ' ' + control.dataset.help : ''))
      around.append(text)
      first = first || control
    })
    if (first) first.focus()
  }
  function done(answer) {
    if (config.thanks) return location.assign(config.thanks)
    var text = document.createElement('p')
    text.className = 'trichter-done'
    text.setAttribute('role', 'status')
    text.tabIndex = -1
    text.textContent = answer.status === 'confirmation_sent' ? config.confirmationSent : config.accepted
    form.replaceWith(text)
    text.focus()
  }
  function postPlainly() {
    if (navigator.onLine === false) return say(config.failed)
    // A field may be called "submit".
    HTMLFormElement.prototype.submit.call(form)
  }
  function read(response) {
    return response.json().then(function (answer) {
      if (response.ok) return done(answer)
      if (answer.stamp) field(config.stampField).value = answer.stamp
      if (answer.errors) return showErrors(answer.errors)
      say(config.failed)
    }, function () { say(config.failed) })
  }
  form.addEventListener('submit', function (event) {
    if (!window.fetch) return
    event.preventDefault()
    var button = form.querySelector('button')
    button.disabled = true
    fetch(config.action, {
      method: 'POST',
      body: new URLSearchParams(new FormData(form)),
      headers: { accept: 'application/json' }
    })
      .then(read, postPlainly)
      .finally(function () { button.disabled = false })
  })
  // A sheet made by script is what a page's policy does not forbid.
  if (!window.trichterStyled) try {
    var sheet = new CSSStyleSheet()
    sheet.replaceSync(config.style)
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
    window.trichterStyled = true
  } catch { /* It works unstyled. */ }
  script.after(form)
}`

/**
 * How a form looks in somebody else's page: spaced and aligned, in that page's font and colour. Nothing here weighs
 * anything (`:where`), so that any rule of the page has its way, and what sites want to be theirs is a variable.
 */
const rules: Readonly<Record<string, string>> = {
  '': 'max-width:var(--trichter-width,34rem);font:inherit;color:inherit;text-align:start',
  '*': 'box-sizing:border-box',
  '.trichter-title': 'margin:0 0 .5rem;font-size:1.375em;line-height:1.25',
  p: 'margin:0 0 1em',
  '.note,.wording': 'font-size:.875em;opacity:.8',
  '.field': 'margin:0 0 var(--trichter-gap,1.125rem)',
  'label,legend': 'display:block;margin:0 0 .3rem;padding:0;font-weight:500',
  fieldset: 'min-width:0;padding:0;border:0',
  a: 'color:inherit',
  'input,select,textarea':
    'width:100%;padding:.6rem .7rem;border:1px solid var(--trichter-line,#7d8794);border-radius:var(--trichter-radius,6px);background:var(--trichter-field,transparent);color:inherit;font:inherit',
  'input,select': 'height:2.9rem',
  textarea: 'min-height:6rem;resize:vertical',
  option: 'color:initial',
  '.check': 'display:flex;gap:.6rem;align-items:flex-start',
  '.check label': 'margin:0;font-weight:400',
  '.check input':
    'width:1.2em;height:1.2em;margin:.2em 0 0;flex:none;accent-color:var(--trichter-accent,#0b5cad)',
  '[aria-invalid=true]':
    'border-color:var(--trichter-bad,#b3261e);outline:1px solid var(--trichter-bad,#b3261e)',
  '.error': 'margin:.3rem 0 0;color:var(--trichter-bad,#b3261e)',
  '.trichter-message': 'margin:0 0 .75rem;color:var(--trichter-bad,#b3261e)',
  button:
    'padding:.7rem 1.4rem;border:0;border-radius:var(--trichter-radius,6px);background:var(--trichter-accent,#0b5cad);color:var(--trichter-on-accent,#fff);font:inherit;font-weight:600;cursor:pointer',
  'button:disabled': 'opacity:.6;cursor:default',
  ':focus-visible': 'outline:3px solid var(--trichter-accent,#0b5cad);outline-offset:2px',
}

const selector = (within: string): string =>
  within === ''
    ? ':where(.trichter-form)'
    : `:where(${within
        .split(',')
        .map((one) => `.trichter-form ${one}`)
        .join()})`

const embedStyle = Object.entries(rules)
  .map(([within, declarations]) => `${selector(within)}{${declarations}}`)
  .join('')

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
