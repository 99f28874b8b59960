import type { FieldError } from '../../domain/field-error.ts'
import type { SourceFiles } from '../playbook-ports.ts'

const maxFiles = 1_000
const maxPath = 200
/** An email as large as this would be cut off several times over. */
const maxFileBytes = 128 * 1024

export type ParsedFiles =
  | { readonly type: 'files'; readonly files: SourceFiles }
  /** The body has no `files`. */
  | { readonly type: 'absent' }
  | { readonly type: 'refused'; readonly errors: readonly FieldError[] }

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const errorIn = (path: string, text: unknown): string | undefined => {
  if (path === '' || path.length > maxPath) return `the path must have 1 to ${maxPath} characters`
  if (typeof text !== 'string') return 'must be the text of the file'
  const bytes = new TextEncoder().encode(text).byteLength
  return bytes > maxFileBytes ? `must have at most ${maxFileBytes} bytes, not ${bytes}` : undefined
}

/** Reads `{ "files": { "<path>": "<text>" } }`. Whether they make a playbook is another question. */
export const parseFiles = (body: unknown): ParsedFiles => {
  const refused = (errors: readonly FieldError[]): ParsedFiles => ({ type: 'refused', errors })
  if (body === undefined) return { type: 'absent' }
  if (!isObject(body)) return refused([{ path: '', message: 'must be a JSON object' }])
  if (body.files === undefined) return { type: 'absent' }
  if (!isObject(body.files)) return refused([{ path: 'files', message: 'must be an object: text by path' }])
  const entries = Object.entries(body.files)
  if (entries.length > maxFiles)
    return refused([{ path: 'files', message: `must hold at most ${maxFiles} files, not ${entries.length}` }])
  const errors = entries.flatMap(([path, text]) => {
    const message = errorIn(path, text)
    return message === undefined ? [] : [{ path: `files.${path.slice(0, maxPath)}`, message }]
  })
  return errors.length > 0
    ? refused(errors)
    : { type: 'files', files: new Map(entries.map(([path, text]) => [path, String(text)])) }
}
