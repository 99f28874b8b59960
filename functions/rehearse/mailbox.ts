import type { MailedEmail } from '../adapters/memory-mailer.ts'
import { type HitKind, makeReadHit, makeRecordHit } from '../intake/record-hit.ts'
import {
  consentsOf,
  makeConfirmConsent,
  makeReadConfirmation,
  visitorOf,
} from '../preferences/confirm-consent.ts'
import { linksOf, picturesOf } from './mail-notice.ts'
import type { System } from './make-system.ts'

/** Why something could not be done; undefined: it was. */
export type Refused = string | undefined

/** The lead's own inbox, and what it does with what is in it. */
export const makeMailbox = (system: System) => {
  const { mailer, publicUrl } = system
  const readHit = makeReadHit(system)
  const recordHit = makeRecordHit(system)
  const readConfirmation = makeReadConfirmation(system)
  const confirmConsent = makeConfirmConsent(system)

  const received = (email: string): MailedEmail | undefined =>
    mailer.outbox.findLast(({ tags }) => tags.email === email && tags.recipient === 'lead')

  const follow = async (
    kind: HitKind,
    email: string,
    addressesIn: (mail: MailedEmail) => readonly string[],
  ): Promise<Refused> => {
    const mail = received(email)
    if (!mail) return `the email "${email}" was not sent`
    const path = `${publicUrl}/${kind === 'click' ? 'c' : 'o'}/`
    const token = addressesIn(mail)
      .find((address) => address.startsWith(path))
      ?.slice(path.length)
    const hit = token === undefined ? undefined : readHit(kind, token)
    if (token === undefined || !hit)
      return kind === 'click' && linksOf(mail).every((address) => address.startsWith(publicUrl))
        ? `the email "${email}" has no link to click`
        : `nobody learns of it: the lead's consent does not cover tracking in "${email}"`
    await recordHit(token, hit, { method: 'GET' })
    return undefined
  }

  return {
    /** Mail programs load the picture that tells of opening. */
    open: (email: string): Promise<Refused> => follow('open', email, picturesOf),
    /** Clicks the first link that leads to the company. */
    click: (email: string): Promise<Refused> => follow('click', email, linksOf),
    /** Opens the link of the form's latest confirmation email, and pushes the button there. */
    confirm: async (form: string): Promise<Refused> => {
      const asked = mailer.outbox
        .flatMap(linksOf)
        .filter((link) => link.startsWith(`${publicUrl}/confirm/`))
        .map((link) => link.slice(`${publicUrl}/confirm/`.length))
      if (asked.length === 0) return 'no confirmation email was sent'
      const confirmation = asked
        .map((token) => readConfirmation(token, system.clock()))
        .findLast((read) => read?.formId === form)
      if (!confirmation) return `no confirmation link of the form "${form}" is valid`
      const facts = await system.leads.facts(confirmation.leadId)
      await confirmConsent(confirmation, consentsOf(confirmation, facts), visitorOf(confirmation, facts))
      return undefined
    },
  }
}
