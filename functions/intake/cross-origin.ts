import { chooseLanguage } from '../../domain/form/form-page.ts'
import type { Form } from '../../domain/model/form.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import { renderNotFoundPage } from '../../domain/page/message-pages.ts'
import { frameOf } from '../../domain/page/page-layout.ts'
import { textsIn } from '../../domain/texts/texts.ts'
import type { HttpContext } from '../http/http-app.ts'
import { pageReply, wantsPage } from '../http/http-message.ts'
import { problemReply, type Refusal, statusOf } from '../http/problem.ts'

/** What scripts of a form's sites may send. */
export const preflightHeaders = {
  'access-control-allow-methods': 'GET, POST',
  'access-control-allow-headers': 'content-type, idempotency-key',
  'access-control-max-age': '600',
}

/** Lets scripts of the form's `origins`, and of no other site, read the answer. */
export const crossOriginHeaders = (form: Form, { req }: HttpContext): Readonly<Record<string, string>> => {
  const origin = req.header('origin')
  const allowed = origin !== undefined &&
    form.origins.includes(origin) && { 'access-control-allow-origin': origin }
  return { ...allowed, vary: 'Origin, Accept, Accept-Language' }
}

export const foreignSite: Refusal = {
  type: 'forbidden',
  detail: 'Scripts of this site may not post the form: its origin is not among the origins of the form.',
}

/** A form that a page posts as browsers do leads its visitor here, where everybody sees it: that is nobody's script. */
const isNavigation = (context: HttpContext): boolean =>
  (context.req.header('sec-fetch-mode') ?? (wantsPage(context) ? 'navigate' : 'cors')) === 'navigate'

/** Whether a script of a site that the form does not name posts in the name of whoever reads that site. */
export const isForeignScript = (form: Form, context: HttpContext, own: string): boolean => {
  const origin = context.req.header('origin')
  return origin !== undefined && origin !== own && !form.origins.includes(origin) && !isNavigation(context)
}

/** People get a page in their language, programs a problem. */
export const notFound = (
  context: HttpContext,
  { settings }: Pick<Playbook, 'settings'>,
  what: 'form' | 'link',
): Response => {
  const texts = textsIn('en').page
  const refusal = {
    type: 'not-found',
    detail: what === 'form' ? texts.formNotFound : texts.linkNotFound,
  } as const
  if (!wantsPage(context)) return problemReply(refusal)
  const language = chooseLanguage(settings.languages, {
    lang: context.req.query('lang'),
    acceptLanguage: context.req.header('accept-language'),
  })
  const frame = frameOf(settings, language)
  return pageReply(statusOf(refusal), renderNotFoundPage(frame, what), frame)
}
