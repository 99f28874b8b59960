import { chooseLanguage } from '../../domain/email/choose-language.ts'
import type { EmailRequest } from '../../domain/email/email-request.ts'
import type { EmailTemplate } from '../../domain/email/email-template.ts'
import { companyVariables } from '../../domain/email/email-variables.ts'
import { formatMailbox } from '../../domain/email/mailbox.ts'
import { type Rendered, renderEmail } from '../../domain/email/render-email.ts'
import { encodeSendTags } from '../../domain/email/send-tags.ts'
import type { JsonObject } from '../../domain/json.ts'
import type { Settings } from '../../domain/playbook/settings.ts'
import type { OutgoingEmail } from '../send-ports.ts'

/** An email in the languages it is written in. */
export type Translations = Readonly<Record<string, EmailTemplate>>

export interface Composition {
  readonly to: string
  readonly language: string
  readonly variables: JsonObject
  readonly links: Readonly<Record<string, string>>
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

/** One message, ready for SES; marketing mail says how to leave (RFC 2369, RFC 8058). */
export const composeEmail = (
  request: EmailRequest,
  template: EmailTemplate,
  settings: Settings,
  { to, language, variables, links }: Composition,
): Composed => {
  const scope = { ...variables, company: companyVariables(settings), links }
  const rendered = renderEmail(template, scope, { language, timeZone: settings.timeZone })
  if (rendered.type !== 'rendered') return rendered
  const { subject, html, text } = rendered
  const { sendId, leadId, email, recipient, run } = request
  return {
    type: 'composed',
    email: {
      from: formatMailbox(settings.sender),
      ...(settings.sender.replyTo !== undefined && { replyTo: settings.sender.replyTo }),
      to,
      subject,
      html,
      text,
      headers: {
        ...(template.kind === 'marketing' &&
          links.unsubscribe !== undefined &&
          listHeaders(links.unsubscribe)),
        // Mailbox providers group complaints by the parts; the last names the sender.
        'Feedback-ID': `${email}:${run?.sequence ?? recipient}:${template.kind}:trichter`,
      },
      tags: encodeSendTags({ sendId, leadId, email, recipient }),
    },
  }
}

const listHeaders = (unsubscribe: string): Readonly<Record<string, string>> => ({
  'List-Unsubscribe': `<${unsubscribe}>`,
  'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
})
