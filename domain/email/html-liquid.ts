import {
  CaptureTag,
  type Context,
  Drop,
  Liquid,
  LiquidError,
  Tokenizer,
  type TopLevelToken,
  TypeGuards,
} from 'liquidjs'
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts'
import { piecesOf } from '../page/page-layout.ts'

type LiquidOptions = NonNullable<ConstructorParameters<typeof Liquid>[0]>

/** Stands for a line break that the author asks for, until the value is written. */
const lineBreak = '\u0001'

const hasBreak = (value: Json): boolean => {
  if (typeof value === 'string') return value.includes(lineBreak)
  return typeof value === 'object' && value !== null && Object.values(value).some(hasBreak)
}

const withoutBreak = (value: Json): Json => {
  if (typeof value === 'string') return value.replaceAll(lineBreak, '')
  if (Array.isArray(value)) return value.map(withoutBreak)
  return isJsonObject(value) ? plainValues(value) : value
}

const plainValues = (variables: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, withoutBreak(value)]))

/** The same without the control character that stands for a break: from a value comes none. */
const withoutBreaks = (variables: JsonObject): JsonObject =>
  hasBreak(variables) ? plainValues(variables) : variables

const special = new RegExp(`[&<>"'${lineBreak}]`)
const allSpecial = new RegExp(special, 'g')
const signs: Readonly<Record<string, string>> = {
  [lineBreak]: '<br />',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
}
const entities: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", '#34': '"', '#39': "'" },
}

const unescapeText = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|apos|#34|#39);/g, (entity, name: string) => entities[name] ?? entity)

/** HTML that is written as it is. As a value, for filters and comparisons, it is the text that it shows. */
class Markup extends Drop {
  readonly html: string

  constructor(html: string) {
    super()
    this.html = html
  }

  override valueOf(): string {
    return unescapeText(this.html.replaceAll(/<br\s*\/?>\n?/gi, `${lineBreak}\n`).replaceAll(/<[^<>]*>/g, ''))
  }
}

const textOf = (value: unknown): string => {
  const plain = value instanceof Markup ? value.valueOf() : value
  if (plain === undefined || plain === null) return ''
  return Array.isArray(plain) ? plain.map(textOf).join('') : String(plain)
}

/** Text as HTML; its line breaks as far as the author asked for them. */
const escapeText = (text: string): string =>
  // Most values hold none: looking is cheaper than replacing.
  special.test(text) ? text.replace(allSpecial, (sign) => signs[sign] ?? sign) : text

const written = (value: unknown): string => (value instanceof Markup ? value.html : escapeText(textOf(value)))

const breaks = /\r\n?|\n/g
const breakTag = /<br\s*\/?>/gi

/** Filters whose first argument is what is looked for: there `<br />` means the break that `newline_to_br` makes. */
const searching = [
  ...['split', 'replace', 'replace_first', 'replace_last', 'remove', 'remove_first', 'remove_last'],
]

const handlerOf = (engine: Liquid, name: string) => {
  const filter = engine.filters[name]
  if (typeof filter !== 'function') throw new Error(`Liquid has no filter ${name}`)
  return filter
}

/**
 * Filters that make HTML or escape it. Values are escaped once, as they are written: a filter that escapes too would show
 * the reader `&amp;`, and a tag that one makes would be shown as a tag.
 */
const registerHtmlFilters = (engine: Liquid, newlineToBreak: (text: string) => string): void => {
  const same = (value: unknown): unknown => value
  engine.registerFilter('escape', same)
  engine.registerFilter('xml_escape', same)
  engine.registerFilter('escape_once', (value: unknown) => unescapeText(textOf(value)))
  engine.registerFilter('newline_to_br', (value: unknown) => newlineToBreak(textOf(value)))
  const strip = handlerOf(engine, 'strip_html')
  engine.registerFilter('strip_html', function (value: unknown) {
    return strip.call(this, textOf(value).replaceAll(lineBreak, ''))
  })
  for (const name of searching) {
    const search = handlerOf(engine, name)
    engine.registerFilter(name, function (value: unknown, what: unknown, ...rest: unknown[]) {
      const sought = typeof what === 'string' ? what.replaceAll(breakTag, lineBreak) : what
      return search.call(this, value, sought, ...rest)
    })
  }
}

