interface Read {
  readonly ways: number
  readonly next: number
}

/** A repetition at `at`: how many lengths it can take; without end, as many as the text is long. */
const repeats = (pattern: string, at: number, unlimited: number): Read => {
  const [text = '', least, comma, most] =
    /^(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??/.exec(pattern.slice(at, at + 20)) ?? []
  const next = at + text.length
  if (text === '') return { ways: 1, next }
  if (text.startsWith('?')) return { ways: 2, next }
  if (least === undefined) return { ways: unlimited, next }
  if (comma === undefined) return { ways: 1, next }
  return { ways: most ? Number(most) - Number(least) + 1 : unlimited, next }
}

/** One of several alternatives, up to the `)` or the end that closes them. */
const alternatives = (pattern: string, from: number, length: number): Read => {
  let [sum, product, at] = [0, 1, from]
  while (at < pattern.length && pattern[at] !== ')') {
    if (pattern[at] === '|') {
      sum += product
      product = 1
      at += 1
      continue
    }
    const group = pattern[at] === '(' ? alternatives(pattern, at + 1, length) : undefined
    const { ways, next } = repeats(pattern, group === undefined ? at + 1 : group.next + 1, length)
    product *= group === undefined ? ways : group.ways * ways
    at = next
  }
  return { ways: sum + product, next: at }
}

/**
 * In how many ways a matcher that tries one after the other can read a text from one place on: choices that follow
 * each other multiply. @param pattern without escapes and character classes, and with no group repeated without end.
 * @param length of the text, in UTF-16 units.
 */
export const waysThrough = (pattern: string, length: number): number => alternatives(pattern, 0, length).ways
