import type { Json, JsonObject } from '../json.ts'
import { isConfirmation, isSalesEmail } from '../playbook/built-in-names.ts'
import type { Playbook } from '../playbook/playbook.ts'
import { chooseLanguage } from './choose-language.ts'
import { companyVariables } from './email-variables.ts'
import { renderEmail } from './render-email.ts'
import { sampleConsent, sampleHandoff } from './sample-variables.ts'

export interface Preview {
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

export interface PreviewWish {
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
  { language, lead }: PreviewWish,
  fallback: readonly string[],
) => {
  const [first, ...others] = versions
  if (first === undefined) return undefined
  if (language !== undefined) return versions.find((version) => version === language)
  const wish = typeof lead.language === 'string' ? lead.language : undefined
  return chooseLanguage([first, ...others], [wish, ...fallback])
}

/** An email as it would reach somebody now, its links leading nowhere. */
export const previewEmail = (playbook: Playbook, wish: PreviewWish): Previewed => {
  const { emails, settings, forms } = playbook
  const versions = Object.hasOwn(emails, wish.email) ? (emails[wish.email] ?? {}) : {}
  const languages = Object.keys(versions)
  if (languages.length === 0) return { type: 'unknown-email' }
  const language = languageOf(languages, wish, settings.languages)
  const template = language === undefined ? undefined : versions[language]
  if (language === undefined || template === undefined) return { type: 'unknown-language', languages }
  const links = inertLinks(forms)
  const isForSales = isSalesEmail(wish.email)
  let variables: JsonObject = {
    lead: wish.lead,
    company: companyVariables(settings, language),
    links,
    ...(isForSales && sampleHandoff(wish.now)),
    ...(isConfirmation(wish.email) && { consent: sampleConsent(playbook, language) }),
  }
  const missing: string[] = []
  while (missing.length < mostMissing) {
    const rendered = renderEmail(template, variables, { language, timeZone: settings.timeZone })
    if (rendered.type === 'unrenderable') return rendered
    if (rendered.type === 'rendered') {
      const { subject, html, text } = rendered
      return { type: 'previewed', email: wish.email, language, subject, html, text, missing }
    }
    missing.push(rendered.variable)
    variables = named(variables, rendered.variable)
  }
  return { type: 'unrenderable', reason: `no value for ${missing[0]}` }
}
