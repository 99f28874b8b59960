import { stringify } from 'yaml'
import type { Template } from './export.ts'
import { attributeName } from './names.ts'
import type { Tell } from './report.ts'

/** What a variable of Pinpoint's is called here. @returns undefined where there is no such thing. */
const variableOf = (written: string): string | undefined => {
  const [first = '', second = '', third = ''] = written
    .replaceAll(/\.?\[(\d+)\]/g, '')
    .replaceAll(/\[([^\]]+)\]/g, '$1')
    .split('.')
    .map((part) => part.trim())
  if (first === 'Attributes' || first === 'Metrics') return `lead.${attributeName(second)}`
  if (first === 'User' && second === 'UserAttributes') return `lead.${attributeName(third)}`
  if (first === 'User' && second === 'UserId') return 'lead.userId'
  if (first === 'Location' || first === 'Demographic') return `lead.${attributeName(second)}`
  return first === 'Address' ? 'lead.email' : undefined
}

/** DefaultSubstitutions: a JSON object of texts by variable. */
const defaultsOf = ({ DefaultSubstitutions }: Template, tell: Tell): ReadonlyMap<string, string> => {
  try {
    const given: unknown = JSON.parse(DefaultSubstitutions || '{}')
    return new Map(Object.entries(given ?? {}).map(([name, value]) => [name, String(value)]))
  } catch {
    tell('lost', 'its default substitutions are no JSON')
    return new Map()
  }
}

const comparisons: Readonly<Record<string, string>> = {
  ...{ eq: '==', equals: '==', ne: '!=', neq: '!=', gt: '>', gte: '>=', lt: '<', lte: '<=' },
}

const filters: Readonly<Record<string, string>> = {
  ...{ upper: 'upcase', uppercase: 'upcase', lower: 'downcase', lowercase: 'downcase' },
  ...{ capitalizeFirst: 'capitalize', trim: 'strip' },
}

const token = /\{\{\{?\s*([^{}]*?)\s*\}?\}\}/g

const argument = /"[^"]*"|'[^']*'|[^\s"']+/g

/** A block of Handlebars that is open: one that Liquid has as well, or one that is left out. */
interface OpenBlock {
  readonly name: string
  readonly isKept: boolean
  hasElse: boolean
}

/** What only looks like Liquid is words, and stays words. */
const asWords = (text: string): string => text.replaceAll(/\{(?=[{%]|$)|%(?=\})|\}(?=\})/g, '$& ')

/** A text or number as Liquid writes it. */
const literal = (written: string): string =>
  /^-?\d+(\.\d+)?$/.test(written) ? written : `"${written.replaceAll(/["'{}%]/g, '')}"`

/** Where Handlebars stands: in a text, in the address of a link, or where nothing may depend on a condition. */
type Place = 'text' | 'address' | 'flat'

/** Handlebars to Liquid, for texts that stand in a row. */
class Handlebars {
  readonly #defaults: ReadonlyMap<string, string>
  readonly #tell: Tell
  readonly #open: OpenBlock[] = []
  #count = 0

  constructor(template: Template, tell: Tell) {
    this.#defaults = defaultsOf(template, tell)
    this.#tell = tell
  }

  write(text: string, place: Place): string {
    let written = ''
    let done = 0
    for (const { 0: whole, 1: inside = '', index } of text.matchAll(token)) {
      written += asWords(text.slice(done, index)) + this.#one(inside, place)
      done = index + whole.length
    }
    return written + asWords(text.slice(done))
  }

  /** Ends of blocks that have none. */
  close(): string {
    return this.#open
      .splice(0)
      .map(({ isKept }) => (isKept ? '{% endif %}' : ''))
      .join('')
  }

