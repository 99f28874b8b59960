import { notMe } from '../../domain/email/email-request.ts'
import { effectOfGrant } from '../../domain/lead/effect-of-grant.ts'
import {
  renderAlreadyConfirmedPage,
  renderConfirmedPage,
  renderConfirmPage,
  renderLinkOverPage,
  renderNotMeDonePage,
  renderNotMePage,
} from '../../domain/page/message-pages.ts'
import { frameOf, type PageFrame } from '../../domain/page/page-layout.ts'
import { pageTexts } from '../../domain/page/page-texts.ts'
import { problemReply, statusOf } from '../http/problem.ts'
import { jsonReply, pageReply, type Reply } from '../http/reply.ts'
import { type HttpRequest, wantsPage } from '../http/request.ts'
import { notFound } from '../intake/not-found.ts'
import { rootLead } from '../root-lead.ts'
import {
  type Confirmation,
  confirmationId,
  consentsOf,
  type LinkedConsent,
  makeConfirmConsent,
  makeReadConfirmation,
  makeRefuseConfirmation,
  visitorOf,
} from './confirm-consent.ts'
import type { PreferencePorts } from './preference-ports.ts'

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

const linkOver = { type: 'not-found', detail: pageTexts('en').linkOver } as const

/**
 * `/confirm/{token}`: looking changes nothing, the button confirms. It is looked up what confirming would do, so that nobody
 * is told of a consent that is not there: a link from before a withdrawal gives nothing back. Of somebody who was erased
 * the answer is that of a link that has expired.
 */
export const makeAnswerConfirmation = (ports: PreferencePorts) => {
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

  const over = (request: HttpRequest, confirmation: Confirmation): Reply =>
    wantsPage(request)
      ? pageReply(
          statusOf(linkOver),
          renderLinkOverPage(frameFor(confirmation), formFor(confirmation)),
          playbook.settings,
        )
      : problemReply(linkOver)

  const standing = async (confirmation: Confirmation): Promise<Standing> => {
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
  const refuse = async (request: HttpRequest, confirmation: Confirmation): Promise<Reply> => {
    const frame = frameFor(confirmation)
    if (request.method !== 'POST') return pageReply(200, renderNotMePage(frame), frame)
    if (await rootLead(leads, confirmation.leadId)) await refuseConfirmation(confirmation)
    return wantsPage(request)
      ? pageReply(200, renderNotMeDonePage(frame), frame)
      : jsonReply(200, { status: 'refused' })
  }

  return async (request: HttpRequest): Promise<Reply> => {
    const token = request.params.token ?? ''
    const issued = readConfirmation(token, longAgo)
    if (issued === undefined) return notFound(request, playbook, 'link')
    const isPost = request.method === 'POST'
    if (!isPost && request.method !== 'GET' && request.method !== 'HEAD')
      return problemReply({ type: 'method-not-allowed', allow: ['GET', 'POST'] })
    if (request.query[notMe] !== undefined) return refuse(request, issued)
    const confirmation = readConfirmation(token, clock())
    if (confirmation === undefined) return over(request, issued)
    const { consents, isDone, visitorId } = await standing(confirmation)
    if (consents.length === 0) return over(request, confirmation)
    const frame = frameFor(confirmation)
    const own = confirmation.form?.confirmed
    if (!isPost) {
      const wordings = consents.flatMap(({ wording }) => wording ?? [])
      return pageReply(
        200,
        isDone ? renderAlreadyConfirmedPage(frame, own) : renderConfirmPage(frame, wordings),
        frame,
      )
    }
    // One from another form records that form's activity.
    await confirmConsent(confirmation, consents, visitorId)
    if (!wantsPage(request)) return jsonReply(200, { status: 'confirmed' })
    return pageReply(
      200,
      isDone ? renderAlreadyConfirmedPage(frame, own) : renderConfirmedPage(frame, own),
      frame,
    )
  }
}
