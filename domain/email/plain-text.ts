import { type AnchorElement, compile } from 'html-to-text'

/** A mailbox or a number is written as one writes it: without the scheme, and without a subject for the mail program. */
const readableAddress = (written: string, _: unknown, { attribs }: AnchorElement): string => {
  const { href = '' } = attribs
  const [, scheme = '', rest = ''] = /^\s*(mailto|tel|sms):(.*)$/is.exec(href) ?? []
  if (scheme === '') return written
  const address = rest.replace(/\?.*$/s, '').trim()
  return address.includes('%') ? decoded(address) : address
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const convert = compile({
  wordwrap: 78,
  limits: { maxInputLength: 1_000_000, maxDepth: 200 },
  selectors: [
    // The preheader: an inbox shows it, a reader has seen it.
    { selector: 'div[style*="display:none"]', format: 'skip' },
    { selector: 'img', format: 'skip' },
    {
      selector: 'a',
      options: { hideLinkHrefIfSameAsText: true, linkBrackets: false, pathRewrite: readableAddress },
    },
    { selector: 'h1', options: { uppercase: false } },
    { selector: 'h2', options: { uppercase: false } },
    { selector: 'h3', options: { uppercase: false } },
    // Layout tables come apart at their blocks; in tables of figures the cells of a row stay on one line.
    { selector: 'tr', format: 'block', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
    { selector: 'td', format: 'inlineSurround', options: { suffix: ' ' } },
    { selector: 'th', format: 'inlineSurround', options: { suffix: ' ' } },
    // A row of links, such as figures to choose from: each on a line of its own.
    { selector: 'td.choice', format: 'block', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
  ],
})

/** Between links of a footer: written out, each has a line of its own. */
const betweenLinks = /(<\/a>)\s*(?:[·•|]|&middot;|&#183;|&bull;)\s*(?=<a\b)/g

/** The text part of an email: what its HTML says, with links written out. */
export const plainText = (html: string): string =>
  convert(html.replace(betweenLinks, '$1<br>'))
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
