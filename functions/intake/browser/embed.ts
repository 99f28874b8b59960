/**
 * Embeds a form in a page of another site. Plain DOM, no dependencies; a page may have several forms. Where the page's policy
 * or an old browser prevents `fetch`, the browser posts the form itself: the submission keeps its id, so it counts once.
 */

import { knownParameter } from '../../../domain/model/form.ts'
import type { EmbedConfig } from './shared.ts'

declare const config: EmbedConfig

interface Answer {
  readonly status?: string
  readonly stamp?: string
  readonly errors?: readonly { readonly path: string; readonly message: string }[]
}

/** State shared by the forms of one page. */
const shared: { trichterForms?: number; trichterStyled?: boolean; trichterTyped?: FormData } = Object(window)

const script = document.currentScript
const form = document.createElement('form')
form.className = 'trichter-form'
form.lang = config.language
form.setAttribute('aria-label', config.title)
form.noValidate = true
form.setAttribute('method', 'post')
form.setAttribute('action', config.action)
form.innerHTML = config.markup
const trap = form.querySelector<HTMLElement>('.trichter-trap')
if (trap) trap.style.cssText = 'position:absolute;left:-100vw;width:1px;height:1px;overflow:hidden'

shared.trichterForms = (shared.trichterForms || 0) + 1
const place = `-${shared.trichterForms}`
for (const element of form.querySelectorAll('[id]')) element.id += place
for (const element of form.querySelectorAll<HTMLElement>('[aria-describedby]')) {
  element.dataset.help = element.getAttribute('aria-describedby') + place
  element.setAttribute('aria-describedby', element.dataset.help)
}
for (const label of form.querySelectorAll<HTMLLabelElement>('label[for]')) label.htmlFor += place

/** The first input of that name. */
const field = (name: string): HTMLInputElement | undefined => {
  const found = form.elements.namedItem(name)
  const first = found instanceof RadioNodeList ? found[0] : found
  return (first as HTMLInputElement | null) ?? undefined
}

const fill = (name: string, value: string) => {
  const input = field(name)
  if (input) input.value = value
}

// crypto.randomUUID exists on https pages only.
fill(config.idField, Array.from(crypto.getRandomValues(new Uint8Array(16)), String).join('-'))
const query = new URLSearchParams(location.search)
const unprintable = /[\p{Cc}\u2028\u2029]+/gu
for (const [name, { parameter, longest }] of Object.entries(config.sources)) {
  const found = query.get(parameter)
  if (found) fill(name, found.replace(unprintable, ' ').slice(0, longest))
}

/** What was typed before the language was switched. */
for (const element of form.elements) {
  const { name, type, value } = element as HTMLInputElement
  const typed = shared.trichterTyped?.getAll(name)
  if (!typed || type === 'hidden' || type === 'submit') continue
  if (type === 'checkbox' || type === 'radio') (element as HTMLInputElement).checked = typed.includes(value)
  else fill(name, String(typed[0] ?? ''))
}
delete shared.trichterTyped

/** Another version of the form takes this one's place; where the page does not let it, `instead` happens. */
const giveWayTo = (address: string, after: Element | null, instead: () => void) => {
  const next = document.createElement('script')
  next.onload = () => form.remove()
  next.onerror = instead
  next.src = address
  after?.after(next)
}

for (const link of form.querySelectorAll<HTMLAnchorElement>('.languages a'))
  link.addEventListener('click', (event) => {
    event.preventDefault()
    shared.trichterTyped = new FormData(form)
    giveWayTo(link.href.replace('?', '.js?switch=1&'), form, () => location.assign(link.href))
  })

const message = form.querySelector<HTMLElement>('.trichter-message')
const say = (text: string) => {
  if (!message) return
  message.textContent = text
  message.hidden = false
}

const clearErrors = () => {
  if (message) message.hidden = true
  for (const old of form.querySelectorAll('.error')) old.remove()
  for (const old of form.querySelectorAll<HTMLElement>('[aria-invalid]')) {
    old.removeAttribute('aria-invalid')
    if (old.dataset.help) old.setAttribute('aria-describedby', old.dataset.help)
    else old.removeAttribute('aria-describedby')
  }
}

const showErrors = (errors: NonNullable<Answer['errors']>) => {
  clearErrors()
  let first: HTMLElement | undefined
  for (const error of errors) {
    const control = field(error.path)
    const around = control?.closest('.field')
    if (!control || !around || control.type === 'hidden') {
      say(error.message)
      continue
    }
    const text = document.createElement('p')
    text.className = 'error'
    text.id = `${control.id}-error`
    text.textContent = error.message
    control.setAttribute('aria-invalid', 'true')
    const { help } = control.dataset
    control.setAttribute('aria-describedby', help ? `${text.id} ${help}` : text.id)
    around.append(text)
    first = first || control
  }
  first?.focus()
}

const done = ({ status }: Answer) => {
  if (config.thanks) return location.assign(config.thanks)
  const words = document.createElement('div')
  words.className = 'trichter-form trichter-done'
  words.lang = config.language
  words.setAttribute('role', 'status')
  words.tabIndex = -1
  words.innerHTML = config.done[status === 'confirmation_sent' ? status : 'accepted']
  form.replaceWith(words)
  words.focus()
}

const postPlainly = () => {
  if (navigator.onLine === false) return say(config.failed)
  // A field named "submit" hides the form's own method.
  HTMLFormElement.prototype.submit.call(form)
}

const read = (response: Response) =>
  response.json().then(
    (answer: Answer) => {
      if (response.ok) return done(answer)
      if (answer.stamp) fill(config.stampField, answer.stamp)
      if (answer.errors) return showErrors(answer.errors)
      say(config.failed)
    },
    () => say(config.failed),
  )

form.addEventListener('submit', (event) => {
  if (!('fetch' in window)) return
  event.preventDefault()
  const button = form.querySelector('button')
  if (button) button.disabled = true
  const entries = [...new FormData(form)].map(([name, value]) => [name, String(value)])
  fetch(config.action, {
    method: 'POST',
    body: new URLSearchParams(entries),
    headers: { accept: 'application/json' },
  })
    .then(read, postPlainly)
    .finally(() => {
      if (button) button.disabled = false
    })
})

// Constructed style sheets are exempt from the page's content security policy.
if (!shared.trichterStyled)
  try {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(config.style)
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
    shared.trichterStyled = true
  } catch {
    // The form also works without styles.
  }
const token = query.get(knownParameter)
const show = () => script?.after(form)
if (token && config.known) giveWayTo(config.known + encodeURIComponent(token), script, show)
else show()
