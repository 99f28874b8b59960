import type { Form } from '../../domain/form/form.ts'
import type { HttpRequest } from '../http/request.ts'

/** What scripts of a form's sites may send. */
export const preflightHeaders = {
  'access-control-allow-methods': 'GET, POST',
  'access-control-allow-headers': 'content-type, idempotency-key',
  'access-control-max-age': '600',
}

/** Lets scripts of the form's `origins`, and of no other site, read the answer. */
export const crossOriginHeaders = (form: Form, { headers }: HttpRequest): Record<string, string> =>
  headers.origin !== undefined && form.origins.includes(headers.origin)
    ? { 'access-control-allow-origin': headers.origin, vary: 'Origin, Accept, Accept-Language' }
    : { vary: 'Origin, Accept, Accept-Language' }
