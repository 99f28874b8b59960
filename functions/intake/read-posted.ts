import type { Posted } from '../../domain/form/check-field.ts'
import type { Refusal } from '../http/refusal.ts'
import { type HttpRequest, mediaTypeOf } from '../http/request.ts'

/** A public form's body may have as many bytes as this. */
const maxBytes = 64 * 1024

const mediaTypes = ['application/x-www-form-urlencoded', 'multipart/form-data', 'application/json']

type Read =
  | { readonly type: 'posted'; readonly fields: ReadonlyMap<string, Posted> }
  | { readonly type: 'refusal'; readonly refusal: Refusal }

const posted = (entries: Iterable<readonly [string, Posted]>): Read => ({
  type: 'posted',
  fields: new Map(entries),
})
const refuse = (refusal: Refusal): Read => ({ type: 'refusal', refusal })
const malformed = (detail: string): Read => refuse({ type: 'malformed', detail })

const scalar = (value: string | number | boolean): Posted => ({ type: 'scalar', value })

const ofJson = (value: unknown): Posted => {
  if (value === null) return scalar('')
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return scalar(value)
  return { type: 'other' }
}

const readJson = (body: Uint8Array): Read => {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return malformed('The body is to be a JSON object of fields.')
    return posted(Object.entries(value).map(([name, field]) => [name, ofJson(field)]))
  } catch {
    return malformed('The body is not JSON in UTF-8.')
  }
}

const readMultipart = async (request: HttpRequest): Promise<Read> => {
  try {
    const headers = { 'content-type': request.headers['content-type'] ?? '' }
    const form = await new Response(request.body, { headers }).formData()
    return posted(
      [...form].map(([name, value]): [string, Posted] => {
        if (typeof value === 'string') return [name, scalar(value)]
        // A file control that was left empty is sent as a file without name and content.
        return [name, value.size === 0 ? scalar('') : { type: 'file' }]
      }),
    )
  } catch {
    return malformed('The body is not multipart/form-data.')
  }
}

/** Reads a posted form of any of the three media types. A field given twice counts as given last. */
export const readPosted = async (request: HttpRequest): Promise<Read> => {
  if (request.body.byteLength > maxBytes) return refuse({ type: 'too-large', limit: maxBytes })
  switch (mediaTypeOf(request)) {
    case 'application/x-www-form-urlencoded': {
      const fields = new URLSearchParams(new TextDecoder().decode(request.body))
      return posted([...fields].map(([name, value]) => [name, scalar(value)]))
    }
    case 'multipart/form-data':
      return readMultipart(request)
    case 'application/json':
      return readJson(request.body)
    default:
      return refuse({ type: 'unsupported-media-type', accepted: mediaTypes })
  }
}
