import { compile } from 'html-to-text'

const convert = compile({
  wordwrap: 78,
  limits: { maxInputLength: 1_000_000, maxDepth: 200 },
  selectors: [
    // The preheader: an inbox shows it, a reader has seen it.
    { selector: 'div[style*="display:none"]', format: 'skip' },
    { selector: 'img', format: 'skip' },
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, linkBrackets: false } },
    { selector: 'h1', options: { uppercase: false } },
    { selector: 'h2', options: { uppercase: false } },
    { selector: 'h3', options: { uppercase: false } },
    // Layout tables come apart at their blocks; in tables of figures the cells of a row stay on one line.
    { selector: 'tr', format: 'block', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
    { selector: 'td', format: 'inlineSurround', options: { suffix: ' ' } },
    { selector: 'th', format: 'inlineSurround', options: { suffix: ' ' } },
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
