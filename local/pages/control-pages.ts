import type { IncomingMessage, ServerResponse } from 'node:http'
import { parseDuration, type Timekeeper } from '../control/timekeeper.ts'
import type { EventLog } from '../events/event-bus.ts'
import type { Faults } from '../gateway/faults.ts'
import { type Counts, readBody } from '../gateway/gateway.ts'
import type { HttpAnswer } from '../http/payload.ts'
import { objectOf, parseJson, textOf } from '../json.ts'
import type { DeadLetters } from '../queues/dead-letters.ts'
import type { Inbox } from '../services/inbox.ts'
import { type Description, homeBody } from './home-page.ts'
import { inboxBody, mailView, themed, type View, type Viewable, viewOf } from './inbox-page.ts'
import {
  type Docs,
  type Html,
  html,
  jsonBody,
  type Page,
  sendFramed,
  sendPage,
  sendRedirect,
} from './page.ts'

interface ControlPagesOptions {
  readonly inbox: Inbox
  readonly timekeeper: Timekeeper
  readonly deadLetters: DeadLetters
  readonly faults: Faults
  readonly counts: Counts
  readonly events: EventLog
  readonly docs: Docs
  describe(): Description
  /** What the app answers to a `GET` by a signed-in user. */
  ask(path: string, token: string): Promise<HttpAnswer>
}

const MAX_BODY = 10_000
const MAX_EVENTS = 200
const ADVANCE_MS = 600_000

/** `/_local` for people: the same addresses as the control routes, as pages without scripts. */
export class ControlPages {
  readonly #options: ControlPagesOptions

  constructor(options: ControlPagesOptions) {
    this.#options = options
  }

  /** Answers what a browser asks for; false where the request is none for a page. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    if (!request.headers.accept?.includes('text/html')) return false
    const url = new URL(request.url ?? '/', 'http://localhost')
    const path = url.pathname.replace(/\/$/, '')
    if (request.method === 'POST' && path === '/_local/clock') return this.#advance(request, response)
    if (request.method !== 'GET') return false
    const mail = /^\/_local\/inbox\/([^/]+)$/.exec(path)?.[1]
    if (mail !== undefined)
      return this.#mailDocument(decode(mail), viewOf(url.searchParams.get('view')), response)
    const asked = /^\/_local\/as\/([A-Za-z0-9_-]+)(\/.*)$/.exec(path)
    if (asked) return this.#asUser(asked[1] ?? '', asked[2] ?? '', url, response)
    const page = this.#page(path, url.searchParams)
    if (page) sendPage(response, page)
    return page !== undefined
  }

  #page(path: string, query: URLSearchParams): Page | undefined {
    const { inbox, deadLetters, faults, counts, events, docs, describe } = this.#options
    switch (path) {
      case '/_local': {
        const { mails } = inbox.newest(4)
        const view = {
          stack: describe(),
          newest: mails,
          deadLetters: deadLetters.list().length,
          docs: docs.first(),
        }
        return { title: 'Overview', at: path, body: homeBody(view) }
      }
      case '/_local/inbox': {
        const open = inbox.find(query.get('mail') ?? '')
        const view = {
          now: describe().now,
          to: query.get('to') ?? undefined,
          open,
          view: viewOf(query.get('view')),
        }
        return { title: open?.subject ?? 'Inbox', at: path, body: inboxBody(inbox, view) }
      }
      case '/_local/events':
        return { title: 'Events', at: path, body: eventsBody(events, query.get('type') ?? undefined) }
      case '/_local/dead-letters':
        return {
          title: 'Dead letters',
          at: path,
          body: jsonBody('Dead letters', deadLetters.list(), DEAD_LETTERS),
        }
      case '/_local/faults':
        return { title: 'Faults', body: jsonBody('Faults', faults.list(), FAULTS) }
      case '/_local/counts':
        return { title: 'Counts', body: jsonBody('AWS calls', counts.list()) }
      case '/_local/clock':
        return { title: 'Clock', body: jsonBody('Clock', { now: describe().now }) }
      default:
        return this.#readOrMissing(path)
    }
  }

  #readOrMissing(path: string): Page {
    const page = path.startsWith('/_local/read/')
      ? this.#options.docs.read(path.slice('/_local/read/'.length))
      : undefined
    const body = html`<h1>Nothing here</h1><p>The runner has no page <code>${path}</code>. <a href="/_local">Overview</a></p>`
    return page ?? { title: 'Nothing here', status: 404, body }
  }

  #mailDocument(messageId: string, view: View, response: ServerResponse): boolean {
    const mail = this.#options.inbox.find(messageId)
    if (mail) sendFramed(response, themed(mail.html, view), this.#pictures())
    else sendPage(response, this.#readOrMissing(`/_local/inbox/${messageId}`))
    return true
  }

  async #asUser(group: string, path: string, url: URL, response: ServerResponse): Promise<boolean> {
    const view = viewOf(url.searchParams.get('view'))
    const isFrame = url.searchParams.get('part') === 'html'
    for (const own of ['view', 'part']) url.searchParams.delete(own)
    const target = `${path}${url.search}`
    const answer = await this.#options.ask(target, `local-${group}`)
    const { title, json, mail } = read(answer)
    if (mail && isFrame) sendFramed(response, themed(mail.html, view), this.#pictures())
    else {
      const address = (one: View, part?: 'html') => {
        const query = new URLSearchParams(url.search)
        query.set('view', one)
        if (part) query.set('part', part)
        return `${url.pathname}?${query}`
      }
      const body: Html = mail
        ? html`<h1>${mail.subject}</h1><p class="soft small"><code>GET ${target}</code> as ${group}. Load the page again after a change.</p>${mailView(mail, view, address)}`
        : jsonBody(`GET ${target}`, json, `as ${group}: ${answer.status}`)
      sendPage(response, { title: title ?? target, status: answer.status, body })
    }
    return true
  }

  #pictures(): readonly string[] {
    const { urls, pictures } = this.#options.describe()
    return pictures.map((path) => `${urls.app}${path}`)
  }

  /** A button of a page: back to it when everything due has been done. */
  async #advance(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const body = await readBody(request, MAX_BODY)
    const form = new URLSearchParams(body?.toString())
    const ms = ['1h', '1d', '1w'].includes(form.get('advance') ?? '')
      ? parseDuration(form.get('advance') ?? '')
      : undefined
    const back = form.get('back') ?? ''
    if (ms === undefined) {
      const why = html`<h1>Not a step of the clock</h1><p>The buttons move it by an hour, a day or a week. <a href="/_local">Overview</a></p>`
      sendPage(response, { title: 'Not a step of the clock', status: 400, body: why })
      return true
    }
    await this.#options.timekeeper.advance(ms, ADVANCE_MS)
    sendRedirect(response, /^\/_local(\/inbox)?(\?[^\s]*)?$/.test(back) ? back : '/_local')
    return true
  }
}

