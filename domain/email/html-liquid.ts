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

/** Placeholder of an intended line break, until the value is written. */
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

/** Removes the placeholder from values, so that they cannot insert line breaks. */
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

/** HTML that is not escaped. Filters and comparisons see its text. */
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

/** Escapes text; only intended line breaks become `<br />`. */
const escapeText = (text: string): string =>
  // Most values contain none, and testing is cheaper than replacing.
  special.test(text) ? text.replace(allSpecial, (sign) => signs[sign] ?? sign) : text

const written = (value: unknown): string => (value instanceof Markup ? value.html : escapeText(textOf(value)))

const breaks = /\r\n?|\n/g
const breakTag = /<br\s*\/?>/gi

/** Filters whose first argument is a search text: there `<br />` means the break of `newline_to_br`. */
const searching = [
  ...['split', 'replace', 'replace_first', 'replace_last', 'remove', 'remove_first', 'remove_last'],
]

const handlerOf = (engine: Liquid, name: string) => {
  const filter = engine.filters[name]
  if (typeof filter !== 'function') throw new Error(`Liquid has no filter ${name}`)
  return filter
}

/**
 * Filters that create or escape HTML. Values are escaped once, on output: a filter that escapes too would show `&amp;` to the
 * reader, and a tag created by a filter would be shown as text.
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

/** Captured text is already escaped. */
class CaptureMarkup extends CaptureTag {
  override *render(context: Context): Generator<unknown, void, string> {
    const html = yield this.liquid.renderer.renderTemplates(this.templates, context)
    Object.assign(context.bottom(), { [this.variable]: new Markup(html) })
  }
}

/** Liquid for HTML: values always become text, never tags. */
export const htmlLiquid = (options: LiquidOptions): Liquid => {
  const engine = new Liquid({ ...options, outputEscape: written })
  engine.unregisterFilter('raw')
  engine.registerTag('capture', CaptureMarkup)
  registerHtmlFilters(engine, (text) => text.replace(breaks, `${lineBreak}\n`))
  return engine
}

/** Liquid for single-line texts such as subjects, without escaping. */
export const lineLiquid = (options: LiquidOptions): Liquid => {
  const engine = new Liquid(options)
  registerHtmlFilters(engine, (text) => text)
  return engine
}

/** Text of a form's author, with links `[text](https://…)`. */
const linked = (source: string): Markup =>
  new Markup(
    piecesOf(source)
      .map(({ text, address }) =>
        address === undefined ? escapeText(text) : `<a href="${escapeText(address)}">${escapeText(text)}</a>`,
      )
      .join(''),
  )

/** The variables for Liquid: the wording of a consent may contain links, and no value may insert line breaks. */
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

/** A `{% tag %}` or an `{{ output }}`; offsets are into the text and include the delimiters. */
export interface LiquidPiece {
  readonly type: 'tag' | 'output'
  /** Name of a tag: `if`, `endif`, …; empty for an output. */
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

/** Cached, as many checks parse the same text, and every email contains the layout. */
const known = new Map<string, readonly LiquidPiece[]>()
const maximumKept = 100

/** Every tag and output of a text, in order; none if the text does not parse, which is reported elsewhere. */
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

/** An opening tag with its dividing tags and its end. */
interface LiquidBlock {
  readonly pieces: readonly LiquidPiece[]
}

/** Groups matching tags, `if` … `else` … `endif`; other tags and outputs stay single. Ordered by their first piece. */
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
