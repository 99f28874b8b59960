import { liquidPieces } from './liquid-tokens.ts'

/** One attribute of a tag as it is written; offsets are into the whole text. */
export interface Attribute {
  /** In lower case. */
  readonly name: string
  /** Without its quotes, Liquid included; undefined for a name alone. */
  readonly value: string | undefined
  readonly offset: number
  readonly valueOffset: number
  readonly quoted: boolean
}

/** A tag that opens an element, of MJML or of HTML, also within comments for Outlook. */
export interface MarkupTag {
  /** In lower case. */
  readonly name: string
  readonly offset: number
  readonly end: number
  readonly attributes: readonly Attribute[]
}

const filler = '\u0002'

const blanked = (text: string): string => text.replaceAll(/[^\n]/g, ' ')

const plainComment = /<!--(?!\[if\b)(?!<!)[\s\S]*?-->/gi
const outlookComment = /<!--\[if[^\]]*\]>(?:<!-->|-->)?|(?:<!--)?<!\[endif\]-->/gi

/** The same length, with Liquid as filler, notes gone, and what only Outlook reads laid open. */
export const withoutLiquid = (mjml: string): string => {
  let text = ''
  let done = 0
  for (const { begin, end } of liquidPieces(mjml)) {
    text += mjml.slice(done, begin) + mjml.slice(begin, end).replaceAll(/[^\n]/g, filler)
    done = end
  }
  return (text + mjml.slice(done)).replaceAll(outlookComment, blanked).replaceAll(plainComment, blanked)
}

const openingTag = /<([a-z][\w:.-]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>/gi
const attribute = /([^\s"'<>/=]+)(?:(\s*=\s*)(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g

const attributesOf = (mjml: string, inside: string, start: number): readonly Attribute[] =>
  [...inside.matchAll(attribute)].map((match) => {
    const [, name = '', equals, double, single, bare] = match
    const offset = start + match.index
    const quoted = double !== undefined || single !== undefined
    const valueOffset = offset + name.length + (equals?.length ?? 0) + (quoted ? 1 : 0)
    const length = (double ?? single ?? bare)?.length
    return {
      name: name.toLowerCase(),
      value: length === undefined ? undefined : mjml.slice(valueOffset, valueOffset + length),
      ...{ offset, valueOffset, quoted },
    }
  })

/** Every opening tag of a text. @param masked the same text without its Liquid. */
export const markupTags = (mjml: string, masked: string = withoutLiquid(mjml)): readonly MarkupTag[] =>
  [...masked.matchAll(openingTag)].map(({ 0: whole, 1: name = '', 2: inside = '', index }) => ({
    name: name.toLowerCase(),
    offset: index,
    end: index + whole.length,
    attributes: attributesOf(mjml, inside, index + 1 + name.length),
  }))

/** Text of `style` and `mj-style`, with its place. */
export const styleTexts = (
  mjml: string,
  masked: string = withoutLiquid(mjml),
): readonly { readonly text: string; readonly offset: number }[] =>
  [...masked.matchAll(/<(style|mj-style)\b[^<>]*>([\s\S]*?)<\/\1\s*>/gi)].map(
    ({ 0: whole, 2: text = '', index }) => {
      const offset = index + whole.indexOf('>') + 1
      return { text: mjml.slice(offset, offset + text.length), offset }
    },
  )

const named: Readonly<Record<string, string>> = {
  ...{ amp: '&', quot: '"', apos: "'", lt: '<', gt: '>', colon: ':', tab: '\t', newline: '\n', sol: '/' },
}

/** An attribute's value as a browser reads it: entities are signs. */
export const readEntities = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]+));?/gi, (entity, decimal, hex, name) => {
    if (name !== undefined) return named[String(name).toLowerCase()] ?? entity
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    return code <= 0x10ffff ? String.fromCodePoint(code) : entity
  })
