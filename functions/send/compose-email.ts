import { campaignLinks } from '../../domain/email/campaign-links.ts'
import { chooseLanguage } from '../../domain/email/choose-language.ts'
import type { EmailRequest } from '../../domain/email/email-request.ts'
import type { EmailTemplate } from '../../domain/email/email-template.ts'
import { companyVariables } from '../../domain/email/email-variables.ts'
import { listHeaders } from '../../domain/email/list-headers.ts'
import { formatMailbox } from '../../domain/email/mailbox.ts'
import { type Rendered, renderEmail } from '../../domain/email/render-email.ts'
import { rewriteLinks, standingAddresses } from '../../domain/email/rewrite-links.ts'
import { encodeSendTags } from '../../domain/email/send-tags.ts'
import { isOfInterest } from '../../domain/email/trackable.ts'
import type { JsonObject } from '../../domain/json.ts'
import type { Settings } from '../../domain/playbook/settings.ts'
import type { OutgoingEmail } from '../send-ports.ts'
import type { Tracking } from './tracked-links.ts'

/** An email in the languages it is written in. */
export type Translations = Readonly<Record<string, EmailTemplate>>

export interface Composition {
  readonly to: string
  readonly language: string
  readonly variables: JsonObject
  readonly links: Readonly<Record<string, string>>
  /** `links.forms`. */
  readonly forms?: Readonly<Record<string, string>>
  /** Present where the lead's consent covers it; for marketing mail only. */
  readonly tracking?: Tracking
}

export type Composed =
  | { readonly type: 'composed'; readonly email: OutgoingEmail }
  | Exclude<Rendered, { type: 'rendered' }>

/** The language an email is sent in. @throws a defect for an email without any. */
export const languageFor = (
  translations: Translations,
  wishes: readonly (string | undefined)[],
  settings: Settings,
): string => {
  const [first, ...others] = Object.keys(translations)
  if (first === undefined) throw new Error('an email without a single language')
  return chooseLanguage([first, ...others], [...wishes, ...settings.languages])
}

const standing = new WeakMap<EmailTemplate, ReadonlySet<string>>()

const standingIn = (template: EmailTemplate): ReadonlySet<string> => {
  const known = standing.get(template) ?? standingAddresses(template.html)
  standing.set(template, known)
  return known
}

/**
 * One message, ready for SES; marketing mail says how to leave (RFC 2369, RFC 8058). Clicks are measured of addresses that
 * stand in the template alone: to one that somebody has typed into a form no signed link of ours leads.
 */
export const composeEmail = (
  request: EmailRequest,
  template: EmailTemplate,
  settings: Settings,
  { to, language, variables, links, forms = {}, tracking }: Composition,
): Composed => {
  const scope = { ...variables, company: companyVariables(settings, language), links: { ...links, forms } }
  const { sendId, leadId, email, recipient, run } = request
  const isMarketing = template.kind === 'marketing'
  const own = Object.values(links)
  const isWanted = (address: string) => isOfInterest(address, own, settings.company.imprint)
  const campaign = campaignLinks(settings, { email, ...(run && { sequence: run.sequence }) })
  const rendered = renderEmail(template, scope, { language, timeZone: settings.timeZone }, (html) =>
    isMarketing && settings.utm
      ? rewriteLinks(html, (address) => (isWanted(address) ? campaign(address) : undefined))
      : html,
  )
  if (rendered.type !== 'rendered') return rendered
  const { subject, html, text } = rendered
  const written = standingIn(template)
  const signed = new Set([...written, ...[...written].flatMap((address) => campaign(address) ?? [])])
  const isSigned = (address: string) => signed.has(address) && isWanted(address)
  return {
    type: 'composed',
    email: {
      from: formatMailbox(settings.sender),
      ...(settings.sender.replyTo !== undefined && { replyTo: settings.sender.replyTo }),
      to,
      subject,
      html: isMarketing && tracking ? tracking.track(html, isSigned) : html,
      text,
      headers: {
        ...(template.kind === 'marketing' &&
          links.unsubscribe !== undefined &&
          listHeaders(links.unsubscribe, settings.unsubscribe?.mailto)),
        // Mailbox providers group complaints by the parts; the last names the sender.
        'Feedback-ID': `${email}:${run?.sequence ?? recipient}:${template.kind}:trichter`,
      },
      tags: encodeSendTags({ sendId, leadId, email, recipient, kind: template.kind }),
    },
  }
}
