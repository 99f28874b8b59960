/**
 * What runs in the other site's page, given the `config` that `embedScript` writes. Plain DOM, no dependencies; several
 * forms may stand on one page. Where the page's policy or an old browser is in the way of `fetch`, the form is posted
 * as any other: the submission keeps its id, so it counts once.
 */
export const embedProgram = `function (config) {
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
