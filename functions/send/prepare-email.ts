import type { EmailOutcome } from '../../domain/email/email-outcome.ts'
import { furtherSalesEmails, notifyEmail } from '../../domain/email/sales-emails.ts'
import { assetNamesIn } from '../../domain/model/asset.ts'
import { confirmReminder } from '../../domain/model/built-in-names.ts'
import { isNotice } from '../../domain/model/decision.ts'
import type { EmailRequest } from '../../domain/model/email-request.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import type { ConfirmationRate } from '../../domain/model/settings.ts'
import {
  confirmationsPer,
  isOneTooMany,
  mailboxOf,
  quotasOf,
  tooManyConfirmations,
  withPlace,
} from '../../domain/sending/confirmation-limit.ts'
import { withTaken } from '../../domain/sending/earlier-emails.ts'
import type { AssetStore } from '../playbook-ports.ts'
import type { Leads, Tokens } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { rootLead } from '../root-lead.ts'
import type { CapPlaces, ConfirmationPlaces, OutgoingEmail, Sends } from '../send-ports.ts'
import { type Address, type AddressEmailPorts, addressEmail } from './address-email.ts'
import { composeEmail, emailLinks, formLinks, type Translations, trackedLinks } from './compose-email.ts'
import { recentEmails } from './recent-emails.ts'

export interface PrepareEmailPorts extends AddressEmailPorts {
  readonly tokens: Tokens
  /** Stands for a mailbox in a link: nobody without the secret can tell which one. */
  readonly markMailbox: (mailbox: string) => string
  /** Where links lead, without a slash at the end. */
  readonly publicUrl: string
  /** Stores pictures for as long as emails show them. */
  readonly keepAssets: AssetStore['keep']
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

type Preparation =
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
  const address = await addressEmail(ports, { request, playbook, translations, now, wasHeld })
  if (address.type !== 'send') return over(address.type, now, address.reason)
  const prepared = write(ports, { request, now }, playbook, address)
  if (prepared.type === 'prepared') await ports.keepAssets(assetNamesIn(prepared.email.html))
  return prepared
}

const write = (
  ports: PrepareEmailPorts,
  { request, now }: { readonly request: EmailRequest; readonly now: string },
  playbook: Playbook,
  address: Address & { type: 'send' },
): Preparation => {
  const { language, consent, person, family } = address
  const template = translationsOf(playbook, request)?.[language]
  if (!template) throw new Error(`email ${request.email} is not written in ${language}`)
  const links = emailLinks(ports, request, language, {
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

export interface LimitConfirmationsPorts {
  readonly leads: Pick<Leads, 'load'>
  readonly sends: Pick<Sends, 'load' | 'formerSince'>
  readonly places: CapPlaces
  readonly confirmationPlaces: ConfirmationPlaces
}

/** A form that is sent again and again has so many confirmations decided about at the same moment. */
const tries = 20

/**
 * Whether a confirmation may not go out at `now` because its person has been sent too many. Where it may, it has taken its
 * place among them. The fold asks for few as well, but forms that are sent at once arrive in any order, and each time
 * others are the first: what went out stands here alone.
 * @throws Conflict when others took places all the while.
 */
const limitConfirmations = async (
  ports: LimitConfirmationsPorts,
  { leadId: asked, sendId }: EmailRequest,
  now: string,
): Promise<boolean> => {
  const { leadId, members = [] } = (await rootLead(ports.leads, asked)) ?? { leadId: asked }
  return retryConflicts(
    async () => {
      const leadIds = [leadId, ...members] as const
      const { ledger, places, emails } = await recentEmails(ports, {
        leadIds,
        window: confirmationsPer,
        now,
      })
      if (isOneTooMany(emails, places, sendId, now)) return true
      const place = { sendId, at: now, kind: 'confirmation' } as const
      await ports.places.commit(leadId, ledger.version, withTaken(ledger, place))
      return false
    },
    { tries },
  )
}

/**
 * The same of its mailbox, which addresses of several leads may share. Where it may go out, it has a place there for good:
 * one that is taken up again keeps it.
 */
const limitMailbox = (
  { confirmationPlaces }: Pick<LimitConfirmationsPorts, 'confirmationPlaces'>,
  { email, confirmation }: EmailRequest,
  to: string,
  now: string,
): Promise<boolean> =>
  retryConflicts(
    async () => {
      const mailbox = mailboxOf(to)
      const { version, taken } = await confirmationPlaces.load(mailbox)
      // What stays there for a month names no lead: it may be erased before.
      const next = withPlace(taken, `${email}:${confirmation?.factId ?? ''}`, now)
      if (next !== undefined && next !== taken) await confirmationPlaces.commit(mailbox, version, next)
      return next === undefined
    },
    { tries },
  )

/** When there is room again among all confirmations, those of its form among them; undefined where there is now. */
const fullUntil = async (
  { confirmationPlaces }: Pick<LimitConfirmationsPorts, 'confirmationPlaces'>,
  { confirmation }: EmailRequest,
  rate: ConfirmationRate | undefined,
  now: string,
): Promise<string | undefined> => {
  for (const quota of quotasOf(confirmation?.form ?? '', rate, now))
    if (!(await confirmationPlaces.count(quota))) return quota.until
  return undefined
}

interface ConfirmationLimits {
  /** The address that it goes to. */
  readonly to: string
  readonly rate: ConfirmationRate | undefined
}

/** Why a confirmation does not go out at `now`: too many to its person or mailbox, or too many of all for the moment. */
export const holdConfirmation = async (
  ports: LimitConfirmationsPorts,
  request: EmailRequest,
  { to, rate }: ConfirmationLimits,
  now: string,
): Promise<Exclude<EmailOutcome, { status: 'sent' }> | undefined> => {
  const isTooMuch =
    (await limitConfirmations(ports, request, now)) || (await limitMailbox(ports, request, to, now))
  if (isTooMuch) return { status: 'suppressed', at: now, reason: tooManyConfirmations }
  const until = await fullUntil(ports, request, rate, now)
  return until === undefined ? undefined : { status: 'held', at: now, reason: 'confirmations-full', until }
}
