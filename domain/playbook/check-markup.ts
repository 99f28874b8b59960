import { liquidPieces } from '../email/html-liquid.ts'
import { type FilledOutput, filledOutputs, makeIsFilled } from '../email/render-email.ts'
import { didYouMean } from '../model/did-you-mean.ts'
import type { Finding } from './faults.ts'

/** An attribute as written; offsets are into the whole text. */
interface Attribute {
  /** In lower case. */
  readonly name: string
  /** Without quotes, with Liquid; undefined without a value. */
  readonly value: string | undefined
  readonly offset: number
  readonly valueOffset: number
  readonly quoted: boolean
}

/** An opening tag of MJML or HTML, including those in conditional comments for Outlook. */
interface MarkupTag {
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

/** A text of the same length with Liquid replaced by filler, comments removed and conditional comments for Outlook revealed. */
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
const markupTags = (mjml: string, masked: string = withoutLiquid(mjml)): readonly MarkupTag[] =>
  [...masked.matchAll(openingTag)].map(({ 0: whole, 1: name = '', 2: inside = '', index }) => ({
    name: name.toLowerCase(),
    offset: index,
    end: index + whole.length,
    attributes: attributesOf(mjml, inside, index + 1 + name.length),
  }))

/** Text of `style` and `mj-style`, with its position. */
const styleTexts = (
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

/** An attribute's value with decoded entities. */
const readEntities = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]+));?/gi, (entity, decimal, hex, name) => {
    if (name !== undefined) return named[String(name).toLowerCase()] ?? entity
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    return code <= 0x10ffff ? String.fromCodePoint(code) : entity
  })

type Placed = Required<Pick<Finding, 'message' | 'offset'>>

/** Elements that run, load or send something: inboxes remove them, but a preview would run them. */
const forbidden: ReadonlySet<string> = new Set([
  ...['script', 'iframe', 'frame', 'frameset', 'object', 'embed', 'applet', 'form', 'base', 'portal'],
])

/** Attributes whose URL is fetched when the email is shown. */
const loads: ReadonlySet<string> = new Set([
  ...['src', 'srcset', 'background', 'background-url', 'poster', 'data', 'lowsrc', 'dynsrc', 'ping'],
  ...['thumbnails-src', 'icon-wrapped-url', 'icon-unwrapped-url', 'left-icon', 'right-icon', 'ico-open'],
  ...['ico-close', 'manifest', 'profile', 'codebase', 'classid'],
])
const leads: ReadonlySet<string> = new Set([
  ...['href', 'xlink:href', 'o:href', 'action', 'formaction', 'base-url', 'cite', 'longdesc', 'usemap'],
])
const loadingElements: ReadonlySet<string> = new Set(['link', 'mj-font', 'image', 'use', 'feimage'])
const pictures: ReadonlySet<string> = new Set([
  'img',
  'mj-image',
  'mj-carousel-image',
  'v:image',
  'v:imagedata',
])

const schemes: readonly string[] = ['https', 'http', 'mailto', 'tel', 'sms']
const running: ReadonlySet<string> = new Set([
  'javascript',
  'vbscript',
  'data',
  'livescript',
  'mocha',
  'file',
  'blob',
])

const isLoading = (tag: string, { name }: Attribute): boolean =>
  loads.has(name) || (loadingElements.has(tag) && (name === 'href' || name === 'xlink:href'))

/** As browsers read it: without invisible characters. */
const readAddress = (value: string): string =>
  readEntities(value)
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '')
    .trim()

const schemeOf = (address: string): string | undefined =>
  /^([a-z][a-z0-9+.-]*)\s*:/i.exec(address)?.[1]?.toLowerCase()

const hostOf = (address: string): string | undefined =>
  URL.parse(address.startsWith('//') ? `https:${address}` : address)?.host

/** The fixed start of a URL, up to the first output. */
const standsBefore = (value: string, [first]: readonly FilledOutput[]): string =>
  first === undefined ? value : value.slice(0, first.begin)

