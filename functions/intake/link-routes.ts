import { chooseLanguage } from '../../domain/form/choose-language.ts'
import {
  renderConfirmedPage,
  renderConfirmPage,
  renderUnsubscribedPage,
  renderUnsubscribePage,
} from '../../domain/page/message-pages.ts'
import { problemReply } from '../http/problem.ts'
import { jsonReply, pageReply, type Reply } from '../http/reply.ts'
import { type HttpRequest, wantsPage } from '../http/request.ts'
import { makeConfirmConsent, makeReadConfirmation, wordingOf } from './confirm-consent.ts'
import type { IntakePorts } from './intake-ports.ts'
import { notFound } from './not-found.ts'
import { readPosted } from './read-posted.ts'
import { makeReadSubscription, makeUnsubscribe } from './unsubscribe.ts'

const methodNotAllowed = problemReply({ type: 'method-not-allowed', allow: ['GET', 'POST'] })

/** `/confirm/{token}`: looking changes nothing, the button confirms. */
export const makeConfirmRoute = (ports: IntakePorts) => {
  const { playbook } = ports
  const readConfirmation = makeReadConfirmation(ports)
  const confirmConsent = makeConfirmConsent(ports)
  return async (request: HttpRequest): Promise<Reply> => {
    const confirmation = readConfirmation(request.params.token ?? '')
    if (confirmation === undefined) return notFound(request, playbook, 'link')
    const frame = { language: confirmation.language, company: playbook.settings.company }
    switch (request.method) {
      case 'GET':
      case 'HEAD':
        return pageReply(200, renderConfirmPage(frame, wordingOf(confirmation)))
      case 'POST':
        await confirmConsent(confirmation)
        return wantsPage(request)
          ? pageReply(200, renderConfirmedPage(frame))
          : jsonReply(200, { status: 'confirmed' })
      default:
        return methodNotAllowed
    }
  }
}

/** RFC 8058: what a mail client posts on its user's behalf. */
const isOneClick = async (request: HttpRequest): Promise<boolean> => {
  const read = await readPosted(request)
  const field = read.type === 'posted' ? read.fields.get('List-Unsubscribe') : undefined
  return field?.type === 'scalar' && field.value === 'One-Click'
}

/** `/u/{token}`: looking changes nothing, any post unsubscribes at once, without login or a second question. */
export const makeUnsubscribeRoute = (ports: IntakePorts) => {
  const { playbook } = ports
  const { settings } = playbook
  const readSubscription = makeReadSubscription(ports)
  const unsubscribe = makeUnsubscribe(ports)
  return async (request: HttpRequest): Promise<Reply> => {
    const token = request.params.token ?? ''
    const subscription = readSubscription(token)
    if (subscription === undefined) return notFound(request, playbook, 'link')
    const language = chooseLanguage(settings.languages, {
      lang: subscription.language ?? request.query.lang,
      acceptLanguage: request.headers['accept-language'],
    })
    const frame = { language, company: settings.company }
    switch (request.method) {
      case 'GET':
      case 'HEAD':
        return pageReply(200, renderUnsubscribePage(frame))
      case 'POST':
        await unsubscribe(token, subscription, (await isOneClick(request)) ? 'one-click' : 'page')
        return wantsPage(request)
          ? pageReply(200, renderUnsubscribedPage(frame))
          : jsonReply(200, { status: 'unsubscribed' })
      default:
        return methodNotAllowed
    }
  }
}
