interface Read {
  readonly ways: number
  readonly next: number
}

/** A repetition at `at`: how many lengths it can match; if unbounded, as many as the text is long. */
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

/** Alternatives up to the closing `)` or the end. */
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
 * Number of ways in which a backtracking matcher can read a text from one position: consecutive choices multiply.
 * @param pattern without escapes and character classes, and without unbounded repetition of groups.
 * @param length of the text, in UTF-16 units.
 */
const waysThrough = (pattern: string, length: number): number => alternatives(pattern, 0, length).ways

/** Texts up to this length are always matched; the limits below bound the work of a match. */
const shortSubject = 256
/** URLs with all their parameters are rarely longer. */
const longSubject = 2048
/** Ways to read a text times starting positions: about 20 ms for the slowest pattern allowed on longer texts. */
const maximumSteps = 2 ** 22
const maximumPattern = 200
const maximumRepeats = 2
/** Two repetitions and eight more ways; one repetition less per enclosing comprehension. */
const maximumWays = (depth: number): number => 8 * shortSubject ** (2 - depth)

/** Escapes and character classes do not repeat anything. */
const withoutAtoms = (pattern: string): string =>
  pattern.replace(/\\(?:[pPu]\{[^}]*\}|[\s\S])/g, 'x').replace(/\[[^\]]*\]/g, 'x')

const instead =
  'write a character class such as [a-z/]+, or several parts with startsWith, endsWith or contains'

/** @returns why `pattern` is invalid or could take for ever; undefined if it is fine. */
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

/** Whether the pattern matches only at the start of a text. */
const isAnchored = (bare: string): boolean => {
  let depth = 0
  for (const letter of bare) {
    if (letter === '(') depth += 1
    else if (letter === ')') depth -= 1
    else if (letter === '|' && depth === 0) return false
  }
  return bare.startsWith('^')
}

/** The longest text matched within `maximumSteps`; short ones only inside comprehensions, which match many. */
const longestFor = (pattern: string, depth: number): number => {
  const bare = withoutAtoms(pattern)
  // Engines unroll counted repetitions, which takes longer accordingly.
  const eachWay = bare.includes('{') ? 4 : 1
  const steps = (length: number): number =>
    eachWay * waysThrough(bare, length) * (isAnchored(bare) ? 1 : length)
  let longest = depth > 0 ? shortSubject : longSubject
  while (longest > shortSubject && steps(longest) > maximumSteps) longest /= 2
  return longest
}

/** A pattern with bounded work: it matches texts of at most `longest` UTF-16 units. */
interface SafePattern {
  readonly longest: number
  /** @returns undefined for a longer text. */
  readonly test: (text: string) => boolean | undefined
}

/** @param depth number of enclosing comprehensions. @returns a test with bounded time, or the fault. */
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
