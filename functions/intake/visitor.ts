import { isId } from '../../domain/activity/is-id.ts'
import type { Posted } from '../../domain/form/check-field.ts'
import type { HttpRequest } from '../http/request.ts'
import { visitorCookie, visitorField } from './tracking-snippet.ts'

/** The browser that a form was sent from: the snippet names it in the form, or its cookie does where the form stands on the same site. */
export const visitorOf = (
  { cookies }: Pick<HttpRequest, 'cookies'>,
  posted: ReadonlyMap<string, Posted>,
): string | undefined => {
  const field = posted.get(visitorField)
  const named = field?.type === 'scalar' && field.value !== '' ? field.value : cookies[visitorCookie]
  return isId(named) ? named : undefined
}
