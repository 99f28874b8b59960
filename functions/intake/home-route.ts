import { chooseLanguage } from '../../domain/form/choose-language.ts'
import { localize } from '../../domain/form/localize.ts'
import { renderHomePage } from '../../domain/page/message-pages.ts'
import { frameOf } from '../../domain/page/page-layout.ts'
import { problemReply } from '../http/problem.ts'
import { pageReply, type Reply } from '../http/reply.ts'
import { type HttpRequest, wantsPage } from '../http/request.ts'
import type { IntakePorts } from './intake-ports.ts'

/** `GET /`: whoever opens the address of the API in a browser sees what there is; programs are told that there is nothing. */
export const makeHomeRoute =
  ({ playbook: { settings, forms } }: Pick<IntakePorts, 'playbook'>) =>
  async (request: HttpRequest): Promise<Reply> => {
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (!isRead || !wantsPage(request))
      return problemReply({ type: 'not-found', detail: 'There is nothing at this address.' })
    const language = chooseLanguage(settings.languages, {
      lang: request.query.lang,
      acceptLanguage: request.headers['accept-language'],
    })
    const frame = frameOf(settings, language)
    const listed = Object.values(forms).map(({ id, title }) => ({
      title: localize(title, language),
      address: `/f/${encodeURIComponent(id)}`,
    }))
    return pageReply(200, renderHomePage(frame, listed), frame)
  }
