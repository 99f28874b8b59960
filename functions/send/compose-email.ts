import { encodeSendTags } from '../../domain/email/email-outcome.ts'
import { campaignLinks, chooseLanguage, companyVariables } from '../../domain/email/email-variables.ts'
import { formatMailbox, mailboxKey } from '../../domain/email/judge-send.ts'
import {
  fitsToken,
  fixedAddresses,
  isOfInterest,
  listHeaders,
  type Rendered,
  renderEmail,
  rewriteLinks,
  withOpenPixel,
} from '../../domain/email/render-email.ts'
import { knownFields } from '../../domain/form/form-page.ts'
import { confirmWithin } from '../../domain/lead/consent.ts'
import type { LeadId } from '../../domain/model/activity.ts'
import { assetsAt } from '../../domain/model/asset.ts'
import { notMe } from '../../domain/model/decision.ts'
import type { EmailRequest } from '../../domain/model/email-request.ts'
import { addressIn, type Form, knownParameter } from '../../domain/model/form.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import type { EmailTemplate } from '../../domain/model/playbook.ts'
import type { DoubleOptIn, Settings } from '../../domain/model/settings.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import type { TokenPurpose, Tokens } from '../ports.ts'
import type { OutgoingEmail } from '../send-ports.ts'

/** An email in the languages it is written in. */
export type Translations = Readonly<Record<string, EmailTemplate>>

interface Composition {
  readonly to: string
  readonly language: string
  readonly variables: JsonObject
  readonly links: Readonly<Record<string, string>>
  /** `links.forms`. */
  readonly forms?: Readonly<Record<string, string>>
  /** Present where the lead's consent covers it; for marketing mail only. */
  readonly tracking?: Tracking
}

type Composed =
  | { readonly type: 'composed'; readonly email: OutgoingEmail }
  | Exclude<Rendered, { type: 'rendered' }>

/** The language an email is sent in. @throws a defect for an email without any. */
export const languageFor = (
  translations: Translations,
  preferred: readonly (string | undefined)[],
  settings: Settings,
): string => {
  const [first, ...others] = Object.keys(translations)
  if (first === undefined) throw new Error('an email without a single language')
  return chooseLanguage([first, ...others], [...preferred, ...settings.languages])
}

const current = new WeakMap<EmailTemplate, ReadonlySet<string>>()

const standingIn = (template: EmailTemplate): ReadonlySet<string> => {
  const known = current.get(template) ?? fixedAddresses(template.html)
  current.set(template, known)
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

const day = 24 * 3_600_000
/** People unsubscribe from old emails, too. */
const unsubscribeFor = 2 * 365 * day
const answerFor = 60 * day

/** `links.*`: those that make sense for this email. */
export const emailLinks = (
  { tokens, publicUrl }: { readonly tokens: Tokens; readonly publicUrl: string },
  request: EmailRequest,
  language: string,
  { now, doubleOptIn }: { readonly now: string; readonly doubleOptIn?: DoubleOptIn | undefined },
): Readonly<Record<string, string>> => {
  const { leadId, sendId, email, confirmation, handoffId, assignment, recipient } = request
  const link = (path: string, purpose: TokenPurpose, data: JsonObject, lifetime: number): string =>
    `${publicUrl}/${path}/${tokens.sign(purpose, { leadId, data }, addMilliseconds(now, lifetime))}`

  const assets = assetsAt(publicUrl)
  if (recipient === 'owner') {
    const page = handoffId === undefined ? `leads/${leadId}` : `handoffs/${handoffId}`
    const console = `${publicUrl}/${page}`
    if (handoffId === undefined || email === 'reassigned') return { assets, console }
    const answer = link(
      'h',
      'handoff',
      {
        handoffId,
        ...(assignment !== undefined && { assignment }),
        ...(email === 'escalation' && { as: 'lead' }),
      },
      answerFor,
    )
    return { assets, accept: `${answer}?answer=accept`, reject: `${answer}?answer=reject`, console }
  }
  const unsubscribe = link('u', 'unsubscribe', { sendId, email, language }, unsubscribeFor)
  const common = { assets, unsubscribe, preferences: unsubscribe }
  if (!confirmation) return common
  const { form, purpose, furtherPurpose, factId } = confirmation
  const further = furtherPurpose === undefined ? {} : { furtherPurpose }
  const data = { form, purpose, ...further, language: confirmation.language, factId }
  const confirm = link('confirm', 'confirm', data, confirmWithin(doubleOptIn))
  return { ...common, confirm, notMe: `${confirm}?${notMe}=1` }
}

/** A form asked for everything again is no harm. */
const profileFor = 90 * 24 * 3_600_000

interface FormLinksOptions {
  readonly tokens: Pick<Tokens, 'sign'>
  readonly markMailbox: (mailbox: string) => string
  /** Without a slash at the end. */
  readonly publicUrl: string
  readonly forms: Readonly<Record<string, Form>>
  readonly leadId: LeadId
  /** The address that the email goes to. */
  readonly to: string
  /** What emails know, under `lead`. */
  readonly variables: JsonObject
  readonly language: string
  /** RFC 3339 UTC. */
  readonly now: string
}

const attributesIn = ({ lead }: JsonObject): Readonly<Record<string, unknown>> =>
  typeof lead === 'object' ? { ...lead } : {}

/** The page of a site whose form is to ask for what is not known yet. */
const withKnown = (page: string, token: string): string => {
  const address = new URL(page)
  address.searchParams.set(knownParameter, token)
  return address.href
}

/**
 * `links.forms.*`: each form, asking this lead for what is not known yet. A visitor who comes by the link and gives the address
 * that it was sent to is known to read what comes there.
 */
export const formLinks = ({
  tokens,
  markMailbox,
  publicUrl,
  forms,
  leadId,
  to,
  variables,
  language,
  now,
}: FormLinksOptions): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.values(forms).map((form) => {
      const known = knownFields(form, attributesIn(variables))
      const token = tokens.sign(
        'profile',
        { leadId, data: { known: [...known], to: markMailbox(mailboxKey(to)) } },
        addMilliseconds(now, profileFor),
      )
      if (form.page !== undefined) return [form.id, withKnown(addressIn(form.page, language), token)]
      const link = `${publicUrl}/f/${encodeURIComponent(form.id)}?lang=${encodeURIComponent(language)}`
      return [form.id, `${link}&p=${token}`]
    }),
  )

/** Links in old emails lead on for a bit more than a year; then what they tell is of no use to anybody. */
const trackedFor = 400 * 24 * 3_600_000

/** Makes an email tell that it is opened and which of its links are followed. */
interface Tracking {
  /** @param isOfInterest asked of each address in a link. */
  track(html: string, isOfInterest: (address: string) => boolean): string
}

/** With signed addresses of ours, `/c/…` and `/o/…`. To be used where the lead's consent covers it, and nowhere else. */
export const trackedLinks = (
  tokens: Pick<Tokens, 'sign'>,
  publicUrl: string,
  { leadId, sendId, email }: EmailRequest,
  now: string,
): Tracking => {
  const expiresAt = addMilliseconds(now, trackedFor)
  const data = { s: sendId, m: email }
  const click = (address: string): string =>
    `${publicUrl}/c/${tokens.sign('click', { leadId, data: { ...data, u: address } }, expiresAt)}`
  return {
    track: (html, isOfInterest) => {
      const clickable = rewriteLinks(html, (address) =>
        isOfInterest(address) && fitsToken(address) ? click(address) : undefined,
      )
      return withOpenPixel(clickable, `${publicUrl}/o/${tokens.sign('open', { leadId, data }, expiresAt)}`)
    },
  }
}
