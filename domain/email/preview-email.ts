import { type LeadId, parseLeadId } from '../model/activity.ts'
import { isConfirmation, isSalesEmail } from '../model/built-in-names.ts'
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts'
import type { EmailTemplate, Playbook } from '../model/playbook.ts'
import { chooseLanguage, companyVariables, sampleConsent, sampleHandoff } from './email-variables.ts'
import { endlessBranch, isEndless } from './endless-branch.ts'
import { type RenderLocale, renderEmail, rewriteLinks } from './render-email.ts'

interface Preview {
  readonly email: string
  readonly language: string
  readonly subject: string
  readonly html: string
  readonly text: string
  /** Variables without a value: each stands in the text by its name, and the email would not be sent. */
  readonly missing: readonly string[]
}

export type Previewed =
  | ({ readonly type: 'previewed' } & Preview)
  | { readonly type: 'unknown-email' }
  | { readonly type: 'unknown-language'; readonly languages: readonly string[] }
  | { readonly type: 'unrenderable'; readonly reason: string }

interface PreviewRequest {
  readonly email: string
  /** Exactly this one; absent: what suits the lead. */
  readonly language?: string | undefined
  /** `lead.*`. */
  readonly lead: JsonObject
  /** RFC 3339 UTC. */
  readonly now: string
}

/** A domain that never exists (RFC 6761): nobody unsubscribes by looking at a preview. */
const nowhere = 'https://preview.invalid'

const inertLinks = (forms: Playbook['forms']): JsonObject => ({
  ...Object.fromEntries(
    ['unsubscribe', 'preferences', 'confirm', 'notMe', 'accept', 'reject', 'console'].map((link) => [
      link,
      `${nowhere}/${link}`,
    ]),
  ),
  forms: Object.fromEntries(Object.keys(forms).map((form) => [form, `${nowhere}/f/${form}`])),
})

/** More than an email has; then something else is wrong. */
const mostMissing = 50

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The same with the value of a path such as `lead.company` set to its own name. */
const named = (variables: JsonObject, path: string): JsonObject => {
  const set = (from: Json | undefined, [key = '', ...rest]: readonly string[]): JsonObject => {
    const object = isObject(from) ? from : {}
    return { ...object, [key]: rest.length === 0 ? `[${path}]` : set(object[key], rest) }
  }
  return set(variables, path.split('.'))
}

const languageOf = (
  versions: readonly string[],
  { language, lead }: PreviewRequest,
  fallback: readonly string[],
) => {
  const [first, ...others] = versions
  if (first === undefined) return undefined
  if (language !== undefined) return versions.find((version) => version === language)
  const request = typeof lead.language === 'string' ? lead.language : undefined
  return chooseLanguage([first, ...others], [request, ...fallback])
}

/** An email as it would reach somebody now, its links leading nowhere. */
export const previewEmail = (playbook: Playbook, request: PreviewRequest): Previewed => {
  const { emails, settings, forms } = playbook
  const versions = Object.hasOwn(emails, request.email) ? (emails[request.email] ?? {}) : {}
  const languages = Object.keys(versions)
  if (languages.length === 0) return { type: 'unknown-email' }
  const language = languageOf(languages, request, settings.languages)
  const template = language === undefined ? undefined : versions[language]
  if (language === undefined || template === undefined) return { type: 'unknown-language', languages }
  const links = inertLinks(forms)
  const isForSales = isSalesEmail(request.email)
  let variables: JsonObject = {
    lead: request.lead,
    company: companyVariables(settings, language),
    links,
    ...(isForSales && sampleHandoff(request.now)),
    ...(isConfirmation(request.email) && { consent: sampleConsent(playbook, language) }),
  }
  const missing: string[] = []
  while (missing.length < mostMissing) {
    const rendered = renderEmail(template, variables, { language, timeZone: settings.timeZone })
    if (rendered.type === 'unrenderable') return rendered
    if (rendered.type === 'rendered') {
      const { subject, html, text } = rendered
      return { type: 'previewed', email: request.email, language, subject, html, text, missing }
    }
    missing.push(rendered.variable)
    variables = named(variables, rendered.variable)
  }
  return { type: 'unrenderable', reason: `no value for ${missing[0]}` }
}

/** As long as a value in an email plausibly is. */
const value = 'W'.repeat(80)
/** As long as a signed link is that tells of a click, with its campaign. */
const link = `https://example.com/${'l'.repeat(600)}`
/** As many rows as lists in an email have. */
const rows = 12

/** More than an email has; then something else is wrong. */
const mostOptional = 200

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

type Largest =
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
  for (let missing = 0; missing < mostOptional; missing += 1) {
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

/** One email that somebody of the console wants to see in their own inbox. It counts nowhere. */
export interface TestEmail {
  readonly email: string
  readonly language: string
  /** Whose values stand in it; absent: those of a made-up person. */
  readonly leadId?: LeadId
  /** Whom it goes to, sealed: nothing on a queue tells an address. */
  readonly to: string
}

/** As a message, told apart from events by its one key. */
export const testEmailMessage = ({ email, language, leadId, to }: TestEmail): JsonObject => ({
  testEmail: { email, language, to, ...(leadId !== undefined && { leadId }) },
})

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {}

/** @returns undefined when `body` is something else. */
export const parseTestEmail = (body: unknown): TestEmail | undefined => {
  const { email, language, leadId, to } = fieldsOf(fieldsOf(body).testEmail)
  if (typeof email !== 'string' || typeof language !== 'string' || typeof to !== 'string') return undefined
  if (leadId === undefined) return { email, language, to }
  const known = parseLeadId(leadId)
  return known && { email, language, leadId: known, to }
}

/** What is put before the subject. */
export const testMark = '[Test] '
