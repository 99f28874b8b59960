import type { MailedEmail } from '../adapters/memory-mailer.ts'
import { makeConfirmConsent, makeReadConfirmation } from '../intake/confirm-consent.ts'
import { linksOf, mailNotice, mailSource } from './mail-notice.ts'
import type { System } from './make-system.ts'

/** Why something could not be done; undefined: it was. */
export type Refused = string | undefined

/** The lead's own inbox, and what it does with what is in it. */
export const makeMailbox = (system: System) => {
  const { mailer, bus, publicUrl, clock } = system
  const readConfirmation = makeReadConfirmation(system)
  const confirmConsent = makeConfirmConsent(system)

  const received = (email: string): MailedEmail | undefined =>
    mailer.outbox.findLast(({ tags }) => tags.email === email && tags.recipient === 'lead')

  return {
    /** Mail programs load the picture that tells of opening. */
    open: (email: string): Refused => {
      const mail = received(email)
      if (!mail) return `the email "${email}" was not sent`
      bus.tell(mailSource, 'Email Event', mailNotice(mail, 'Open', clock()))
      return undefined
    },
    /** Clicks the first link that leads to the company. */
    click: (email: string): Refused => {
      const mail = received(email)
      if (!mail) return `the email "${email}" was not sent`
      const link = linksOf(mail).find((target) => !target.startsWith(publicUrl))
      if (link === undefined) return `the email "${email}" has no link to click`
      bus.tell(mailSource, 'Email Event', mailNotice(mail, 'Click', clock(), link))
      return undefined
    },
    /** Opens the link of the form's latest confirmation email, and pushes the button there. */
    confirm: async (form: string): Promise<Refused> => {
      const asked = mailer.outbox
        .flatMap(linksOf)
        .filter((link) => link.startsWith(`${publicUrl}/confirm/`))
        .map((link) => link.slice(`${publicUrl}/confirm/`.length))
      if (asked.length === 0) return 'no confirmation email was sent'
      const confirmation = asked.map(readConfirmation).findLast((read) => read?.formId === form)
      if (!confirmation) return `no confirmation link of the form "${form}" is valid`
      await confirmConsent(confirmation)
      return undefined
    },
  }
}
