import * as z from 'zod/mini'
import { effectOfGrant } from '../../domain/lead/consent.ts'
import type { Fact, LeadId } from '../../domain/model/activity.ts'
import { notMe } from '../../domain/model/decision.ts'
import { type Form, localize } from '../../domain/model/form.ts'
import { isJsonObject, type JsonObject } from '../../domain/model/json.ts'
import {
  renderAlreadyConfirmedPage,
  renderConfirmedPage,
  renderConfirmPage,
  renderLinkOverPage,
  renderNotMeDonePage,
  renderNotMePage,
} from '../../domain/page/message-pages.ts'
import { frameOf, type PageFrame } from '../../domain/page/page-layout.ts'
import { textsIn } from '../../domain/texts/texts.ts'
import { type HttpApp, type HttpContext, makeApp } from '../http/http-app.ts'
import { pageReply, wantsPage } from '../http/http-message.ts'
import { problemReply, statusOf } from '../http/problem.ts'
import { notFound } from '../intake/cross-origin.ts'
import { rootLead } from '../root-lead.ts'
import { makePreferenceRoutes, type PreferencePorts } from './preferences.ts'

/** What a link of double opt-in stands for. */
interface Confirmation {
  readonly leadId: LeadId
  readonly factId: string
  readonly purpose: string
  /** Of the box that was ticked beside it. */
  readonly furtherPurpose?: string
  readonly language: string
  readonly formId: string
  /** Absent when the playbook no longer has the form: the consent given counts all the same. */
  readonly form?: Form
}

const dataSchema = z.object({
  form: z.string(),
  purpose: z.string(),
  furtherPurpose: z.optional(z.string()),
  language: z.string(),
  factId: z.string(),
})

/** @returns undefined when the link is forged, for something else, or expired by `now`. */
export const makeReadConfirmation =
  ({ tokens, playbook }: Pick<PreferencePorts, 'tokens' | 'playbook'>) =>
  (token: string, now: string): Confirmation | undefined => {
    const claims = tokens.verify('confirm', token, now)
    const { data } = z.safeParse(dataSchema, claims?.data)
    if (claims === undefined || data === undefined) return undefined
    const { form: formId, furtherPurpose, ...rest } = data
    const form = Object.hasOwn(playbook.forms, formId) ? playbook.forms[formId] : undefined
    return {
      leadId: claims.leadId,
      formId,
      ...rest,
      ...(furtherPurpose === undefined ? {} : { furtherPurpose }),
      ...(form === undefined ? {} : { form }),
    }
  }

const wordingIn = ({ wording }: JsonObject): string | undefined =>
  typeof wording === 'string' ? wording : undefined

/** One consent that a link gives. */
interface LinkedConsent {
  readonly purpose: string
  readonly wording: string | undefined
}

const wordingOf = (
  { form, factId, language }: Confirmation,
  purpose: string,
  facts: readonly Pick<Fact, 'id' | 'properties'>[],
): string | undefined => {
  const { optIn, ...own } = facts.find(({ id }) => id === factId)?.properties ?? {}
  const isBox = isJsonObject(optIn) && optIn.purpose === purpose
  const read = wordingIn(isBox ? optIn : own)
  const wording = form?.optIn?.purpose === purpose ? form.optIn.wording : form?.wording
  return read ?? (wording && localize(wording, language))
}

/**
 * What the person confirms, the form's own purpose first, in the wording that was read when the form was sent, whatever
 * the form says now.
 * @param facts of the lead; where the submission is not among them, the form's wording of today.
 */
export const consentsOf = (
  confirmation: Confirmation,
  facts: readonly Pick<Fact, 'id' | 'properties'>[],
): readonly LinkedConsent[] => {
  const { purpose, furtherPurpose } = confirmation
  const purposes = furtherPurpose === undefined ? [purpose] : [purpose, furtherPurpose]
  return purposes.map((one) => ({ purpose: one, wording: wordingOf(confirmation, one, facts) }))
}

/** The browser in which the form was filled in: it is theirs once they confirm. */
export const visitorOf = (
  { factId }: Confirmation,
  facts: readonly Pick<Fact, 'id' | 'properties'>[],
): string | undefined => {
  const visitorId = facts.find(({ id }) => id === factId)?.properties.visitorId
  return typeof visitorId === 'string' ? visitorId : undefined
}

/** Room for the ending in a fact id of at most 128 characters. */
const longestStem = 118

/** Records that it was somebody else: the same fact however often the button is pressed. */
const makeRefuseConfirmation =
  ({ bus, clock, digest }: Pick<PreferencePorts, 'bus' | 'clock' | 'digest'>) =>
  ({ leadId, factId, formId }: Confirmation): Promise<void> =>
    bus.submit([
      {
        id: `${factId.length > longestStem ? digest(factId) : factId}:refused`,
        type: 'confirmation.refused',
        subject: { leadId },
        occurredAt: clock(),
        timeAssumed: true,
        properties: { form: formId, submission: factId },
      },
    ])

/** The fact that confirms a purpose: the same however often the button is pressed. */
const confirmationId = (
  { factId, purpose: own }: Confirmation,
  purpose: string,
  digest: PreferencePorts['digest'],
): string =>
  `${factId.length > longestStem ? digest(factId) : factId}:${purpose === own ? 'confirmed' : 'opted-in'}`

