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
const waysThrough = (pattern: string, length: number): number => alternatives(pattern, 0, length).ways

/** Texts up to this length are always judged; the shape below keeps the work of one match within bounds. */
const shortSubject = 256
/** Addresses of pages with all their parameters are rarely longer. */
const longSubject = 2048
/** Ways to read a text times places to begin at: about 20 ms for the slowest pattern that is asked of longer texts. */
const maximumSteps = 2 ** 22
const maximumPattern = 200
const maximumRepeats = 2
/** Two repeats, and eight ways around them; one repeat less for each comprehension around it. */
const maximumWays = (depth: number): number => 8 * shortSubject ** (2 - depth)

/** Escapes and character classes say nothing about repetition. */
const withoutAtoms = (pattern: string): string =>
  pattern.replace(/\\(?:[pPu]\{[^}]*\}|[\s\S])/g, 'x').replace(/\[[^\]]*\]/g, 'x')

const instead =
  'write a character class such as [a-z/]+, or several parts with startsWith, endsWith or contains'

/** @returns why `pattern` could take for ever, or what is wrong with it; undefined when it is fine. */
const objection = (pattern: string, depth: number): string | undefined => {
  if (pattern.length > maximumPattern) return `the pattern is longer than ${maximumPattern} characters`
  if (/\\[1-9]|\\k</.test(pattern)) return 'back references are not available'
  const bare = withoutAtoms(pattern)
  if (/\(\?/.test(bare)) return 'groups that begin with (? are not available'
  if (/\)(?:[*+{])/.test(bare)) return `a group cannot be repeated: ${instead}`
  if ((bare.match(/[*+]|\{\d+,\}/g) ?? []).length > maximumRepeats) {
    return `at most ${maximumRepeats} of *, + and {n,} in one pattern: ${instead}`
  }
  if ((bare.match(/\{\d+(?:,\d*)?\}/g) ?? []).some((repeat) => /\d{3,}/.test(repeat))) {
    return 'a pattern repeats at most 99 times'
  }
  if (waysThrough(bare, shortSubject) > maximumWays(depth))
    return 'the pattern can be read in too many ways: use fewer of ? {n,m} and |'
  return undefined
}

/** Whether the whole pattern can begin at the start of a text alone. */
const isAnchored = (bare: string): boolean => {
  let depth = 0
  for (const letter of bare) {
    if (letter === '(') depth += 1
    else if (letter === ')') depth -= 1
    else if (letter === '|' && depth === 0) return false
  }
  return bare.startsWith('^')
}

/** The longest text that is matched within the steps. Below a comprehension, where texts are many, only short ones are. */
const longestFor = (pattern: string, depth: number): number => {
  const bare = withoutAtoms(pattern)
  // Counted repeats are laid out one after the other, and take as much longer to try.
  const eachWay = bare.includes('{') ? 4 : 1
  const steps = (length: number): number =>
    eachWay * waysThrough(bare, length) * (isAnchored(bare) ? 1 : length)
  let longest = depth > 0 ? shortSubject : longSubject
  while (longest > shortSubject && steps(longest) > maximumSteps) longest /= 2
  return longest
}

/** A pattern whose work is bounded: it is asked of texts of at most `longest` UTF-16 units. */
interface SafePattern {
  readonly longest: number
  /** @returns undefined for a text that is longer. */
  readonly test: (text: string) => boolean | undefined
}

/** @param depth how many comprehensions ask it again and again. @returns a test whose time is bounded, or the reason why there is none. */
export const compilePattern = (pattern: string, depth = 0): SafePattern | { readonly fault: string } => {
  const fault = objection(pattern, depth)
  if (fault !== undefined) return { fault }
  try {
    const expression = new RegExp(pattern, 'u')
    const longest = longestFor(pattern, depth)
    return { longest, test: (text) => (text.length <= longest ? expression.test(text) : undefined) }
  } catch {
    return { fault: 'this is not a regular expression' }
  }
}
