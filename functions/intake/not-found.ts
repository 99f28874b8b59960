import { chooseLanguage } from '../../domain/form/choose-language.ts'
import { renderNotFoundPage } from '../../domain/page/message-pages.ts'
import { frameOf } from '../../domain/page/page-layout.ts'
import { pageTexts } from '../../domain/page/page-texts.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import { problemReply, statusOf } from '../http/problem.ts'
import { pageReply, type Reply } from '../http/reply.ts'
import { type HttpRequest, wantsPage } from '../http/request.ts'

/** People get a page in their language, programs a problem. */
export const notFound = (
  request: HttpRequest,
  { settings }: Pick<Playbook, 'settings'>,
  what: 'form' | 'link',
): Reply => {
  const texts = pageTexts('en')
  const refusal = {
    type: 'not-found',
    detail: what === 'form' ? texts.formNotFound : texts.linkNotFound,
  } as const
  if (!wantsPage(request)) return problemReply(refusal)
  const language = chooseLanguage(settings.languages, {
    lang: request.query.lang,
    acceptLanguage: request.headers['accept-language'],
  })
  const frame = frameOf(settings, language)
  return pageReply(statusOf(refusal), renderNotFoundPage(frame, what), frame)
}
