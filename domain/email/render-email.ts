import { type AnchorElement, compile } from 'html-to-text'
import { type Liquid, LiquidError, type Template, UndefinedVariableError } from 'liquidjs'
import type { JsonObject } from '../model/json.ts'
import type { EmailTemplate } from '../model/playbook.ts'
import { htmlLiquid, lineLiquid, liquidPieces, liquidScope } from './html-liquid.ts'
import { headerText } from './judge-send.ts'

/** Limits of rendering one email: characters parsed, milliseconds, and about as many characters created. */
export const renderBounds = { parseLimit: 2_000_000, renderLimit: 1_000, memoryLimit: 10_000_000 }

/** Shows an email address or phone number without scheme and parameters. */
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
    // The preheader, which readers have seen in the inbox.
    { selector: 'div[style*="display:none"]', format: 'skip' },
    { selector: 'img', format: 'skip' },
    {
      selector: 'a',
      options: { hideLinkHrefIfSameAsText: true, linkBrackets: false, pathRewrite: readableAddress },
    },
    { selector: 'h1', options: { uppercase: false } },
    { selector: 'h2', options: { uppercase: false } },
    { selector: 'h3', options: { uppercase: false } },
    // Layout tables break at blocks; in tables of figures the cells of a row stay on one line.
    { selector: 'tr', format: 'block', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
    { selector: 'td', format: 'inlineSurround', options: { suffix: ' ' } },
    { selector: 'th', format: 'inlineSurround', options: { suffix: ' ' } },
    // Links in a row, such as ratings: one per line.
    { selector: 'td.choice', format: 'block', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
  ],
})

/** Separators between links of a footer: in plain text each link has its own line. */
const betweenLinks = /(<\/a>)\s*(?:[·•|]|&middot;|&#183;|&bull;)\s*(?=<a\b)/g

/** The text part of an email, from its HTML, with links written out. */
const plainText = (html: string): string =>
  convert(html.replace(betweenLinks, '$1<br>'))
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()

/** Times in `timeZone` (IANA), names of months and days in `language`. */
export interface RenderLocale {
  readonly language: string
  readonly timeZone: string
}

export type Rendered =
  | { readonly type: 'rendered'; readonly subject: string; readonly html: string; readonly text: string }
  /** A variable without a value or `default`: the email is not sent. */
  | { readonly type: 'missing-value'; readonly variable: string }
  /** `liquid`: the faulty piece of the template, if any. */
  | { readonly type: 'unrenderable'; readonly reason: string; readonly liquid?: string }

const maxSubject = 250

/** Bytes of HTML that Gmail shows before clipping. */
export const clippedBeyond = 102_000

const bytesOf = (text: string): number =>
  // A UTF-16 unit takes at most three bytes, so most emails need no counting.
  text.length * 3 <= clippedBeyond ? 0 : new TextEncoder().encode(text).byteLength

interface Engine {
  readonly html: Liquid
  readonly plain: Liquid
  readonly parsed: WeakMap<EmailTemplate, { readonly subject: Template[]; readonly html: Template[] }>
}

const engines = new Map<string, Engine>()

const engineOf = ({ language, timeZone }: RenderLocale): Engine => {
  const key = `${language} ${timeZone}`
  const known = engines.get(key)
  if (known) return known
  const options = {
    strictVariables: true,
    strictFilters: true,
    lenientIf: true,
    ownPropertyOnly: true,
    templates: {},
    locale: language,
    timezoneOffset: timeZone,
    ...renderBounds,
  }
  const html = htmlLiquid(options)
  const plain = lineLiquid(options)
  for (const one of [html, plain]) keepDays(one)
  const engine: Engine = { html, plain, parsed: new WeakMap() }
  engines.set(key, engine)
  return engine
}

/** A date without a time (2027-03-31) is the same day in every zone; the library reads it as midnight UTC. */
const keepDays = (engine: Liquid): void => {
  const { date } = engine.filters
  if (typeof date !== 'function') throw new Error('Liquid has no filter date')
  engine.registerFilter('date', function (value: unknown, format: unknown, offset: unknown) {
    const isDay = typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value)
    return date.call(this, value, format, offset ?? (isDay ? 0 : undefined))
  })
}

const parse = (engine: Engine, template: EmailTemplate) => {
  const known = engine.parsed.get(template)
  if (known) return known
  const parsed = { subject: engine.plain.parse(template.subject), html: engine.html.parse(template.html) }
  engine.parsed.set(template, parsed)
  return parsed
}

/**
 * Renders an email. Values are escaped in the HTML and reduced to one line in the subject. The preheader is part of the
 * template's HTML.
 * @param locale of the playbook, not of each lead: engines are cached by locale.
 * @param finish changes the HTML before the text part is derived from it.
 * @throws a defect for invalid Liquid: playbooks are checked before publishing.
 */