  #one(inside: string, place: Place): string {
    const [name = '', ...rest] = inside.match(argument) ?? []
    if (inside.startsWith('!')) return ''
    if (name.startsWith('/')) return this.#end(name.slice(1))
    if (name === 'else' || name === '^') return this.#otherwise()
    if (name.startsWith('#')) return this.#begin(name.slice(1), rest, place)
    const filter = filters[name]
    if (filter !== undefined && rest.length > 0) return this.#output(rest[0] ?? '', place, ` | ${filter}`)
    // A name of Pinpoint's may have spaces.
    return this.#output(variableOf(inside) === undefined ? name : inside, place, '')
  }

  #end(name: string): string {
    if (this.#open.at(-1)?.name !== name) return ''
    return this.#open.pop()?.isKept ? '{% endif %}' : ''
  }

  #otherwise(): string {
    const block = this.#open.at(-1)
    if (!block || block.hasElse) return ''
    block.hasElse = true
    return block.isKept ? '{% else %}' : ''
  }

  #begin(name: string, [left = '', right = '']: readonly string[], place: Place): string {
    const variable = variableOf(left)
    const comparison = comparisons[name]
    const isKept =
      place === 'text' && variable !== undefined && (/^(if|unless)$/.test(name) || comparison !== undefined)
    this.#open.push({ name, isKept, hasElse: false })
    if (!isKept) {
      this.#tell('lost', `{{#${name} ${left}}}: what it surrounds is shown to everybody`)
      return ''
    }
    this.#count += 1
    const own = `p${this.#count}`
    const test =
      comparison === undefined ? `${name === 'if' ? '!=' : '=='} ""` : `${comparison} ${literal(right)}`
    return `{% assign ${own} = ${variable} | default: "" %}{% if ${own} ${test} %}`
  }

  #output(written: string, place: Place, filter: string): string {
    const variable = variableOf(written)
    if (variable === undefined) {
      this.#tell('lost', `{{${written}}} is left out`)
      return ''
    }
    const fallback = (this.#defaults.get(written) ?? '').replaceAll(/["'{}%]/g, '')
    if (place === 'address') return `{{ ${variable} | default: '${fallback}'${filter} | url_encode }}`
    return `{{ ${variable} | default: "${fallback}"${filter} }}`
  }
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
const escaped = (text: string): string => text.replaceAll(/[&<>]/g, (letter) => escapes[letter] ?? letter)

/** What runs, loads or surrounds a page has no place in an email's content. */
const removed =
  /<!--[\s\S]*?-->|<!doctype[^>]*>|<(script|iframe|object|title|style|noscript)\b[\s\S]*?<\/\1\s*>|<\/?(?:html|head|body|link|meta|base|form|embed|input|center|o:p|xml)\b[^>]*>/gi

const handler = /\son[a-z]+\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi
const image = /<img\b([^>]*)>/gi
const attributeIn = (tag: string, name: string): string | undefined => {
  const match = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, 'i').exec(tag)
  return match?.[1] ?? match?.[2] ?? match?.[3]
}

const target = /\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/gi

/** Where a link leads whose target is not known beforehand. */
const unknownTarget = 'https://www.example.com/'