/** Records each consent with its evidence; confirming again is the same facts. */
export const makeConfirmConsent =
  ({ bus, clock, digest }: Pick<PreferencePorts, 'bus' | 'clock' | 'digest'>) =>
  async (
    confirmation: Confirmation,
    consents: readonly LinkedConsent[],
    visitorId: string | undefined,
  ): Promise<void> => {
    const { leadId, factId, language, formId } = confirmation
    const occurredAt = clock()
    await bus.submit(
      consents.map(({ purpose, wording }) => ({
        id: confirmationId(confirmation, purpose, digest),
        type: 'consent.granted',
        subject: { leadId },
        occurredAt,
        timeAssumed: true,
        properties: {
          form: formId,
          purpose,
          language,
          ...(wording === undefined ? {} : { wording, wordingHash: digest(wording) }),
          submission: factId,
          confirmed: true,
          how: 'double-opt-in',
          ...(visitorId === undefined ? {} : { visitorId }),
        },
      })),
    )
  }

/** What a link may still confirm: nothing where it was all taken back, or of somebody who is not there any more. */
interface Standing {
  readonly consents: readonly LinkedConsent[]
  /** It is all confirmed already. */
  readonly isDone: boolean
  /** The browser in which the form was filled in. */
  readonly visitorId?: string | undefined
}

/** Every link that we signed is still valid then. */
const longAgo = '1970-01-01T00:00:00.000Z'

const linkOver = { type: 'not-found', detail: textsIn('en').page.linkOver } as const

/**
 * `/confirm/{token}`: looking changes nothing, the button confirms. It is looked up what confirming would do, so that nobody
 * is told of a consent that is not there: a link from before a withdrawal gives nothing back. Of somebody who was erased
 * the answer is that of a link that has expired.
 */
const makeAnswerConfirmation = (ports: PreferencePorts) => {
  const { leads, clock, playbook } = ports
  const readConfirmation = makeReadConfirmation(ports)
  const confirmConsent = makeConfirmConsent(ports)
  const refuseConfirmation = makeRefuseConfirmation(ports)

  /** The form that it came from, or else one that asks for the same. */
  const formFor = ({ form, purpose, language }: Confirmation): string | undefined => {
    const found =
      form ??
      Object.values(playbook.forms).find((one) => one.purpose === purpose && one.consent === 'double-opt-in')
    return found && `/f/${encodeURIComponent(found.id)}?lang=${encodeURIComponent(language)}`
  }

  const frameFor = ({ language, form }: Confirmation): PageFrame => ({
    ...frameOf(playbook.settings, language),
    privacy: form?.privacy,
  })

  const over = (context: HttpContext, confirmation: Confirmation): Response =>
    wantsPage(context)
      ? pageReply(
          statusOf(linkOver),
          renderLinkOverPage(frameFor(confirmation), formFor(confirmation)),
          playbook.settings,
        )
      : problemReply(linkOver)

  const currentConsents = async (confirmation: Confirmation): Promise<Standing> => {
    const lead = await rootLead(leads, confirmation.leadId)
    if (!lead?.state) return { consents: [], isDone: false }
    const { consent, confirmations, suppression } = lead.state
    const effectOf = ({ purpose }: LinkedConsent) =>
      effectOfGrant(
        { consent: consent[purpose], confirmations, suppression },
        { confirmed: true, submission: confirmation.factId },
      )
    const facts = await leads.facts(lead.leadId)
    const consents = consentsOf(confirmation, facts).filter((one) => effectOf(one) !== 'outdated')
    const ids = new Set(facts.map(({ id }) => id))
    // Whoever has confirmed another form before has this one still to confirm, if it is there.
    const isConfirmed = ({ purpose }: LinkedConsent) =>
      !ids.has(confirmation.factId) || ids.has(confirmationId(confirmation, purpose, ports.digest))
    return {
      consents,
      isDone: consents.every((one) => effectOf(one) === 'unchanged' && isConfirmed(one)),
      visitorId: visitorOf(confirmation, facts),
    }
  }

  /** Also by a link that confirms nothing any more. */
  const refuse = async (context: HttpContext, confirmation: Confirmation): Promise<Response> => {
    const frame = frameFor(confirmation)
    if (context.req.method !== 'POST') return pageReply(200, renderNotMePage(frame), frame)
    if (await rootLead(leads, confirmation.leadId)) await refuseConfirmation(confirmation)
    return wantsPage(context)
      ? pageReply(200, renderNotMeDonePage(frame), frame)
      : Response.json({ status: 'refused' })
  }

  return async (context: HttpContext): Promise<Response> => {
    const token = context.req.param('token') ?? ''
    const issued = readConfirmation(token, longAgo)
    if (issued === undefined) return notFound(context, playbook, 'link')
    if (context.req.query(notMe) !== undefined) return refuse(context, issued)
    const confirmation = readConfirmation(token, clock())
    if (confirmation === undefined) return over(context, issued)
    const { consents, isDone, visitorId } = await currentConsents(confirmation)
    if (consents.length === 0) return over(context, confirmation)
    const frame = frameFor(confirmation)
    const own = confirmation.form?.confirmed
    if (context.req.method !== 'POST') {
      const wordings = consents.flatMap(({ wording }) => wording ?? [])
      return pageReply(
        200,
        isDone ? renderAlreadyConfirmedPage(frame, own) : renderConfirmPage(frame, wordings),
        frame,
      )
    }
    // One from another form records that form's activity.
    await confirmConsent(confirmation, consents, visitorId)
    if (!wantsPage(context)) return Response.json({ status: 'confirmed' })
    return pageReply(
      200,
      isDone ? renderAlreadyConfirmedPage(frame, own) : renderConfirmedPage(frame, own),
      frame,
    )
  }
}

/** What people confirm and leave by: links in emails. */
export const preferencesApp = (ports: PreferencePorts): HttpApp => {
  const confirmation = makeAnswerConfirmation(ports)
  const preferences = makePreferenceRoutes(ports)
  return makeApp()
    .get('/confirm/:token', confirmation)
    .post('/confirm/:token', confirmation)
    .get('/u/:token', preferences.show)
    .post('/u/:token', preferences.post)
}
