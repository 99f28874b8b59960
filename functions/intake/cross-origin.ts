import { chooseLanguage } from '../../domain/form/form-page.ts'
import type { Form } from '../../domain/model/form.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import { renderNotFoundPage } from '../../domain/page/message-pages.ts'
import { frameOf } from '../../domain/page/page-layout.ts'
import { textsIn } from '../../domain/texts/texts.ts'
import type { HttpContext } from '../http/http-app.ts'
import { pageReply, wantsPage } from '../http/http-message.ts'
import { problemReply, type Refusal, statusOf } from '../http/problem.ts'

/** Requests that scripts on a form's sites may send. */
export const preflightHeaders = {
  'access-control-allow-methods': 'GET, POST',
  'access-control-allow-headers': 'content-type, idempotency-key',
  'access-control-max-age': '600',
}

/** Allows scripts on the form's `origins` only to read the response. */
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

/** A plain form post navigates the visitor here, in plain sight: no script is behind it. */
const isNavigation = (context: HttpContext): boolean =>
  (context.req.header('sec-fetch-mode') ?? (wantsPage(context) ? 'navigate' : 'cors')) === 'navigate'

/** Whether a script on a site that the form does not list posts on its visitor's behalf. */
export const isForeignScript = (form: Form, context: HttpContext, own: string): boolean => {
  const origin = context.req.header('origin')
  return origin !== undefined && origin !== own && !form.origins.includes(origin) && !isNavigation(context)
}

/** A page in the visitor's language for browsers, a problem document for programs. */
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