const linkOf = (href: string, write: Handlebars, tell: Tell): string => {
  const address = href.trim()
  if (/unsubscribe/i.test(address) && /^\{\{/.test(address)) return '{{ links.unsubscribe }}'
  if (/^(https?:\/\/[^/?#{]+[/?#]|https?:\/\/[^/?#{]+$|mailto:|tel:|sms:)/i.test(address))
    return write.write(address, 'address')
  if (/^https?:\/\//i.test(address) || address.startsWith('{{') || !address.startsWith('#'))
    tell('todo', `the link to "${address}" leads to ${unknownTarget}: write a fixed address`)
  return unknownTarget
}

const imageOf = (tag: string, tell: Tell): string => {
  const source = (attributeIn(tag, 'src') ?? '').replace(/^http:/i, 'https:')
  const isPixel = ['0', '1'].includes(attributeIn(tag, 'width') ?? attributeIn(tag, 'height') ?? '')
  if (isPixel) {
    tell('note', 'an invisible picture is left out: Trichter measures opens itself')
    return ''
  }
  if (!/^https:\/\/[^{\s]+$/i.test(source)) {
    tell('lost', `the picture "${source}" has no fixed address on the web`)
    return ''
  }
  const alt = attributeIn(tag, 'alt')
  if (alt === undefined) tell('note', `the picture ${source} has no text for those who do not see it`)
  const kept = ['width', 'height', 'style', 'class', 'align'].flatMap((name) => {
    const value = attributeIn(tag, name)
    return value === undefined || value.includes('{{') ? [] : [` ${name}="${value.replaceAll('"', "'")}"`]
  })
  const words = escaped(alt ?? '').replaceAll(/["{}]/g, '')
  return `<img src="${source}" alt="${words}"${kept.join('')} />`
}

/** Styles of the head without what they would load. */
const stylesOf = (html: string): string =>
  [...html.matchAll(/<style\b[^>]*>([\s\S]*?)<\/style\s*>/gi)]
    .map(([, css = '']) =>
      css
        .replaceAll(/<!--|-->/g, '')
        .replaceAll(/@import[^;]*;/gi, '')
        .replaceAll(/@font-face\s*\{[^}]*\}/gi, '')
        .replaceAll(/[^{};]*url\([^)]*\)[^;}]*;?/gi, ''),
    )
    .filter((css) => !css.includes('{{') && !css.includes('<'))
    .join('\n')
    .trim()

const plainText = (html: string): string =>
  html
    .replaceAll(removed, ' ')
    .replaceAll(/<(?:br|\/p|\/div|\/tr|\/h\d|\/li)\b[^>]*>/gi, '\n')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&nbsp;', ' ')
    .replaceAll(
      /&(amp|lt|gt|quot|#39);/g,
      (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"' })[name] ?? "'",
    )
    .replaceAll(/[ \t\r]+/g, ' ')
    .replaceAll(/\s*\n\s*/g, '\n')
    .trim()

/** The first words, for the inbox. */
const preheaderOf = ({ HtmlPart, TextPart, Subject, TemplateName }: Template): string => {
  const text = (TextPart || plainText(HtmlPart ?? '') || Subject || TemplateName).replaceAll(token, '')
  const words = asWords(text).replaceAll(/\s+/g, ' ').trim()
  return (words.length > 90 ? `${words.slice(0, 90).replace(/\s\S*$/, '')} …` : words) || TemplateName
}

const marketing = (template: Template, tell: Tell): string => {
  const write = new Handlebars(template, tell)
  const written = write.write((template.Subject ?? '').replaceAll(/\s+/g, ' ').trim(), 'text')
  const subject = `${written}${write.close()}`.slice(0, 500)
  const head = {
    subject: subject === '' ? template.TemplateName : subject,
    preheader: preheaderOf(template),
    kind: 'marketing',
  }
  return `---\n${stringify(head, { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' })}---\n`
}

const background = (html: string): string => {
  const found = /<body\b[^>]*(?:bgcolor\s*=\s*["']?|background(?:-color)?\s*:\s*)(#[0-9a-f]{6})\b/i.exec(
    html,
  )?.[1]
  return found === undefined ? '' : ` background-color="${found}"`
}

const framed = (
  content: string,
  { styles = '', body = '', language = 'en' },
): string => `<mjml lang="${language}">
  <mj-head>${styles === '' ? '' : `<mj-style>\n${styles}\n</mj-style>`}</mj-head>
  <mj-body width="640px"${body}>
    <mj-section padding="0"><mj-column padding="0">
${content}
    </mj-column></mj-section>
    <mj-include path="_foot.mjml" />
  </mj-body>
</mjml>
`

/** `emails/<email>.<lang>.mjml` with the HTML of a template, cleaned of what an email may not have. */
export const emailOfHtml = (template: Template, language: string, tell: Tell): string => {
  const write = new Handlebars(template, tell)
  const html = template.HtmlPart ?? ''
  if (html.includes('<!--[if'))
    tell('changed', 'parts for Outlook alone (<!--[if mso]>) are left out: look at it there')
  if (template.RecommenderId) tell('lost', 'recommendations of a machine learning model')
  const content = html
    .replaceAll(removed, '')
    .replaceAll(handler, '')
    .replaceAll(image, (_, tag: string) => imageOf(` ${tag}`, tell))
    .split(/(<[^>]*>)/)
    .map((part) =>
      part.startsWith('<')
        ? part.replaceAll(
            target,
            (_, double: string | undefined, single: string | undefined, bare: string | undefined) =>
              ` href="${linkOf(double ?? single ?? bare ?? '', write, tell)}"`,
          )
        : write.write(part, 'text'),
    )
    .join('')
    .trim()
    .concat(write.close())
  const frame = { styles: stylesOf(html), body: background(html), language }
  return (
    marketing(template, tell) + framed(`      <mj-text padding="0">\n${content}\n      </mj-text>`, frame)
  )
}

/** The same with the words alone: for HTML that is too far from what an email may be. */
export const emailOfText = (template: Template, language: string, tell: Tell): string => {
  const write = new Handlebars(template, tell)
  const text = template.TextPart || plainText(template.HtmlPart ?? '')
  const paragraphs = text.split(/\n\s*\n|\n/).filter((paragraph) => paragraph.trim() !== '')
  const content = (paragraphs.length === 0 ? [template.TemplateName] : paragraphs)
    .map((paragraph) => `      <mj-text>${write.write(escaped(paragraph.trim()), 'flat')}</mj-text>`)
    .join('\n')
  return marketing(template, tell) + framed(content, { language })
}
