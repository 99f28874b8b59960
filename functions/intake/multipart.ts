import { parameterIn } from './posted-text.ts'

/** One part of a multipart body; `name` and `value` as bytes, one character each. */
export interface Part {
  readonly name: string
  readonly value: string
  readonly charset?: string
  readonly isFile: boolean
}

const headersOf = (block: string): ReadonlyMap<string, string> =>
  new Map(
    block
      // A line that begins with space goes on with the one before.
      .replace(/\r?\n[ \t]+/g, ' ')
      .split(/\r?\n/)
      .flatMap((line): [string, string][] => {
        const at = line.indexOf(':')
        return at < 1 ? [] : [[line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()]]
      }),
  )

const partOf = (text: string): Part | undefined => {
  const [head = '', end = ''] = /^(?:[^\r\n]+\r?\n)*?(\r?\n)/.exec(text) ?? []
  if (end === '') return undefined
  const headers = headersOf(head)
  const disposition = headers.get('content-disposition') ?? ''
  const name = parameterIn(disposition, 'name')
  if (!/^form-data\b/i.test(disposition) || name === undefined) return undefined
  const charset = parameterIn(headers.get('content-type') ?? '', 'charset')
  const body = text.slice(head.length)
  const isBase64 = /^base64$/i.test(headers.get('content-transfer-encoding') ?? '')
  return {
    // Browsers write quotes and line breaks in names as %22, %0D, %0A (HTML, multipart form data).
    name: name.replace(/%22/g, '"').replace(/%0D/gi, '\r').replace(/%0A/gi, '\n'),
    value: isBase64 ? Buffer.from(body, 'base64').toString('latin1') : body,
    isFile: /;\s*filename\*?\s*=/i.test(disposition),
    ...(charset === undefined ? {} : { charset }),
  }
}

/**
 * Parts of a `multipart/form-data` body (RFC 7578), with what stands before the first and after the last left out.
 * @param body bytes, one character each.
 * @returns undefined where it has no end, or a part without a name.
 */
export const readParts = (body: string, contentType: string): readonly Part[] | undefined => {
  const boundary = parameterIn(contentType, 'boundary')
  if (boundary === undefined || boundary === '' || boundary.length > 200) return undefined
  const pieces = `\r\n${body}`.split(`\n--${boundary}`).map((piece) => piece.replace(/\r$/, ''))
  const end = pieces.findIndex((piece, index) => index > 0 && piece.startsWith('--'))
  if (end < 0) return undefined
  const parts = pieces.slice(1, end).map((piece) => {
    const line = /^[ \t]*\r?\n/.exec(piece)?.[0]
    return line === undefined ? undefined : partOf(piece.slice(line.length))
  })
  return parts.every((part) => part !== undefined) ? parts : undefined
}
