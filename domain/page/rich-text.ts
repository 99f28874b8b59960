import { type Html, html } from './html.ts'

/** `[text](https://…)`; whatever else looks like markup is a text. */
const link = /\[([^[\]\n]{1,300})\]\((https:\/\/[^\s()<>"']{1,2000})\)/g

export type Piece = { readonly text: string; readonly address?: string }

/** A text of the playbook taken apart into its links and what stands between them. */
export const piecesOf = (source: string): readonly Piece[] => {
  const pieces: Piece[] = []
  let at = 0
  for (const found of source.matchAll(link)) {
    const [whole, text = '', address = ''] = found
    if (!URL.canParse(address)) continue
    pieces.push({ text: source.slice(at, found.index) }, { text, address })
    at = found.index + whole.length
  }
  return [...pieces, { text: source.slice(at) }]
}

/** A text of the playbook with its links. They open beside the page: nobody loses what they have typed. */
export const richText = (source: string): Html =>
  html`${piecesOf(source).map(({ text, address }) =>
    address === undefined ? text : html`<a href="${address}" target="_blank" rel="noopener">${text}</a>`,
  )}`

/** The same where there are no links, such as in emails: `text (https://…)`. */
export const plainText = (source: string): string =>
  piecesOf(source)
    .map(({ text, address }) => (address === undefined ? text : `${text} (${address})`))
    .join('')

/** The same without the addresses. */
export const wordsAlone = (source: string): string =>
  piecesOf(source)
    .map(({ text }) => text)
    .join('')

/** The texts of links that lead elsewhere than to https, which stay what they are. */
export const brokenLinks = (source: string): readonly string[] =>
  [...source.matchAll(/\[[^[\]\n]{1,300}\]\(([^()\s]*)\)/g)].flatMap(([whole, address = '']) =>
    /^https:\/\//.test(address) && URL.canParse(address) ? [] : [whole],
  )
