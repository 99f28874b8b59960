import { type LiquidPiece, liquidBlocks, liquidPieces } from '../../../domain/email/html-liquid.ts'
import { didYouMean } from '../../../domain/model/did-you-mean.ts'

/** A piece of markup that bears on what is open; offsets are into the whole text. */
type MarkupToken =
  | { readonly type: 'open' | 'close' | 'whole'; readonly name: string; readonly offset: number }
  /** It has no end: `missing` is what is not there. */
  | {
      readonly type: 'torn'
      readonly name: string
      readonly offset: number
      readonly missing: '>' | '"' | "'"
    }
  /** What stands between `begin` and `else`, and between that and `end`, does not come together in one email. */
  | { readonly type: 'begin' | 'else' | 'end'; readonly offset: number }

const ends: Readonly<Record<string, string>> = { '<!--': '-->', '{{': '}}', '{%': '%}' }

/** The same text with comments and Liquid blanked out, so that offsets stay true. */
export const withoutHidden = (mjml: string): string => {
  const neverEnds = new Set<string>()
  const starts = /<!--|\{\{|\{%/g
  let text = ''
  let done = 0
  for (let match = starts.exec(mjml); match; match = starts.exec(mjml)) {
    const [start] = match
    // Looked for once: a text of nothing but starts takes no longer than another.
    const end = neverEnds.has(start) ? -1 : mjml.indexOf(ends[start] ?? '', starts.lastIndex)
    if (end < 0) neverEnds.add(start)
    else {
      starts.lastIndex = end + (ends[start]?.length ?? 0)
      text += mjml.slice(done, match.index)
      text += mjml.slice(match.index, starts.lastIndex).replaceAll(/[^\n]/g, ' ')
      done = starts.lastIndex
    }
  }
  return text + mjml.slice(done)
}

const control = /\{%-?\s*(if|unless|case|for|else|elsif|when|endif|endunless|endcase|endfor)\b/g

const controlType = (name: string): 'begin' | 'else' | 'end' => {
  if (name.startsWith('end')) return 'end'
  return ['else', 'elsif', 'when'].includes(name) ? 'else' : 'begin'
}

const branchTokens = (mjml: string): readonly MarkupToken[] =>
  [...mjml.matchAll(control)].map(({ 1: name = '', index }) => ({ type: controlType(name), offset: index }))

const tagStart = /<(\/?)([a-z][a-z0-9:-]*)/gi
/** Text up to the end of a tag, or up to what cannot stand in one. */
const tagRest = /(?:[^<>"']|"(?:(?!<\/)[^"])*"|'(?:(?!<\/)[^'])*')*/y

/** What is in them is no markup. */
const rawTexts: readonly string[] = ['style', 'script', 'mj-style', 'title']

const missingAt = (character: string | undefined): '>' | '"' | "'" =>
  character === '"' || character === "'" ? character : '>'

const tagTokens = (text: string): readonly MarkupToken[] => {
  const tokens: MarkupToken[] = []
  const neverEnds = new Set<string>()
  tagStart.lastIndex = 0
  for (let match = tagStart.exec(text); match; match = tagStart.exec(text)) {
    const [, slash, written = ''] = match
    const name = written.toLowerCase()
    const offset = match.index
    tagRest.lastIndex = tagStart.lastIndex
    tagRest.test(text)
    const end = tagRest.lastIndex
    if (text[end] !== '>') {
      tokens.push({ type: 'torn', name, offset, missing: missingAt(text[end]) })
      continue
    }
    tagStart.lastIndex = end + 1
    if (slash) tokens.push({ type: 'close', name, offset })
    else if (text[end - 1] === '/') tokens.push({ type: 'whole', name, offset })
    else {
      tokens.push({ type: 'open', name, offset })
      if (!rawTexts.includes(name) || neverEnds.has(written)) continue
      const over = text.indexOf(`</${written}`, end)
      if (over < 0) neverEnds.add(written)
      else tagStart.lastIndex = over
    }
  }
  return tokens
}

/** Tags and the branches of Liquid, in order of place. */
const markupTokens = (mjml: string): readonly MarkupToken[] =>
  [...tagTokens(withoutHidden(mjml)), ...branchTokens(mjml)].toSorted((a, b) => a.offset - b.offset)

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
            message: `the comment continues beyond </${name}>: a comment begins and ends in one <mj-raw>, with all of its HTML`,
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

/** They have no end tag (HTML, 13.1.2). */
const voids: readonly string[] = [
  ...['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'track', 'wbr'],
]

/** Their end tag may be left out (HTML, 13.1.2.4). */
const optional: readonly string[] = [
  ...['li', 'p', 'dt', 'dd', 'tr', 'td', 'th', 'thead', 'tbody', 'tfoot', 'caption', 'colgroup'],
  ...['option', 'optgroup', 'rt', 'rp', 'html', 'head', 'body'],
]

/** Elements that emails are made of and that go on until they are closed: a slash at the end of the tag closes none. */
const closed: readonly string[] = [
  ...['a', 'abbr', 'b', 'big', 'blockquote', 'button', 'center', 'cite', 'code', 'del', 'dfn', 'div', 'em'],
  ...['font', 'form', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'i', 'ins', 'kbd', 'label', 'mark', 'ol', 'pre'],
  ...['q', 's', 'section', 'small', 'span', 'strike', 'strong', 'sub', 'sup', 'table', 'tt', 'u', 'ul'],
]

const isVoid = (name: string): boolean => voids.includes(name)
const mayStayOpen = (name: string): boolean => optional.includes(name)
const needsEnd = (name: string): boolean => closed.includes(name)

interface UnbalancedTag {
  readonly message: string
  readonly offset: number
}

/** What is open, the innermost first: it is never changed, so that what was open at a branch costs nothing to keep. */
interface Open {
  readonly name: string
  readonly offset: number
  readonly around: Open | undefined
}

const isMjml = (name: string): boolean => name.startsWith('mj')

const listed = (open: Open | undefined): readonly Open[] => {
  const all: Open[] = []
  for (let one = open; one; one = one.around) all.push(one)
  return all
}

/** Names of the innermost: nobody means one that was opened long before. */
const near = (open: Open | undefined): readonly string[] => {
  const names: string[] = []
  for (let one = open; one && names.length < 20; one = one.around) names.push(one.name)
  return names
}

/** Balances tags one after the other. What `mj-raw` opens in one place it may close in another. */
class TagWalk {
  readonly faults: UnbalancedTag[] = []
  #open: Open | undefined
  #inRaw: Open | undefined
  readonly #branches: { readonly open: Open | undefined; readonly inRaw: Open | undefined }[] = []
  /** Opened in one branch of Liquid while another is walked. */
  readonly #elsewhere = new Set<string>()

  take(token: MarkupToken): void {
    switch (token.type) {
      case 'open':
        if (!isVoid(token.name)) this.#push(token.name, token.offset)
        return
      case 'whole':
        if (needsEnd(token.name))
          this.#tell(`<${token.name} /> is not closed: HTML needs </${token.name}>`, token.offset)
        return
      case 'close':
        if (!isVoid(token.name)) this.#close(token.name, token.offset)
        return
      case 'torn':
        this.#tell(`the tag <${token.name} has no end: ${token.missing} is missing`, token.offset)
        return
      case 'begin':
        this.#branches.push({ open: this.#open, inRaw: this.#inRaw })
        return
      case 'else': {
        const before = this.#branches.at(-1)
        if (!before) return
        this.#note(this.#open, before.open)
        this.#note(this.#inRaw, before.inRaw)
        this.#open = before.open
        this.#inRaw = before.inRaw
        return
      }
      case 'end':
        this.#branches.pop()
        return
      default:
        token satisfies never
    }
  }

  end(): void {
    for (const open of [this.#open, this.#inRaw]) this.#leave(listed(open))
  }

  #isRaw(name: string): boolean {
    return this.#open?.name === 'mj-raw' && !isMjml(name)
  }

  #push(name: string, offset: number): void {
    if (this.#isRaw(name)) this.#inRaw = { name, offset, around: this.#inRaw }
    else this.#open = { name, offset, around: this.#open }
  }

  #close(name: string, offset: number): void {
    const isRaw = this.#isRaw(name)
    const inside: Open[] = []
    let one = isRaw ? this.#inRaw : this.#open
    while (one && one.name !== name && (isMjml(name) || !isMjml(one.name))) {
      inside.push(one)
      one = one.around
    }
    if (one?.name !== name) {
      if (this.#elsewhere.has(name)) return
      const names = near(isRaw ? this.#inRaw : this.#open)
      this.#tell(`</${name}> closes nothing${didYouMean(name, names)}`, offset)
      return
    }
    this.#leave(inside)
    if (isRaw) this.#inRaw = one.around
    else this.#open = one.around
  }

  /** Innermost first. */
  #leave(open: readonly Open[]): void {
    for (const { name, offset } of open.toReversed())
      if (!mayStayOpen(name)) this.#tell(`<${name}> is not closed`, offset)
  }

  #note(open: Open | undefined, before: Open | undefined): void {
    for (let one = open; one && one !== before; one = one.around) this.#elsewhere.add(one.name)
  }

  #tell(message: string, offset: number): void {
    this.faults.push({ message, offset })
  }
}

/** Who makes as many mends them first. */
const mostFaults = 100

const noEmail = 'an email begins with <mjml>'

/**
 * Tags of MJML, and of the HTML in it, that are not closed, or closed without having been opened: MJML itself passes them
 * over in silence, and an inbox shows the rest of the email in bold or as a link. What has neither tags nor text is no email.
 */
export const unbalancedTags = (mjml: string): readonly UnbalancedTag[] => {
  const tokens = markupTokens(mjml)
  const first = tokens.find(({ type }) => type === 'open' || type === 'close' || type === 'whole')
  const start = withoutHidden(mjml).search(/\S/)
  const walk = new TagWalk()
  for (const token of tokens) if (walk.faults.length < mostFaults) walk.take(token)
  walk.end()
  const isEmail = first !== undefined && 'name' in first && first.name === 'mjml' && first.offset === start
  const faults = walk.faults.slice(0, mostFaults)
  return isEmail ? faults : [{ message: noEmail, offset: Math.max(0, start) }, ...faults]
}