/** What is captured has been written already, and is not escaped again. */
class CaptureMarkup extends CaptureTag {
  override *render(context: Context): Generator<unknown, void, string> {
    const html = yield this.liquid.renderer.renderTemplates(this.templates, context)
    Object.assign(context.bottom(), { [this.variable]: new Markup(html) })
  }
}

/** Liquid that fills HTML: whatever a value holds, it becomes text and never a tag. */
export const htmlLiquid = (options: LiquidOptions): Liquid => {
  const engine = new Liquid({ ...options, outputEscape: written })
  engine.unregisterFilter('raw')
  engine.registerTag('capture', CaptureMarkup)
  registerHtmlFilters(engine, (text) => text.replace(breaks, `${lineBreak}\n`))
  return engine
}

/** Liquid that fills a text on one line, such as a subject: there is nothing to escape. */
export const lineLiquid = (options: LiquidOptions): Liquid => {
  const engine = new Liquid(options)
  registerHtmlFilters(engine, (text) => text)
  return engine
}

/** What a form's author wrote, with its links `[text](https://…)`. */
const linked = (source: string): Markup =>
  new Markup(
    piecesOf(source)
      .map(({ text, address }) =>
        address === undefined ? escapeText(text) : `<a href="${escapeText(address)}">${escapeText(text)}</a>`,
      )
      .join(''),
  )

/** The variables as Liquid gets them: the wording of a consent may hold links, and from no value comes a line break. */
export const liquidScope = (variables: JsonObject): Readonly<Record<string, unknown>> => {
  const plain = withoutBreaks(variables)
  const { consent } = plain
  if (!isJsonObject(consent)) return plain
  const texts = Object.entries(consent).map(([name, value]) => [
    name,
    typeof value === 'string' && value.includes('](https://') ? linked(value) : value,
  ])
  return { ...plain, consent: Object.fromEntries(texts) }
}

/** A `{% tag %}` or an `{{ output }}` as it stands in a text; offsets are into the text, with the delimiters. */
export interface LiquidPiece {
  readonly type: 'tag' | 'output'
  /** Of a tag: `if`, `endif`, …; empty for an output. */
  readonly name: string
  readonly begin: number
  readonly end: number
}

const topLevel = (text: string): readonly TopLevelToken[] => {
  try {
    return new Tokenizer(text).readTopLevelTokens()
  } catch (error) {
    if (!LiquidError.is(error)) throw error
    return []
  }
}

/** Many checks ask for the pieces of the same text, and the layout stands in every email. */
const known = new Map<string, readonly LiquidPiece[]>()
const maximumKept = 100

/** Every tag and output of a text, in order; none where the text cannot be read, which is told elsewhere. */
export const liquidPieces = (text: string): readonly LiquidPiece[] => {
  const pieces =
    known.get(text) ??
    topLevel(text).flatMap((token): readonly LiquidPiece[] => {
      const { begin, end } = token
      if (TypeGuards.isTagToken(token)) return [{ type: 'tag', name: token.name, begin, end }]
      return TypeGuards.isOutputToken(token) ? [{ type: 'output', name: '', begin, end }] : []
    })
  if (known.size >= maximumKept) known.clear()
  known.set(text, pieces)
  return pieces
}

/** A tag that begins something, with the tags that divide it and the one that ends it. */
interface LiquidBlock {
  readonly pieces: readonly LiquidPiece[]
}

/** Tags that belong together, `if` … `else` … `endif`; any other tag or output is alone. In order of their first piece. */
export const liquidBlocks = (pieces: readonly LiquidPiece[]): readonly LiquidBlock[] => {
  const blocks: { readonly pieces: LiquidPiece[] }[] = []
  const open: { readonly name: string; readonly block: { readonly pieces: LiquidPiece[] } }[] = []
  const endings = new Set(
    pieces.filter(({ name }) => name.startsWith('end')).map(({ name }) => name.slice('end'.length)),
  )
  for (const piece of pieces) {
    const around = open.at(-1)
    if (piece.type === 'tag' && around && piece.name === `end${around.name}`) {
      around.block.pieces.push(piece)
      open.pop()
    } else if (around && ['else', 'elsif', 'when'].includes(piece.name)) around.block.pieces.push(piece)
    else {
      const block = { pieces: [piece] }
      blocks.push(block)
      if (piece.type === 'tag' && endings.has(piece.name)) open.push({ name: piece.name, block })
    }
  }
  return blocks
}