/** Whether the host is fixed before anything is filled in. */
const isSettled = (start: string): boolean =>
  /^https?:\/\/[^/?#\s{]+[/?#]/i.test(start) || /^(mailto|tel|sms):/i.test(start) || /^\{\{/.test(start)

const typedIn = 'may come from anybody through a form'

const filledLink = (value: string, outputs: readonly FilledOutput[], offset: number): readonly Placed[] => {
  const start = readAddress(standsBefore(value, outputs))
  const [first] = outputs
  if (first === undefined) return []
  if (!isSettled(start))
    return [
      {
        message: `${first.variable} decides where this link leads, and ${typedIn}: write a fixed address`,
        offset: offset + first.begin,
      },
    ]
  if (/^(mailto|tel|sms):/i.test(start)) return []
  return outputs
    .filter(({ encoded }) => !encoded)
    .map(({ variable, begin }) => ({
      message: `${variable} may contain characters that change the address: write {{ ${variable} | url_encode }}`,
      offset: offset + begin,
    }))
}

const unknownScheme = (scheme: string): string =>
  `"${scheme}:" is not an address that an email can link to${didYouMean(scheme, schemes)}`

/** A URL that is fixed as a whole. */
const plainLink = (address: string): string | undefined => {
  if (address === '' || address === '#') return 'the link has no target: write https://…'
  if (address.startsWith('#')) return undefined
  const scheme = schemeOf(address)
  if (scheme !== undefined && running.has(scheme))
    return `"${scheme}:" runs in the reader's program: link to https://…`
  if (scheme === 'https' || scheme === 'http')
    return /^https?:\/\/[^/?#\s]/i.test(address) && URL.canParse(address)
      ? undefined
      : 'not a web address: https://host/path'
  if (scheme !== undefined && schemes.includes(scheme)) return undefined
  if (/^(\/\/)?[\w-]+(\.[\w-]+)+([/?#:]|$)/.test(address))
    return `did you mean "https://${address.replace(/^\/\//, '')}"?`
  return scheme !== undefined
    ? unknownScheme(scheme)
    : 'a link in an email needs an absolute address: https://…'
}

const link = (attribute: Attribute, outputs: readonly FilledOutput[]): readonly Placed[] => {
  const { value = '', valueOffset: offset } = attribute
  const start = readAddress(standsBefore(value, outputs)).replace(/\{[{%][\s\S]*$/, '')
  const scheme = schemeOf(start)
  if (scheme !== undefined && running.has(scheme)) {
    const message = plainLink(start)
    return message === undefined ? [] : [{ message, offset }]
  }
  if (outputs.length > 0) return filledLink(value, outputs, offset)
  if (/\{\{|\{%/.test(value)) return []
  const message = plainLink(readAddress(value))
  return message === undefined ? [] : [{ message, offset }]
}

const picture = 'an image in an email needs an absolute address: https://…'

const loaded = (attribute: Attribute, outputs: readonly FilledOutput[]): readonly Placed[] => {
  const { value = '', valueOffset: offset, name } = attribute
  const [first] = outputs
  if (first !== undefined)
    return [
      {
        message: `${first.variable} is part of a URL that is fetched when the email is opened, which tracks readers without consent`,
        offset: offset + first.begin,
      },
    ]
  if (/\{\{|\{%/.test(value)) return []
  const addresses =
    name === 'srcset' ? value.split(',').map((one) => one.trim().split(/\s/)[0] ?? '') : [value]
  return addresses
    .map(readAddress)
    .every((address) => /^https:\/\/[^/?#\s]/i.test(address) && URL.canParse(address))
    ? []
    : [{ message: picture, offset }]
}

const isTiny = (size: string | undefined): boolean =>
  size !== undefined && /^\s*[01](\.\d+)?\s*(px)?\s*$/.test(size)

const tinyStyle = /(?:^|[;\s])(?:width|height)\s*:\s*[01](?:\.\d+)?px/i

/** An invisible image is there to track opens. */
const isPixel = ({ name, attributes }: MarkupTag): boolean => {
  const valueAt = (wanted: string): string | undefined => attributes.find((one) => one.name === wanted)?.value
  return (
    pictures.has(name) &&
    (isTiny(valueAt('width')) || isTiny(valueAt('height')) || tinyStyle.test(valueAt('style') ?? ''))
  )
}

const foreignHost = (address: string, ownHosts: readonly string[]): string | undefined => {
  const host = hostOf(readAddress(address))
  const isOwn = ownHosts.some((own) => host === own || host?.endsWith(`.${own.replace(/^www\./, '')}`))
  return isOwn ? undefined : host
}

const pixel = (tag: MarkupTag, ownHosts: readonly string[]): readonly Placed[] => {
  const source = tag.attributes.find(({ name }) => name === 'src')
  if (source?.value === undefined || !isPixel(tag) || /\{\{|\{%/.test(source.value)) return []
  const host = foreignHost(source.value, ownHosts)
  return host === undefined
    ? []
    : [
        {
          message: `an invisible image on ${host} tracks readers without consent; Trichter measures opens itself`,
          offset: tag.offset,
        },
      ]
}

const decodeCss = (css: string): string =>
  css
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => ' '.repeat(comment.length))
    .replaceAll(/\\([0-9a-f]{1,6})\s?/gi, (_, code) =>
      String.fromCodePoint(Math.min(Number.parseInt(code, 16), 0x10ffff)),
    )

const imports = /@import\s+(?:url\(\s*)?["']?\s*([^"')\s;]+)/gi
const fontFaces = /@font-face\s*\{[^}]*\}/gi
const urls = /url\(\s*["']?\s*([^"')]*)/gi

const style = (
  text: string,
  offset: number,
  isFilled: (variable: string) => boolean,
  ownHosts: readonly string[],
): readonly Placed[] => {
  const [output] = filledOutputs(text, isFilled)
  if (output !== undefined)
    return [
      {
        message: `${output.variable} is part of a style, and ${typedIn}: it could load images from anywhere`,
        offset: offset + output.begin,
      },
    ]
  const css = decodeCss(text)
  const foreign = (address: string, at: number, what: string): readonly Placed[] => {
    const host = foreignHost(address, ownHosts)
    return host === undefined
      ? []
      : [
          {
            message: `${what} from ${host}, which then sees who reads the email: only from your own site`,
            offset: offset + at,
          },
        ]
  }
  return [
    ...[...css.matchAll(imports)].flatMap(({ 1: address = '', index }) =>
      foreign(address, index, 'a style is loaded'),
    ),
    ...[...css.matchAll(fontFaces)].flatMap(({ 0: face, index }) =>
      [...face.matchAll(urls)]
        .flatMap(({ 1: address = '' }) => foreign(address, index, 'a font is loaded'))
        .slice(0, 1),
    ),
    ...[...css.matchAll(urls)].flatMap(({ 1: address = '', index }) =>
      running.has(schemeOf(readAddress(address)) ?? '') ||
      /expression\s*\(|-moz-binding|behavior\s*:/i.test(css)
        ? [{ message: 'a style may only load images from https://…', offset: offset + index }]
        : [],
    ),
  ]
}

const refresh = ({ name, attributes }: MarkupTag): boolean =>
  name === 'meta' &&
  attributes.some(
    (one) => one.name === 'http-equiv' && readAddress(one.value ?? '').toLowerCase() === 'refresh',
  )

const wholeTag = (tag: MarkupTag, ownHosts: readonly string[]): readonly Placed[] => {
  if (forbidden.has(tag.name))
    return [
      {
        message: `<${tag.name}> is unsafe in an email, and inboxes remove it`,
        offset: tag.offset,
      },
    ]
  if (refresh(tag))
    return [
      {
        message: '<meta http-equiv="refresh"> is not safe: an email must not redirect',
        offset: tag.offset,
      },
    ]
  if (tag.name === 'mj-button' && !tag.attributes.some(({ name }) => name === 'href' || name === 'mj-class'))
    return [{ message: 'the button has no target: href="https://…" is missing', offset: tag.offset }]
  const address = tag.attributes.find(({ name }) => name === 'href')
  const host = loadingElements.has(tag.name) ? foreignHost(address?.value ?? '', ownHosts) : undefined
  if (host !== undefined && (tag.name === 'mj-font' || tag.name === 'link'))
    return [
      {
        message: `${tag.name === 'mj-font' ? 'a font' : 'a file'} is loaded from ${host}, which then sees who reads the email: only from your own site`,
        offset: tag.offset,
      },
    ]
  return pixel(tag, ownHosts)
}

const oneAttribute = (
  tag: MarkupTag,
  attribute: Attribute,
  isFilled: (variable: string) => boolean,
  ownHosts: readonly string[],
): readonly Placed[] => {
  const { name, value, quoted, offset, valueOffset } = attribute
  if (/^on[a-z]/.test(name) && value !== undefined)
    return [{ message: `"${name}" runs a script, which is unsafe, and inboxes remove it`, offset }]
  if (value === undefined) return []
  const outputs = filledOutputs(value, isFilled)
  const [first] = outputs
  if (!quoted && first !== undefined)
    return [
      {
        message: `${first.variable} can end the attribute: put quotes around the value of "${name}"`,
        offset: valueOffset,
      },
    ]
  if (name === 'style') return style(value, valueOffset, isFilled, ownHosts)
  if (isLoading(tag.name, attribute)) return loaded(attribute, outputs)
  return leads.has(name) ? link(attribute, outputs) : []
}

/** Outputs in a tag outside of attribute values. */
const amongAttributes = (
  mjml: string,
  { offset, end, attributes }: MarkupTag,
  isFilled: (variable: string) => boolean,
): readonly Placed[] =>
  filledOutputs(mjml.slice(offset, end), isFilled)
    .filter(
      ({ begin }) =>
        !attributes.some(
          ({ valueOffset, value }) =>
            value !== undefined &&
            valueOffset <= offset + begin &&
            offset + begin < valueOffset + value.length,
        ),
    )
    .map(({ variable, begin }) => ({
      message: `${variable} is only allowed as the value of an attribute, in quotes`,
      offset: offset + begin,
    }))

/**
 * Finds content of an email that loads, links to or runs what it should not: anything external or entered by people, and URLs
 * that work in no inbox.
 * @param ownHosts hosts of the company's sites.
 */
export const checkMarkup = (mjml: string, ownHosts: readonly string[]): readonly Placed[] => {
  const masked = withoutLiquid(mjml)
  const isFilled = makeIsFilled(mjml)
  return [
    ...markupTags(mjml, masked).flatMap((tag) => {
      const isDefault = tag.name === 'mj-button' && tag.offset < masked.lastIndexOf('</mj-attributes')
      const whole = isDefault ? [] : wholeTag(tag, ownHosts)
      return whole.length > 0
        ? whole
        : [
            ...amongAttributes(mjml, tag, isFilled),
            ...tag.attributes.flatMap((attribute) => oneAttribute(tag, attribute, isFilled, ownHosts)),
          ]
    }),
    ...styleTexts(mjml, masked).flatMap(({ text, offset }) => style(text, offset, isFilled, ownHosts)),
  ]
}