const DEAD_LETTERS = 'Messages that failed as often as their queue allows, with the error.'
const FAULTS = 'What is made to fail: POST /_local/faults adds one, DELETE ends all of them.'

function eventsBody(events: EventLog, type: string | undefined): Html {
  const list = events
    .list(type)
    .slice(-MAX_EVENTS)
    .reverse()
    .map((text) => parseJson(text))
  const types = [...new Set(list.map((event) => textOf(objectOf(event)['detail-type']) ?? ''))].sort()
  const links = types.map(
    (one) => html`<li><a href="/_local/events?type=${encodeURIComponent(one)}">${one}</a></li>`,
  )
  return html`<h1>Events</h1><p class="soft">The last ${list.length} on the bus, newest first${type === undefined ? undefined : html` of ${type} (<a href="/_local/events">show all</a>)`}.</p>
<ul class="links">${links}</ul><p></p><pre>${list.map((event) => JSON.stringify(event, null, 1)).join('\n\n')}</pre>`
}

/** What an answer of the app holds: JSON to read, or an email to look at. */
function read({ body, headers }: HttpAnswer): {
  readonly title?: string
  readonly json?: unknown
  readonly mail?: Viewable
} {
  const text = body.toString()
  if (!/json/.test(String(headers['content-type'] ?? ''))) return { json: text }
  const json = parseJson(text)
  const { subject, html: document, text: plain } = objectOf(json)
  const mail = { subject: textOf(subject), html: textOf(document), text: textOf(plain) }
  return isViewable(mail) ? { title: mail.subject, json, mail } : { json }
}

function isViewable(mail: Partial<Record<keyof Viewable, string | undefined>>): mail is Viewable {
  return mail.subject !== undefined && mail.html !== undefined && mail.text !== undefined
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
