import { type LiquidPiece, liquidBlocks, liquidPieces } from '../../../domain/email/liquid-tokens.ts'
import { withoutHidden } from './markup-tokens.ts'

/** Something at a place of the MJML that is wrong with it. */
export interface MjmlFinding {
  readonly message: string
  readonly offset: number
}

/** Elements of which MJML keeps the elements in them, and throws away what stands beside those. */
const structural: readonly string[] = [
  ...[
    'mjml',
    'mj-head',
    'mj-attributes',
    'mj-all',
    'mj-class',
    'mj-html-attributes',
    'mj-selector',
    'mj-font',
  ],
  ...['mj-body', 'mj-wrapper', 'mj-section', 'mj-group', 'mj-column', 'mj-hero', 'mj-image', 'mj-divider'],
  ...['mj-spacer', 'mj-accordion', 'mj-accordion-element', 'mj-carousel', 'mj-carousel-image'],
  ...['mj-navbar', 'mj-social', 'mj-breakpoint'],
]

const mjmlTag = /<(\/?)(mj[a-z-]*)\b(?:[^<>"']|"[^"]*"|'[^']*')*>/gi

interface Span {
  readonly begin: number
  readonly end: number
}

/** Where MJML throws away what is no element. @param bare without comments and Liquid. */
const voidSpans = (bare: string): readonly Span[] => {
  const spans: Span[] = []
  let inside: string | undefined
  let begin = 0
  for (const match of bare.matchAll(mjmlTag)) {
    const [tag, slash, written = ''] = match
    const name = written.toLowerCase()
    if (inside === undefined) {
      if (match.index > begin) spans.push({ begin, end: match.index })
      if (!slash && !tag.endsWith('/>') && !structural.includes(name)) inside = name
    } else if (slash && name === inside) inside = undefined
    begin = match.index + tag.length
  }
  return spans
}

const isWithin = ({ begin }: LiquidPiece, spans: readonly Span[]): boolean =>
  spans.some((span) => span.begin <= begin && begin < span.end)

const lostWords = (mjml: string, { begin, end, name }: LiquidPiece): string => {
  const written = mjml.slice(begin, end).replaceAll(/\s+/g, ' ')
  const short = written.length > 60 ? `${written.slice(0, 57)}…` : written
  return name === 'comment'
    ? 'MJML throws this tag away, so that what is commented out would be sent: write <!-- … --> instead'
    : `MJML throws ${short} away here: keep it with <mj-raw>${short}</mj-raw>`
}

const mark = (index: number): string => `trichter${index}piece `
const marks = /trichter(\d+)piece ?/g

/** Takes the marks out again. */
export const withoutMarks = (text: string): string => text.replace(marks, '')

/** Numbers each tag and output of Liquid, so that it can be seen which of them come through MJML. No line is added. */
export const markLiquid = (mjml: string): string => {
  let text = ''
  let done = 0
  for (const [index, { begin }] of liquidPieces(mjml).entries()) {
    const start = begin + (mjml.charAt(begin + 2) === '-' ? 3 : 2)
    text += mjml.slice(done, start) + mark(index)
    done = start
  }
  return text + mjml.slice(done)
}

const comments = /<!--[\s\S]*?-->/g
const defaults = /<mj-attributes\b[\s\S]*?<\/mj-attributes>/gi
const tags = /<[^<>]*>/g

const spansOf = (text: string, pattern: RegExp): readonly Span[] =>
  [...text.matchAll(pattern)].map(({ 0: found, index }) => ({ begin: index, end: index + found.length }))

/** What may be lost without harm: whole blocks in comments, and defaults that this email makes no use of. */
const mayBeLost = (mjml: string, bare: string): readonly Span[] => [
  ...spansOf(mjml, comments),
  ...spansOf(bare, defaults).flatMap(({ begin, end }) =>
    spansOf(bare.slice(begin, end), tags).map((tag) => ({ begin: begin + tag.begin, end: begin + tag.end })),
  ),
]

/**
 * Tags and outputs of Liquid that MJML has thrown away, as it does with all that stands between its elements: without its
 * `if` what was to be read by some is read by all. Told once for each block.
 * @param html made of the marked text. @param sound MJML has found nothing else wrong.
 */
export const lostLiquid = (mjml: string, html: string, sound: boolean): readonly MjmlFinding[] => {
  const kept = new Set([...html.matchAll(marks)].map(([, index]) => Number(index)))
  const bare = withoutHidden(mjml)
  const between = voidSpans(bare)
  const harmless = mayBeLost(mjml, bare)
  const pieces = liquidPieces(mjml)
  const lost = new Set(pieces.filter((_, index) => !kept.has(index)))
  return liquidBlocks(pieces).flatMap(({ pieces: block }) => {
    const missing = block.filter((piece) => lost.has(piece))
    const [first] = missing
    if (first === undefined || first.name === '#') return []
    if (missing.length === block.length && missing.every((piece) => isWithin(piece, harmless))) return []
    // Of an element that MJML refuses all content is gone; that is told of the element.
    if (!sound && !isWithin(first, between)) return []
    return [{ message: lostWords(mjml, first), offset: first.begin }]
  })
}

/** Words between the elements of MJML, which are in no email. */
export const lostText = (mjml: string): readonly MjmlFinding[] => {
  const bare = withoutHidden(mjml)
  return voidSpans(bare).flatMap(({ begin, end }) => {
    const text = bare.slice(begin, end).replaceAll(/<[^<>]*>/g, (tag) => ' '.repeat(tag.length))
    const start = text.search(/\S/)
    return start < 0 || text.charAt(start) === '<'
      ? []
      : [
          {
            message: 'MJML throws words away that stand between its elements: write them into <mj-text>',
            offset: begin + start,
          },
        ]
  })
}

const splitComment = /<!--(?:(?!-->)[\s\S])*?<\/(mj-raw|mj-text|mj-table|mj-button)\s*>/gi

/** Comments that begin in one element and end in another, such as `<mj-raw><!--[if mso]></mj-raw>`: Outlook would read MJML's tags. */
export const splitComments = (mjml: string): readonly MjmlFinding[] =>
  [...mjml.matchAll(splitComment)].flatMap(({ 0: found, 1: name = '', index }) =>
    new RegExp(`<${name}\\b`, 'i').test(found)
      ? []
      : [
          {
            message: `the comment goes on beyond </${name}>: a comment begins and ends in one <mj-raw>, with all of its HTML`,
            offset: index,
          },
        ],
  )

/** A comment that nothing ends takes the rest of the email with it. */
export const endlessComments = (mjml: string): readonly MjmlFinding[] => {
  const offset = mjml.lastIndexOf('<!--')
  return offset < 0 || mjml.includes('-->', offset)
    ? []
    : [{ message: 'the comment <!-- has no end: --> is missing', offset }]
}
