import type { EmailOutcome } from '../../domain/email/email-outcome.ts'
import { type EmailRequest, isNotice } from '../../domain/email/email-request.ts'
import { furtherSalesEmails } from '../../domain/email/further-sales-emails.ts'
import { notifyEmail } from '../../domain/email/notify-email.ts'
import { confirmReminder } from '../../domain/playbook/built-in-names.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import type { Tokens } from '../ports.ts'
import type { OutgoingEmail } from '../send-ports.ts'
import { type Address, type AddressEmailPorts, addressEmail } from './address-email.ts'
import { composeEmail, type Translations } from './compose-email.ts'
import { emailLinks } from './email-links.ts'
import { formLinks } from './form-links.ts'
import { trackedLinks } from './tracked-links.ts'

export interface PrepareEmailPorts extends AddressEmailPorts {
  readonly tokens: Tokens
  /** Stands for a mailbox in a link: nobody without the secret can tell which one. */
  readonly markMailbox: (mailbox: string) => string
  /** Where links lead, without a slash at the end. */
  readonly publicUrl: string
}

/** An email that may go out now, as far as its lead is concerned. */
export interface Prepared {
  readonly type: 'prepared'
  readonly email: OutgoingEmail
  /** What is kept of it once it is sent. */
  readonly sentAs: Pick<Address & { type: 'send' }, 'language' | 'consent'>
  /** Set for marketing mail. */
  readonly person?: (Address & { type: 'send' })['person']
  /** Set where the same may be asked for under another lead of the person. */
  readonly family?: (Address & { type: 'send' })['family']
  /** How long after it was asked for it still makes sense, in ms; absent: as long as any. */
  readonly stale?: number
}

export type Preparation =
  | Prepared
  | { readonly type: 'over'; readonly outcome: Exclude<EmailOutcome, { status: 'sent' | 'held' }> }

const over = (status: 'suppressed' | 'failed' | 'exited', at: string, reason: string): Preparation => ({
  type: 'over',
  outcome: { status, at, reason },
})

/** The notice to a team is the system's own, and so is what a playbook need not have. */
const translationsOf = ({ emails }: Playbook, request: EmailRequest): Translations | undefined => {
  if (isNotice(request)) return notifyEmail
  const fallback = request.email === confirmReminder ? emails.confirm : furtherSalesEmails[request.email]
  return emails[request.email] ?? fallback
}

/** Looks at the lead as it is at `now` and writes the email. @throws a defect for an email that the playbook does not have. */
export const prepareEmail = async (
  ports: PrepareEmailPorts,
  request: EmailRequest,
  wasHeld: boolean,
  now: string,
): Promise<Preparation> => {
  const { playbookVersion, skipped } = request
  if (skipped !== undefined) return over('suppressed', now, skipped)
  const playbook = await (playbookVersion === undefined
    ? ports.playbooks.current()
    : ports.playbooks.version(playbookVersion))
  const translations = translationsOf(playbook, request)
  if (!translations) throw new Error(`no email ${request.email} in playbook ${playbook.version}`)
  const address = await addressEmail(ports, request, playbook, translations, now, wasHeld)
  if (address.type !== 'send') return over(address.type, now, address.reason)
  return write(ports, request, playbook, address, now)
}

const write = (
  ports: PrepareEmailPorts,
  request: EmailRequest,
  playbook: Playbook,
  address: Address & { type: 'send' },
  now: string,
): Preparation => {
  const { language, consent, person, family } = address
  const template = translationsOf(playbook, request)?.[language]
  if (!template) throw new Error(`email ${request.email} is not written in ${language}`)
  const links = emailLinks(ports.tokens, ports.publicUrl, request, language, {
    now,
    doubleOptIn: playbook.settings.doubleOptIn,
  })
  const forms = template.html.includes('links.forms')
    ? formLinks({ ...ports, ...address, forms: playbook.forms, leadId: request.leadId, now })
    : {}
  const composed = composeEmail(request, template, playbook.settings, {
    ...address,
    links,
    forms,
    ...(address.tracked && { tracking: trackedLinks(ports.tokens, ports.publicUrl, request, now) }),
  })
  switch (composed.type) {
    case 'composed': {
      const { stale } = playbook.sequences[request.run?.sequence ?? ''] ?? {}
      return {
        type: 'prepared',
        email: composed.email,
        sentAs: { language, ...(consent && { consent }) },
        ...(person && { person }),
        ...(family && { family }),
        ...(stale !== undefined && { stale }),
      }
    }
    case 'missing-value':
      return over('failed', now, `missing-value: ${composed.variable}`)
    case 'unrenderable':
      return over('failed', now, `unrenderable: ${composed.reason}`)
    default:
      return composed satisfies never
  }
}
