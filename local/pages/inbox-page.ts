import type { Inbox, InboxMail } from '../services/inbox.ts'
import { mailView, type View } from './mail-view.ts'
import { clockButtons, Html, html, moment } from './page.ts'

const MOST = 200

export interface InboxView {
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
