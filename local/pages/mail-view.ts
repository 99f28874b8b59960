import { Html, html } from './page.ts'

/** An email as somebody would see it. */
export interface Viewable {
  readonly subject: string
  readonly html: string
  readonly text: string
}

const VIEWS = ['desktop', 'phone', 'dark', 'text'] as const
export type View = (typeof VIEWS)[number]

export function viewOf(name: string | null): View {
  return VIEWS.find((view) => view === name) ?? 'desktop'
}

/**
 * Tabs and the email in one of its views.
 * @param addressOf the page in a view, and the email's HTML alone for a frame of that view
 */
export function mailView(mail: Viewable, view: View, addressOf: (view: View, part?: 'html') => string): Html {
  const tabs = VIEWS.map((one) => {
    const current = one === view ? new Html(' aria-current="page"') : undefined
    return html`<a class="button" href="${addressOf(one)}"${current}>${one[0]?.toUpperCase()}${one.slice(1)}</a>`
  })
  const shown =
    view === 'text'
      ? html`<pre>${mail.text}</pre>`
      : html`<iframe class="${view}" title="${mail.subject}" sandbox="allow-popups allow-popups-to-escape-sandbox" src="${addressOf(view, 'html')}"></iframe>`
  return html`<nav class="row" aria-label="Views">${tabs}</nav><p></p>${shown}`
}

/** The HTML as it looks in that view, whatever the browser itself prefers. */
export function themed(document: string, view: View): string {
  const [dark, light] = view === 'dark' ? [ALWAYS, NEVER] : [NEVER, ALWAYS]
  return document
    .replace(/\(\s*prefers-color-scheme\s*:\s*dark\s*\)/gi, dark)
    .replace(/\(\s*prefers-color-scheme\s*:\s*light\s*\)/gi, light)
}

const ALWAYS = '(min-width: 0px)'
const NEVER = '(max-width: 0px)'
