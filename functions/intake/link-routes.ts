import { renderConfirmedPage, renderConfirmPage } from '../../domain/page/message-pages.ts'
import { problemReply } from '../http/problem.ts'
import { jsonReply, pageReply, type Reply } from '../http/reply.ts'
import { type HttpRequest, wantsPage } from '../http/request.ts'
import { makeConfirmConsent, makeReadConfirmation, wordingOf } from './confirm-consent.ts'
import type { IntakePorts } from './intake-ports.ts'
import { notFound } from './not-found.ts'

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
