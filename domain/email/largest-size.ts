import { isJsonObject, type JsonObject } from '../json.ts'
import { isConfirmation, isSalesEmail } from '../playbook/built-in-names.ts'
import type { Playbook } from '../playbook/playbook.ts'
import type { EmailTemplate } from './email-template.ts'
import { companyVariables } from './email-variables.ts'
import { endlessBranch, isEndless } from './endless-branch.ts'
import { type RenderLocale, renderEmail } from './render-email.ts'
import { rewriteLinks } from './rewrite-links.ts'
import { sampleConsent, sampleHandoff } from './sample-variables.ts'

/** As long as a value in an email plausibly is. */
const value = 'W'.repeat(80)
/** As long as a signed link is that tells of a click, with its campaign. */
const link = `https://example.com/${'l'.repeat(600)}`
/** As many rows as lists in an email have. */
const rows = 12

/** More than an email has; then something else is wrong. */
const mostMissing = 200

const manyRows = (variables: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(variables).map(([name, part]) => [
      name,
      Array.isArray(part) ? Array.from({ length: rows }, () => part[0]) : part,
    ]),
  )

const withValue = (variables: JsonObject, path: string): JsonObject => {
  const [first = '', ...rest] = path.split('.')
  const inner = variables[first]
  const object = isJsonObject(inner) ? inner : {}
  return { ...variables, [first]: rest.length === 0 ? value : withValue(object, rest.join('.')) }
}

/** Everything that the email asks of a lead, whether it has a `default` or not. */
const longLead = ({ html }: EmailTemplate): JsonObject => ({
  email: value,
  ...Object.fromEntries([...html.matchAll(/\blead\.(\w+)/g)].map(([, name = '']) => [name, value])),
})

const linkNames = ['unsubscribe', 'preferences', 'confirm', 'accept', 'reject', 'console']

export type Largest =
  | { readonly type: 'bytes'; readonly bytes: number }
  /** Nobody could ever be sent this. `liquid`: the piece that is at fault. */
  | { readonly type: 'endless'; readonly liquid: string | undefined }
  /** With made-up values it cannot be told. */
  | { readonly type: 'unknown' }

const unknown: Largest = { type: 'unknown' }

const measure = (template: EmailTemplate, given: JsonObject, locale: RenderLocale): Largest => {
  // What is too large is to be measured, too.
  const measured: EmailTemplate = { ...template, kind: 'transactional' }
  let variables = given
  for (let missing = 0; missing < mostMissing; missing += 1) {
    const rendered = renderEmail(measured, variables, locale)
    if (rendered.type === 'unrenderable')
      return isEndless(rendered.reason) ? { type: 'endless', liquid: rendered.liquid } : unknown
    if (rendered.type === 'missing-value') variables = withValue(variables, rendered.variable)
    else {
      const html = template.kind === 'marketing' ? rewriteLinks(rendered.html, () => link) : rendered.html
      return { type: 'bytes', bytes: new TextEncoder().encode(html).byteLength }
    }
  }
  return unknown
}

/**
 * Bytes of HTML that an email may come to: every value and every link as long as it plausibly gets, clicks measured.
 * Branches that such values do not take are not measured, but they have to come to an end as well.
 */
export const largestSize = (
  email: string,
  language: string,
  template: EmailTemplate,
  { settings, forms }: Pick<Playbook, 'settings' | 'forms'>,
): Largest => {
  const variables: JsonObject = {
    lead: longLead(template),
    company: companyVariables(settings, language),
    links: {
      ...Object.fromEntries(linkNames.map((name) => [name, link])),
      forms: Object.fromEntries(Object.keys(forms).map((form) => [form, link])),
    },
    ...(isSalesEmail(email) && manyRows(sampleHandoff('2026-01-01T00:00:00.000Z'))),
    ...(isConfirmation(email) && { consent: sampleConsent({ forms }, language) }),
  }
  const size = measure(template, variables, { language, timeZone: settings.timeZone })
  if (size.type === 'endless') return size
  const liquid = endlessBranch(template, variables)
  return liquid === undefined ? size : { type: 'endless', liquid }
}
