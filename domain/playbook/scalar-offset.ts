export type ScalarStyle = 'plain' | 'single' | 'double' | 'block'

const whitespace = /\s/

const skip = (text: string, from: number): number => {
  let at = from
  while (at < text.length && whitespace.test(text.charAt(at))) at += 1
  return at
}

/** How many characters of the value a run of white space stands for: one line break folds to a space, more to one less. */
const foldedLength = (run: string): number => {
  const breaks = run.split('\n').length - 1
  if (breaks === 0) return run.length
  return breaks === 1 ? 1 : breaks - 1
}

const escapeLength: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 }

/** One step through a quoted or plain scalar: characters of the source, and of the value, that belong together. */
const flowStep = (
  raw: string,
  at: number,
  value: string,
  read: number,
  style: ScalarStyle,
): [number, number] => {
  const [letter, next] = [raw.charAt(at), raw.charAt(at + 1)]
  if (style === 'single' && letter === "'") return [2, 1]
  if (style === 'double' && letter === '\\') {
    if (next === '\n' || next === '\r') return [skip(raw, at + 1) - at, 0]
    const wide = next === 'U' && (value.codePointAt(read) ?? 0) > 0xffff
    return [escapeLength[next] ?? 2, wide ? 2 : 1]
  }
  if (!whitespace.test(letter)) return [1, 1]
  const end = skip(raw, at)
  return [end - at, foldedLength(raw.slice(at, end))]
}

/** In a block nothing is escaped: a run of white space matches the run in the value, whatever its indentation. */
const blockStep = (raw: string, at: number, value: string, read: number): [number, number] =>
  whitespace.test(raw.charAt(at)) ? [skip(raw, at) - at, skip(value, read) - read] : [1, 1]

/**
 * Where the character at `offset` of a YAML string stands in the source it was read from. `raw` is the scalar's source
 * without its opening quote or block header.
 */
export const rawOffset = (raw: string, value: string, offset: number, style: ScalarStyle): number => {
  let at = style === 'block' ? skip(raw, 0) : 0
  let read = style === 'block' ? skip(value, 0) : 0
  while (read < offset && at < raw.length) {
    const [source, decoded] =
      style === 'block' ? blockStep(raw, at, value, read) : flowStep(raw, at, value, read, style)
    if (read + decoded > offset) return at + Math.min(offset - read, source - 1)
    at += source
    read += decoded
  }
  return style === 'double' && raw.charAt(at) === '\\' && /[\r\n]/.test(raw.charAt(at + 1))
    ? skip(raw, at + 1)
    : at
}
