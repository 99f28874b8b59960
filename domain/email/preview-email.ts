import { type LeadId, parseLeadId } from '../model/activity.ts'
import { assetsAt } from '../model/asset.ts'
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
  /** Variables without a value, shown by name: the email would not be sent. */
  readonly missing: readonly string[]
}

export type Previewed =
  | ({ readonly type: 'previewed' } & Preview)
  | { readonly type: 'unknown-email' }
  | { readonly type: 'unknown-language'; readonly languages: readonly string[] }
  | { readonly type: 'unrenderable'; readonly reason: string }

interface PreviewRequest {
  readonly email: string
  /** Exactly this language; absent: the lead's. */
  readonly language?: string | undefined
  /** `lead.*`. */
  readonly lead: JsonObject
  /** Where pictures are served, without a slash at the end. @default - at the address that shows the preview */
  readonly publicUrl?: string | undefined
  /** RFC 3339 UTC. */
  readonly now: string
}

/** A domain that never exists (RFC 6761), so that a preview's links do nothing. */
const nowhere = 'https://preview.invalid'

const inertLinks = (forms: Playbook['forms'], publicUrl = ''): JsonObject => ({
  assets: assetsAt(publicUrl),
  ...Object.fromEntries(
    ['unsubscribe', 'preferences', 'confirm', 'notMe', 'accept', 'reject', 'console'].map((link) => [
      link,
      `${nowhere}/${link}`,
    ]),
  ),
  forms: Object.fromEntries(Object.keys(forms).map((form) => [form, `${nowhere}/f/${form}`])),
})

/** More than any email has; beyond that it is a bug. */
const mostMissing = 50

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Sets a path such as `lead.company` to its own name. */
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

/** An email as it would be sent now, with dead links. */
export const previewEmail = (playbook: Playbook, request: PreviewRequest): Previewed => {
  const { emails, settings, forms } = playbook
  const versions = Object.hasOwn(emails, request.email) ? (emails[request.email] ?? {}) : {}
  const languages = Object.keys(versions)
  if (languages.length === 0) return { type: 'unknown-email' }
  const language = languageOf(languages, request, settings.languages)
  const template = language === undefined ? undefined : versions[language]
  if (language === undefined || template === undefined) return { type: 'unknown-language', languages }
  const links = inertLinks(forms, request.publicUrl)
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

/** Longest plausible value. */
const value = 'W'.repeat(80)
/** Length of a signed tracking link with campaign parameters. */
const link = `https://example.com/${'l'.repeat(600)}`
/** Longest plausible list. */
const rows = 12

/** More than any email has; beyond that it is a bug. */
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

/** A lead with every attribute that the email uses, even those with a `default`. */
const longLead = ({ html }: EmailTemplate): JsonObject => ({
  email: value,
  ...Object.fromEntries([...html.matchAll(/\blead\.(\w+)/g)].map(([, name = '']) => [name, value])),
})

const linkNames = ['unsubscribe', 'preferences', 'confirm', 'accept', 'reject', 'console']

type Largest =
  | { readonly type: 'bytes'; readonly bytes: number }
  /** The email can never be sent. `liquid`: the faulty piece. */
  | { readonly type: 'endless'; readonly liquid: string | undefined }
  /** Unknown with sample values. */
  | { readonly type: 'unknown' }

const unknown: Largest = { type: 'unknown' }

const measure = (template: EmailTemplate, given: JsonObject, locale: RenderLocale): Largest => {
  // Oversized emails must be measured too.
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
 * Largest plausible HTML size in bytes: the longest values and tracked links. Branches that these values do not take are not
 * measured, but must terminate too.
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
      assets: assetsAt(`https://example.com/${'a'.repeat(80)}`),
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

/** A test email to a user of the console. It is not counted anywhere. */
export interface TestEmail {
  readonly email: string
  readonly language: string
  /** Lead whose values are used; absent: a sample person. */
  readonly leadId?: LeadId
  /** Encrypted recipient: no address may be on a queue. */
  readonly to: string
}

/** The message for the queue, distinguished from events by its only key. */
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

/** Prefix of the subject. */
export const testMark = '[Test] '
