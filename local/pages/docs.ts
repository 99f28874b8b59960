import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Marked } from 'marked'
import { Html, html } from './page.ts'

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
