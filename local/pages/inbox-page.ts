import type { Inbox, InboxMail } from '../services/inbox.ts'
import { clockButtons, Html, html, moment } from './page.ts'

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

const MOST = 200

interface InboxView {
  readonly now: string
  /** Only emails to this address. */
  readonly to: string | undefined
  readonly open: InboxMail | undefined
  readonly view: View
}

/** The newest emails, and one of them beside the list. */
export function inboxBody(inbox: Inbox, { now, to, open, view }: InboxView): Html {
  const { mails, total } = inbox.newest(MOST, to)
  const address = (query: Record<string, string>) =>
    `/_local/inbox?${new URLSearchParams({ ...(to !== undefined && { to }), ...query })}`
  const items = mails.map(({ messageId, at, to: receivers, subject }) => {
    const current = messageId === open?.messageId ? new Html(' aria-current="true"') : undefined
    return html`<li><a href="${address({ mail: messageId, view })}"${current}><b>${subject || '(no subject)'}</b>
<span>${receivers.join(', ')}</span><span>${moment(at)}</span></a></li>`
  })
  const count = total > MOST ? `the newest ${MOST} of ${total} emails` : `${total} emails`
  const whose = to === undefined ? 'to anybody' : html`to ${to} (<a href="/_local/inbox">show all</a>)`
  const list =
    items.length === 0
      ? html`<p class="soft small">Nothing yet. Sign up with a form of the <a href="/_local">overview</a>, or move the clock.</p>`
      : html`<ul class="plain mails">${items}</ul>`
  return html`<h1>Inbox</h1><p class="soft">What was handed to SES, newest first: ${count} ${whose}. Nothing leaves this machine.</p>
${clockButtons(now, open ? address({ mail: open.messageId, view }) : address({}))}
<div class="post${open ? ' reading' : ''}"><section class="card list" aria-label="Emails">${list}</section>
<section aria-label="Email">${open ? opened(open, view, address) : html`<p class="soft">Choose an email to read it.</p>`}</section></div>`
}

function opened(mail: InboxMail, view: View, address: (query: Record<string, string>) => string): Html {
  const { messageId, at, from, to, subject, headers, tags } = mail
  const body = mailView(mail, view, (one, part) =>
    part
      ? `/_local/inbox/${encodeURIComponent(messageId)}?view=${one}`
      : address({ mail: messageId, view: one }),
  )
  const more = Object.entries({ ...headers, ...Object.fromEntries(labelled(tags)) })
  return html`<h2>${subject || '(no subject)'}</h2>
<dl><dt>From</dt><dd>${from}</dd><dt>To</dt><dd>${to.join(', ')}</dd><dt>At</dt><dd>${moment(at)}</dd></dl>
${body}
<details><summary>Headers and tags</summary><dl>${more.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></details>
<p class="small"><a href="${address({})}">Back to the list</a></p>`
}

function labelled(tags: InboxMail['tags']): [string, string][] {
  return Object.entries(tags).map(([name, value]) => [`tag ${name}`, value])
}
