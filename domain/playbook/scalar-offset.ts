const whitespace = /\s/

const skip = (text: string, from: number): number => {
  let at = from
  while (at < text.length && whitespace.test(text.charAt(at))) at += 1
  return at
}

const escapeLength: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 }

/**
 * Where the character at `offset` of a YAML string stands in the source it was read from. `raw` is the scalar's source
 * without its opening quote or block header. Runs of white space, which folding and indentation change, match as wholes.
 */
export const rawOffset = (
  raw: string,
  value: string,
  offset: number,
  style: 'double' | 'single' | 'other',
): number => {
  let at = skip(raw, 0)
  let read = skip(value, 0)
  while (read < offset && at < raw.length) {
    const letter = raw.charAt(at)
    if (style === 'double' && letter === '\\') {
      const next = raw.charAt(at + 1)
      if (next === '\n' || next === '\r') {
        at = skip(raw, at + 1)
        continue
      }
      const wide = next === 'U' && (value.codePointAt(read) ?? 0) > 0xffff
      at += escapeLength[next] ?? 2
      read += wide ? 2 : 1
    } else if (style === 'single' && letter === "'") {
      at += 2
      read += 1
    } else if (whitespace.test(letter)) {
      const end = skip(raw, at)
      const readEnd = skip(value, read)
      if (readEnd > offset) return Math.min(at + (offset - read), end)
      at = end
      read = readEnd
    } else {
      at += 1
      read += 1
    }
  }
  return at
}
