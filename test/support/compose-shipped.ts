import { sampleConsent, sampleHandoff } from '../../domain/email/email-variables.ts'
import { isConfirmation, isSalesEmail } from '../../domain/model/built-in-names.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import { composeEmail } from '../../functions/send/compose-email.ts'
import type { OutgoingEmail } from '../../functions/send-ports.ts'
import { leadId } from '../domain/support/facts.ts'

export interface ComposedEmail {
  /** Email and language, such as `welcome.de`. */
  readonly name: string
  readonly kind: 'marketing' | 'transactional'
  readonly email: OutgoingEmail
}

/** As long as links of the system are. */
const token = `${'eyJsIjoibGVhZC0wMDAxIiwiZSI6MTc5NTUx'.repeat(4)}.${'c2lnbmF0dXJl'.repeat(4).slice(0, 43)}`

const links = (base: string) => ({
  unsubscribe: `${base}/u/${token}`,
  preferences: `${base}/u/${token}`,
  confirm: `${base}/confirm/${token}`,
  notMe: `${base}/confirm/${token}?not-me=1`,
  accept: `${base}/h/${token}?answer=accept`,
  reject: `${base}/h/${token}?answer=reject`,
  console: `${base}/`,
})

/** Every email of a playbook in every language, as it leaves for somebody of whom only the address is known. @throws when one cannot be rendered. */
export const composeShipped = (
  { emails, settings, forms }: Playbook,
  lead: JsonObject = { email: 'grete@werk.example.net' },
  base = 'https://app.example.com',
): readonly ComposedEmail[] =>
  Object.entries(emails).flatMap(([id, translations]) =>
    Object.entries(translations).map(([language, template]) => {
      const name = `${id}.${language}`
      const composed = composeEmail(
        { leadId, sendId: `${leadId}:${id}`, email: id, recipient: isSalesEmail(id) ? 'owner' : 'lead' },
        template,
        settings,
        {
          to: String(lead.email),
          language,
          variables: {
            lead,
            ...(isSalesEmail(id) && sampleHandoff('2026-11-23T10:00:00.000Z')),
            ...(isConfirmation(id) && { consent: sampleConsent({ forms }, language) }),
          },
          links: links(base),
          forms: Object.fromEntries(Object.keys(forms).map((form) => [form, `${base}/f/${form}`])),
        },
      )
      if (composed.type !== 'composed') throw new Error(`${name}: ${JSON.stringify(composed)}`)
      return { name, kind: template.kind, email: composed.email }
    }),
  )
