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

/** Handlebars to Liquid. */
class Handlebars {
  readonly #defaults: ReadonlyMap<string, string>
  readonly #tell: Tell
  #count = 0

  constructor(template: Template, tell: Tell) {
    this.#defaults = defaultsOf(template, tell)
    this.#tell = tell
  }

  /** @param isWithin an attribute, whose quotes are double ones. */
  write(text: string, isWithin: 'text' | 'address'): string {
    return text.replaceAll(token, (_, inside: string) => this.#one(inside, isWithin))
  }

  #one(inside: string, isWithin: 'text' | 'address'): string {
    const [name = '', ...rest] = inside.match(argument) ?? []
    if (inside.startsWith('!')) return ''
    if (name === 'else' || name === '^') return '{% else %}'
    if (name.startsWith('/')) return this.#isKnown(name.slice(1)) ? '{% endif %}' : ''
    if (name.startsWith('#')) return this.#begin(name.slice(1), rest)
    const filter = filters[name]
    if (filter !== undefined && rest.length > 0) return this.#output(rest[0] ?? '', isWithin, ` | ${filter}`)
    return this.#output(name, isWithin, '')
  }

  #isKnown(block: string): boolean {
    return block === 'if' || block === 'unless' || comparisons[block] !== undefined
  }

  #begin(block: string, [left = '', right = '""']: readonly string[]): string {
    const variable = variableOf(left)
    if (!this.#isKnown(block) || variable === undefined) {
      this.#tell('lost', `{{#${block} ${left}}}: what it surrounds is shown to everybody`)
      return this.#isKnown(block) ? '{% if true %}' : ''
    }
    this.#count += 1
    const name = `p${this.#count}`
    const test =
      block === 'if' || block === 'unless'
        ? `${name} ${block === 'if' ? '!=' : '=='} ""`
        : `${name} ${comparisons[block]} ${/^["'\d-]/.test(right) ? right : `"${right}"`}`
    return `{% assign ${name} = ${variable} | default: "" %}{% if ${test} %}`
  }

  #output(written: string, isWithin: 'text' | 'address', filter: string): string {
    const variable = variableOf(written)
    if (variable === undefined) {
      this.#tell('lost', `{{${written}}} is left out`)
      return ''
    }
    const fallback = (this.#defaults.get(written) ?? '').replaceAll(/["'{}%]/g, '')
    if (isWithin === 'address') return `{{ ${variable} | default: '${fallback}'${filter} | url_encode }}`
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
  const words = text.replaceAll(/\s+/g, ' ').trim()
  return (words.length > 90 ? `${words.slice(0, 90).replace(/\s\S*$/, '')} …` : words) || TemplateName
}

const marketing = (template: Template, write: Handlebars): string => {
  const subject = write.write((template.Subject ?? '').replaceAll(/\s+/g, ' ').trim(), 'text')
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
  const frame = { styles: stylesOf(html), body: background(html), language }
  return (
    marketing(template, write) + framed(`      <mj-text padding="0">\n${content}\n      </mj-text>`, frame)
  )
}

/** The same with the words alone: for HTML that is too far from what an email may be. */
export const emailOfText = (template: Template, language: string, tell: Tell): string => {
  const write = new Handlebars(template, tell)
  const text = template.TextPart || plainText(template.HtmlPart ?? '')
  const paragraphs = text.split(/\n\s*\n|\n/).filter((paragraph) => paragraph.trim() !== '')
  const content = (paragraphs.length === 0 ? [template.TemplateName] : paragraphs)
    .map((paragraph) => `      <mj-text>${write.write(escaped(paragraph.trim()), 'text')}</mj-text>`)
    .join('\n')
  return marketing(template, write) + framed(content, { language })
}
