import { type Liquid, LiquidError, type Template, UndefinedVariableError } from 'liquidjs'
import type { JsonObject } from '../json.ts'
import type { EmailTemplate } from './email-template.ts'
import { headerText } from './header-text.ts'
import { htmlLiquid, lineLiquid, liquidScope } from './html-liquid.ts'
import { plainText } from './plain-text.ts'
import { renderBounds } from './render-bounds.ts'

/** Times are shown in `timeZone` (IANA), names of months and days in `language`. */
export interface RenderLocale {
  readonly language: string
  readonly timeZone: string
}

export type Rendered =
  | { readonly type: 'rendered'; readonly subject: string; readonly html: string; readonly text: string }
  /** A variable without a value and without a `default`: nothing is sent rather than a gap. */
  | { readonly type: 'missing-value'; readonly variable: string }
  /** `liquid`: the piece of the template that is at fault, where one is. */
  | { readonly type: 'unrenderable'; readonly reason: string; readonly liquid?: string }

const maxSubject = 250

/** Bytes of HTML that Gmail shows; what is beyond them is behind a link. */
export const clippedBeyond = 102_000

const bytesOf = (text: string): number =>
  // No character of UTF-16 takes more than three bytes: most emails need no counting.
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

/** A day without a time (2027-03-31) is that day in every zone; the library takes it as midnight in UTC. */
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
 * Fills an email. Values are escaped in the HTML and kept to one line in the subject, whatever they hold. The preheader
 * stands in the template's HTML.
 * @param locale of the playbook, not of each lead: an engine is kept for each.
 * @param finish the last hand on the filled HTML, before the text part is made of it.
 * @throws a defect where the template is not Liquid: playbooks are checked before they go live.
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
    return { type: 'rendered', subject, html, text: plainText(html) }
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
