import { renderField } from '../../domain/form/field-control.ts'
import type { Form } from '../../domain/form/form.ts'
import { localize } from '../../domain/form/localize.ts'
import { honeypotField, submissionIdField } from '../../domain/form/validate-submission.ts'
import { html } from '../../domain/page/html.ts'
import { pageTexts } from '../../domain/page/page-texts.ts'

/** JSON that can stand in any script: no `</script>`, no line separators. */
const literal = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[<\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

const markup = (form: Form, language: string): string => {
  const texts = pageTexts(language)
  return html`<p class="trichter-message" role="status" hidden></p>
<div class="trichter-trap" aria-hidden="true"><label>${texts.leaveEmpty}<input name="${honeypotField}" tabindex="-1" autocomplete="off"></label></div>
${form.fields.map((field) => renderField(field, { language }))}
${form.wording !== undefined && html`<p class="wording">${localize(form.wording, language)}</p>`}
<button type="submit">${form.submit === undefined ? texts.submit : localize(form.submit, language)}</button>`
    .text
}

/** What runs in the other site's page, given `config`. Plain DOM, no dependencies. */
const program = `function (config) {
  var script = document.currentScript
  var form = document.createElement('form')
  form.className = 'trichter-form'
  form.lang = config.language
  form.noValidate = true
  form.innerHTML = config.markup
  form.querySelector('.trichter-trap').style.cssText =
    'position:absolute;left:-100vw;width:1px;height:1px;overflow:hidden'
  var message = form.querySelector('.trichter-message')
  // crypto.randomUUID is there on https pages only.
  var id = Array.from(crypto.getRandomValues(new Uint8Array(16)), String).join('-')
  function say(text) {
    message.textContent = text
    message.hidden = false
  }
  function showErrors(errors) {
    form.querySelectorAll('.error').forEach(function (old) { old.remove() })
    form.querySelectorAll('[aria-invalid]').forEach(function (old) {
      old.removeAttribute('aria-invalid')
      old.removeAttribute('aria-describedby')
    })
    errors.forEach(function (error, index) {
      var control = form.elements.namedItem(error.path)
      if (!control) return say(error.message)
      var text = document.createElement('p')
      text.className = 'error'
      text.id = control.id + '-error'
      text.textContent = error.message
      control.setAttribute('aria-invalid', 'true')
      control.setAttribute('aria-describedby', text.id)
      control.closest('.field').append(text)
      if (index === 0) control.focus()
    })
  }
  function done(answer) {
    if (config.thanks) return location.assign(config.thanks)
    var text = document.createElement('p')
    text.setAttribute('role', 'status')
    text.textContent = answer.status === 'confirmation_sent' ? config.confirmationSent : config.accepted
    form.replaceWith(text)
  }
  form.addEventListener('submit', function (event) {
    event.preventDefault()
    var button = form.querySelector('button')
    var body = new URLSearchParams(new FormData(form))
    body.set(config.idField, id)
    button.disabled = true
    fetch(config.action, { method: 'POST', body: body, headers: { accept: 'application/json' } })
      .then(function (response) {
        return response.json().then(function (answer) {
          if (response.ok) return done(answer)
          if (answer.errors) return showErrors(answer.errors)
          say(config.failed)
        })
      })
      .catch(function () { say(config.failed) })
      .finally(function () { button.disabled = false })
  })
  script.after(form)
}`

/** @param action absolute address that the form posts to, its language included. */
export const embedScript = (form: Form, language: string, action: string): string => {
  const texts = pageTexts(language)
  return `(${program})(${literal({
    action,
    language,
    markup: markup(form, language),
    idField: submissionIdField,
    thanks: form.thanks,
    accepted: texts.thanks,
    confirmationSent: texts.confirmationSent,
    failed: texts.failed,
  })})\n`
}