export const renderEmail = (
  template: EmailTemplate,
  variables: JsonObject,
  locale: RenderLocale,
  finish: (html: string) => string = (html) => html,
): Rendered => {
  const engine = engineOf(locale)
  const parsed = parse(engine, template)
  const scope = liquidScope(variables)
  try {
    const subject = headerText(String(engine.plain.renderSync(parsed.subject, scope)), maxSubject)
    const html = finish(String(engine.html.renderSync(parsed.html, scope)))
    if (subject === '') return { type: 'unrenderable', reason: 'the subject is empty' }
    if (template.kind === 'marketing' && bytesOf(html) > clippedBeyond)
      return { type: 'unrenderable', reason: 'more than 102 KB: Gmail would cut off the way to unsubscribe' }
    return {
      ...{ type: 'rendered', subject, html },
      // Lazy, as measuring needs no text.
      get text() {
        return plainText(html)
      },
    }
  } catch (error) {
    if (!LiquidError.is(error)) throw error
    return refusalOf(error)
  }
}

const refusalOf = (error: LiquidError): Rendered => {
  const undefinedVariable = /undefined variable: ([^\s,]+)/.exec(error.message)
  if (error instanceof UndefinedVariableError && undefinedVariable?.[1] !== undefined)
    return { type: 'missing-value', variable: undefinedVariable[1] }
  const { input, begin, end } = error.token
  return { type: 'unrenderable', reason: error.message, liquid: input.slice(begin, end) }
}

/** Variables from authors or the system, not from forms. */
const trusted: ReadonlySet<string> = new Set(['links', 'company', 'brand', 'email', 'forloop'])

const keywords: ReadonlySet<string> = new Set([
  ...['and', 'or', 'not', 'contains', 'true', 'false', 'nil', 'null', 'empty', 'blank', 'in', 'with', 'as'],
  ...['limit', 'offset', 'reversed', 'cols', 'assign', 'echo', 'cycle', 'capture', 'for', 'if', 'liquid'],
])

/** Variables that a piece of Liquid outputs, such as `lead.website`. */
export const variablesIn = (liquid: string): readonly string[] =>
  liquid
    .replace(/^-|-$/g, '')
    .replaceAll(/"[^"]*"|'[^']*'/g, '""')
    .replaceAll(/\|\s*\w+/g, ' ')
    .replaceAll(/\b\w+\s*:(?=\s)/g, ' ')
    .split(/[^\w.[\]-]+/)
    .filter((word) => /^[A-Za-z_]/.test(word) && !keywords.has(word))

