import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { Marked } from 'marked'

/** Markup that needs no escaping. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Part = Html | string | number | undefined | readonly Part[]

/** Texts are escaped, lists joined, what is undefined is left out. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((text, string, index) => text + written(parts[index - 1]) + string))
}

function written(part: Part): string {
  if (part === undefined) return ''
  if (part instanceof Html) return part.text
  if (typeof part === 'object') return part.map(written).join('')
  return escaped(String(part))
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1c2321, #e6ebe8); --soft: light-dark(#55605c, #a2ada8); --paper: light-dark(#f6f5f1, #141917);
  --card: light-dark(#fff, #1d2421); --line: light-dark(#dcdad2, #323b37); --accent: light-dark(#0e6157, #6fd0be); --on: light-dark(#fff, #10201c) }
* { box-sizing: border-box }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper) }
header, main { max-width: 1240px; margin: 0 auto; padding: 0 20px }
header { display: flex; flex-wrap: wrap; gap: 6px 22px; align-items: center; padding-top: 14px; padding-bottom: 14px }
header strong { font-size: 17px } nav { display: flex; flex-wrap: wrap; gap: 4px 16px }
main { padding-bottom: 60px }
h1 { font-size: 26px; line-height: 1.25; margin: 10px 0 6px } h2 { font-size: 18px; margin: 0 0 10px } h3 { font-size: 16px; margin: 16px 0 6px }
a { color: var(--accent); text-underline-offset: 3px } a[aria-current] { font-weight: 600; color: var(--ink); text-decoration: none }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px }
.soft { color: var(--soft) } .small { font-size: 14px } p { margin: 0 0 12px }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr)); gap: 16px; margin-top: 16px }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 18px 20px; min-width: 0 }
.wide { grid-column: 1 / -1 }
button, .button { font: inherit; font-size: 15px; min-height: 40px; padding: 7px 14px; border-radius: 8px; border: 1px solid var(--line); background: var(--card); color: var(--ink);
  cursor: pointer; text-decoration: none; display: inline-flex; align-items: center }
button.main, .button[aria-current] { background: var(--accent); color: var(--on); border-color: var(--accent) }
form, .row { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin: 0 }
ul.plain { list-style: none; margin: 0; padding: 0 } ul.plain > li { border-top: 1px solid var(--line) } ul.plain > li:first-child { border-top: 0 }
ul.links { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 6px 16px } ul.links a { display: inline-block; padding: 3px 0 }
ul.column { display: block } ul.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); gap: 2px 18px } ul.grid a { margin-left: 6px }
.scroll { overflow-x: auto } table { border-collapse: collapse; width: 100%; font-size: 14px } th, td { text-align: left; padding: 6px 12px 6px 0; border-top: 1px solid var(--line); vertical-align: top }
tr:first-child th { border-top: 0; color: var(--soft); font-weight: 500 } td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }
code, pre { font: 14px/1.5 ui-monospace, monospace } code { overflow-wrap: anywhere }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 16px; margin: 0 0 16px; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere }
.post { display: grid; grid-template-columns: minmax(280px, 380px) minmax(0, 1fr); gap: 16px; margin-top: 12px; align-items: start }
.mails { max-height: calc(100vh - 190px); overflow-y: auto; padding: 6px } .mails li { border: 0 } .mails li + li { border-top: 1px solid var(--line) }
.mails a { display: block; padding: 10px 12px; border-radius: 8px; color: inherit; text-decoration: none } .mails a:hover { background: var(--paper) }
.mails a[aria-current] { background: var(--paper); box-shadow: inset 3px 0 var(--accent); font-weight: 400 } .mails b { display: block; font-weight: 600 }
.mails span { display: block; font-size: 14px; color: var(--soft); overflow-wrap: anywhere }
iframe { display: block; width: 100%; height: calc(100vh - 210px); min-height: 560px; border: 1px solid var(--line); border-radius: 12px; background: #fff }
iframe.phone { width: 390px; max-width: 100%; height: 760px; border-radius: 28px; border-width: 6px } iframe.dark { background: #111; color-scheme: dark }
dl { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 2px 12px; margin: 0 0 12px; font-size: 15px } dt { color: var(--soft) } dd { margin: 0; overflow-wrap: anywhere }
details.card { margin: 0 } details.card > summary { color: var(--ink); font-weight: 600 } details.card[open] > summary { margin-bottom: 12px } td code { white-space: nowrap; overflow-wrap: normal }
details { margin: 12px 0 } summary { cursor: pointer; color: var(--soft) }
article { max-width: 920px } article pre { white-space: pre; overflow-wrap: normal } article table { margin-bottom: 16px } article h2 { margin-top: 28px } article img { max-width: 100% } article table { display: block; overflow-x: auto }
@media (max-width: 760px) { dl { grid-template-columns: minmax(0, 1fr) } dt { margin-top: 6px } .post { grid-template-columns: minmax(0, 1fr) } .mails { max-height: none } .post.reading .list { display: none } h1 { font-size: 23px } }
`

const digest = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** No script at all, nothing from elsewhere; frames are the runner's own. */
const POLICY = [
  "default-src 'none'",
  `style-src ${digest(STYLE)}`,
  "img-src 'self' data:",
  "frame-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** What somebody else wrote: no script, no form, no origin; links open beside it, the pictures are those of the web and the given ones. */
function framedPolicy(pictures: readonly string[]): string {
  return [
    'sandbox allow-popups allow-popups-to-escape-sandbox',
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    ['img-src https: data:', ...pictures].join(' '),
    'font-src https: data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ].join('; ')
}

const PAGES = [
  ['/_local', 'Overview'],
  ['/_local/inbox', 'Inbox'],
  ['/_local/events', 'Events'],
  ['/_local/dead-letters', 'Dead letters'],
] as const

export interface Page {
  readonly title: string
  /** Which of the pages in the head it belongs to. */
  readonly at?: string
  readonly body: Html
  readonly status?: number
}

const SHARED_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  // Not "no-referrer": with it browsers send forms without saying where they come from.
  'referrer-policy': 'same-origin',
}

export function sendPage(response: ServerResponse, { title, at, body, status = 200 }: Page): void {
  const links = PAGES.map(
    ([path, name]) =>
      html`<a href="${path}"${path === at ? new Html(' aria-current="page"') : undefined}>${name}</a>`,
  )
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><title>${title} · local runner</title><style>${new Html(STYLE)}</style></head>
<body><header><strong>Local runner</strong><nav aria-label="Pages">${links}</nav></header><main>${body}</main></body></html>`
  response.writeHead(status, {
    ...SHARED_HEADERS,
    'content-security-policy': POLICY,
    'cross-origin-opener-policy': 'same-origin',
  })
  response.end(page.text)
}

/**
 * Sends HTML of others for a frame. Links in it open in a tab of their own.
 * @param pictures addresses on this machine that it may load pictures from
 */
export function sendFramed(response: ServerResponse, document: string, pictures: readonly string[]): void {
  const target = '<base target="_blank">'
  const head = /<head[^>]*>/i.exec(document)
  const at = head ? head.index + head[0].length : 0
  response.writeHead(200, { ...SHARED_HEADERS, 'content-security-policy': framedPolicy(pictures) })
  response.end(document.slice(0, at) + target + document.slice(at))
}

export function sendRedirect(response: ServerResponse, path: string): void {
  response.writeHead(303, { location: path, 'cache-control': 'no-store' })
  response.end()
}

/** `Tue 3 Dec 2026, 10:52 UTC` */
export function moment(rfc3339: string): string {
  const at = new Date(rfc3339)
  if (Number.isNaN(at.getTime())) return rfc3339
  const text = at.toLocaleString('en-GB', {
    timeZone: 'UTC',
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  })
  return `${text} UTC`
}

/** Buttons that move the clock and lead back to the page they stand on. */
export function clockButtons(now: string, back: string): Html {
  const steps = [
    ['1h', '1 hour'],
    ['1d', '1 day'],
    ['1w', '1 week'],
  ] as const
  return html`<form method="post" action="/_local/clock"><input type="hidden" name="back" value="${back}">
<span>It is <b>${moment(now)}</b>. Move on by</span> ${steps.map(
    ([advance, name]) => html`<button name="advance" value="${advance}">${name}</button> `,
  )}</form>`
}

/** Any JSON, to read. */
export function jsonBody(title: string, value: unknown, note?: string): Html {
  return html`<h1>${title}</h1>${note === undefined ? undefined : html`<p class="soft">${note}</p>`}
<pre>${JSON.stringify(value, null, 2)}</pre>`
}

/** The pages of a project, as Markdown: its README, its CONTRIBUTING and everything under docs/. */
const readable = /^(README|CONTRIBUTING|docs\/([a-z0-9-]+\/)*[A-Za-z0-9-]+)\.md$/

const FIRST = [
  ['README.md', 'Start'],
  ['docs/tutorial.md', 'Tutorial'],
  ['docs/how-to/change-the-playbook.md', 'Change an email or a rule'],
  ['docs/reference/playbook/README.md', 'The playbook, file by file'],
  ['docs/reference/http.md', 'HTTP routes'],
  ['docs/how-to/use-the-runner.md', 'This runner'],
  ['docs/operations/deploy.md', 'Deploy'],
] as const

/** @param project the folder that holds them; absent: there are none */
export class Docs {
  readonly #project: string | undefined

  constructor(project: string | undefined) {
    this.#project = project
  }

  /** Those to begin with. */
  first(): readonly (readonly [file: string, title: string])[] {
    return FIRST.filter(([file]) => this.#path(file) !== undefined)
  }

  /** A page as HTML; undefined where there is none of that name. */
  read(file: string): { readonly title: string; readonly body: Html } | undefined {
    const path = this.#path(file)
    if (path === undefined) return undefined
    const markdown = readFileSync(path, 'utf8')
    const title = /^# (.+)$/m.exec(markdown)?.[1] ?? file
    return { title, body: html`<article>${new Html(rendered(markdown))}</article>` }
  }

  #path(file: string): string | undefined {
    if (this.#project === undefined || !readable.test(file)) return undefined
    const path = join(this.#project, file)
    return existsSync(path) ? path : undefined
  }
}

const marked = new Marked({
  gfm: true,
  renderer: {
    // As GitHub names them, so that links to a heading work here, too.
    heading({ tokens, depth, text }) {
      const id = text
        .toLowerCase()
        .replace(/[^\p{Letter}\p{Number}\s_-]/gu, '')
        .replace(/\s/g, '-')
      return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}</h${depth}>`
    },
  },
})

function rendered(markdown: string): string {
  return marked.parse(markdown, { async: false })
}
