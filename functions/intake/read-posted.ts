import type { Posted } from '../../domain/form/check-field.ts'
import type { Refusal } from '../http/refusal.ts'
import { type HttpRequest, mediaTypeOf } from '../http/request.ts'
import { readParts } from './multipart.ts'
import { binaryOf, parameterIn, textReader } from './posted-text.ts'

/** A public form's body may have as many bytes as this. */
const maxBytes = 64 * 1024

const mediaTypes = ['application/x-www-form-urlencoded', 'multipart/form-data', 'application/json']

type Read =
  | { readonly type: 'posted'; readonly fields: ReadonlyMap<string, Posted> }
  | { readonly type: 'refusal'; readonly refusal: Refusal }

/** What is given last counts; where several answers may be given, all of them are there. */
const posted = (entries: readonly (readonly [string, Posted])[]): Read => {
  const fields = new Map<string, Posted>()
  for (const [name, entry] of entries) {
    const before = fields.get(name)
    const all =
      entry.type === 'scalar' && before?.type === 'scalar'
        ? [...(before.all ?? [String(before.value)]), String(entry.value)]
        : undefined
    fields.set(name, all === undefined ? entry : ({ ...entry, all } as Posted))
  }
  return { type: 'posted', fields }
}
const refuse = (refusal: Refusal): Read => ({ type: 'refusal', refusal })
const malformed = (detail: string): Read => refuse({ type: 'malformed', detail })

const scalar = (value: string | number | boolean): Posted => ({ type: 'scalar', value })

const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

const ofJson = (value: unknown): Posted => {
  if (value === null) return scalar('')
  if (isScalar(value)) return scalar(value)
  if (Array.isArray(value) && value.every(isScalar)) return { type: 'list', values: value }
  return { type: 'other' }
}

const decoded = (body: Uint8Array, label: string): string | undefined => {
  try {
    return new TextDecoder(label, { fatal: true }).decode(body)
  } catch {
    return undefined
  }
}

/** JSON is UTF-8 (RFC 8259); what says that it is something else, and is, is read as that. */
const readJson = ({ body, headers }: HttpRequest): Read => {
  const charset = parameterIn(headers['content-type'] ?? '', 'charset') ?? 'utf-8'
  try {
    const value: unknown = JSON.parse(decoded(body, 'utf-8') ?? decoded(body, charset) ?? '')
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return malformed('The body is to be a JSON object of fields.')
    return posted(Object.entries(value).map(([name, field]) => [name, ofJson(field)]))
  } catch {
    return malformed('The body is not JSON in UTF-8.')
  }
}

/** Field in which a form says what it is in; browsers fill it in (HTML, form submission). */
const charsetField = '_charset_'

const readMultipart = ({ body, headers }: HttpRequest): Read => {
  const contentType = headers['content-type'] ?? ''
  const parts = readParts(binaryOf(body), contentType)
  if (parts === undefined) return malformed('The body is not multipart/form-data.')
  const named = parts.find(({ name }) => name === charsetField)?.value
  const declared = [named, parameterIn(contentType, 'charset')]
  const texts = parts.filter(({ charset, isFile }) => charset === undefined && !isFile)
  const read = textReader(
    texts.map(({ value }) => value),
    declared,
  )
  return posted(
    parts.map(({ name, value, charset, isFile }): [string, Posted] => {
      // A file control that was left empty is sent as a file without name and content.
      if (isFile) return [read(name), value === '' ? scalar('') : { type: 'file' }]
      const own = charset === undefined ? read : textReader([value], [charset, ...declared])
      return [read(name), scalar(own(value))]
    }),
  )
}

/** `%FC` and `+` as the bytes that they stand for; a `%` that begins nothing stands for itself. */
const unescaped = (text: string): string =>
  text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))

const readUrlencoded = ({ body, headers }: HttpRequest): Read => {
  const pairs = binaryOf(body)
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair): readonly [string, string] => {
      const [, name = pair, value = ''] = /^([^=]*)=(.*)$/s.exec(pair) ?? []
      return [unescaped(name), unescaped(value)]
    })
  const named = pairs.find(([name]) => name === charsetField)?.[1]
  const read = textReader(pairs.flat(), [parameterIn(headers['content-type'] ?? '', 'charset'), named])
  return posted(pairs.map(([name, value]) => [read(name), scalar(read(value))]))
}

/** Reads a posted form of any of the three media types. A field given twice counts as given last. */
export const readPosted = (request: HttpRequest): Read => {
  if (request.body.byteLength > maxBytes) return refuse({ type: 'too-large', limit: maxBytes })
  switch (mediaTypeOf(request)) {
    case 'application/x-www-form-urlencoded':
      return readUrlencoded(request)
    case 'multipart/form-data':
      return readMultipart(request)
    case 'application/json':
      return readJson(request)
    default:
      return refuse({ type: 'unsupported-media-type', accepted: mediaTypes })
  }
}