const rootOf = (variable: string): string => variable.replace(/[.[].*$/, '')

const assigned = /\{%-?\s*assign\s+([\w-]+)\s*=([\s\S]*?)-?%\}/g
const captured = /\{%-?\s*capture\s+["']?([\w-]+)["']?\s*-?%\}([\s\S]*?)\{%-?\s*endcapture/g
const looped = /\{%-?\s*(?:for|tablerow)\s+([\w-]+)\s+in\s+([\s\S]*?)-?%\}/g

/** Names assigned in the text, with the variables that each depends on. */
const givenNames = (text: string): readonly { readonly name: string; readonly from: readonly string[] }[] => [
  ...[...text.matchAll(assigned), ...text.matchAll(looped)].map(([, name = '', from = '']) => ({
    name,
    from: variablesIn(from),
  })),
  ...[...text.matchAll(captured)].map(([, name = '', inside = '']) => ({
    name,
    from: liquidPieces(inside).flatMap(({ type, begin, end }) =>
      type === 'output' ? variablesIn(inside.slice(begin + 2, end - 2)) : [],
    ),
  })),
]

/** Whether a variable contains anything not written by the text's author. */
export const makeIsFilled = (text: string): ((variable: string) => boolean) => {
  const names = givenNames(text)
  const own = new Map(names.map(({ name }) => [name, false]))
  const isFilled = (variable: string): boolean => {
    const root = rootOf(variable)
    return own.get(root) ?? !trusted.has(root)
  }
  // In a loop a name may depend on a later one: repeated until nothing can change.
  for (let round = 0; round <= names.length; round += 1)
    for (const { name, from } of names) if (from.some(isFilled)) own.set(name, true)
  return isFilled
}

/** An output, and its variable that is filled in. */
export interface FilledOutput {
  readonly begin: number
  readonly end: number
  readonly variable: string
  /** Source text. */
  readonly liquid: string
  /** Its output cannot terminate any part of a URL. */
  readonly encoded: boolean
}

const writes: ReadonlySet<string> = new Set(['echo', 'cycle', 'liquid'])

/** Outputs that contain filled-in values; conditions of tags output nothing. */
export const filledOutputs = (
  text: string,
  isFilled: (variable: string) => boolean,
): readonly FilledOutput[] =>
  liquidPieces(text).flatMap(({ type, name, begin, end }) => {
    if (type === 'tag' && !writes.has(name)) return []
    const liquid = text.slice(begin, end)
    const variable = variablesIn(liquid.slice(2, -2)).find(isFilled)
    const encoded = /\|\s*(url_encode|cgi_escape|uri_escape|slugify|size|round|abs|floor|ceil)\b[^|]*$/.test(
      liquid,
    )
    return variable === undefined ? [] : [{ begin, end, variable, liquid, encoded }]
  })

const anchors = /<(a|area)\b((?:[^>"']|"[^"]*"|'[^']*')*)>/gi
const attributes = /([^\s"'<>/=]+)(?:(\s*=\s*)(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g

const named: Readonly<Record<string, string>> = { amp: '&', quot: '"', apos: "'", lt: '<', gt: '>' }

const readEntities = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|quot|apos|lt|gt));/gi, (entity, decimal, hex, name) => {
    if (name !== undefined) return named[String(name).toLowerCase()] ?? entity
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    return code <= 0x10ffff ? String.fromCodePoint(code) : entity
  })

const writeEntities = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** A parsed web URL; undefined for `mailto:`, `tel:`, anchors and invalid URLs. */
const webAddress = (written: string): string | undefined => {
  const address = readEntities(written).trim()
  return /^https?:\/\//i.test(address) && URL.canParse(address) ? address : undefined
}

/**
 * Replaces the URLs of links and leaves every other byte unchanged. Only web links are passed on, not `mailto:`, `tel:`,
 * anchors or invalid URLs.
 * @param html rendered, without Liquid.
 * @param other the new URL for a parsed URL; undefined leaves the link unchanged.
 */
export const rewriteLinks = (html: string, other: (address: string) => string | undefined): string =>
  html.replace(anchors, (tag, name: string, inside: string) => {
    let done = false
    const changed = inside.replace(
      attributes,
      (attribute, key: string, equals: string | undefined, double, single, bare) => {
        // Only the first attribute of a name counts.
        if (done || key.toLowerCase() !== 'href' || equals === undefined) return attribute
        done = true
        const address = webAddress(String(double ?? single ?? bare))
        const replacement = address === undefined ? undefined : other(address)
        return replacement === undefined ? attribute : `${key}${equals}"${writeEntities(replacement)}"`
      },
    )
    return changed === inside ? tag : `<${name}${changed}>`
  })

/** Web URLs in a template that do not depend on values. @param html with its Liquid. */
export const fixedAddresses = (html: string): ReadonlySet<string> => {
  const current = new Set<string>()
  rewriteLinks(html, (address) => {
    if (!/\{\{|\{%/.test(address)) current.add(address)
    return undefined
  })
  return current
}

/** Path of a `mailto:` URL (RFC 6068): keeps the `@` and escapes all other special characters. */
const mailtoPath = (address: string): string => encodeURIComponent(address).replace('%40', '@')

/**
 * Unsubscribe headers for mail programs: by POST to the link (RFC 8058), or by an email that somebody reads (RFC 2369). The
 * link comes first, as providers use the first way that they support.
 * @param mailto a mailbox of the sender.
 */
export const listHeaders = (unsubscribe: string, mailto?: string): Readonly<Record<string, string>> => ({
  'List-Unsubscribe': [
    `<${unsubscribe}>`,
    ...(mailto === undefined ? [] : [`<mailto:${mailtoPath(mailto)}?subject=unsubscribe>`]),
  ].join(', '),
  'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
})

/** Adds a one-pixel image to an email: mail programs load it when the email is opened. */
export const withOpenPixel = (html: string, address: string): string => {
  const image = `<img src="${address}" width="1" height="1" alt="" style="display:block;border:0;width:1px;height:1px" />`
  const end = html.toLowerCase().lastIndexOf('</body>')
  return end < 0 ? `${html}${image}` : `${html.slice(0, end)}${image}${html.slice(end)}`
}

const pageOf = ({ origin, pathname }: URL): string => `${origin}${pathname}`

/**
 * Whether a link shows interest: not those for decisions (`links.*`), and not the imprint.
 * @param own addresses of `links.*` in this email.
 */
export const isOfInterest = (address: string, own: readonly string[], imprint: string): boolean =>
  !own.some((link) => address.startsWith(link)) && pageOf(new URL(address)) !== pageOf(new URL(imprint))

/** Whether a token may contain it: no personal data, and short enough for a URL. */
export const fitsToken = (address: string): boolean => address.length <= 1_000 && !/@|%40/i.test(address)
