import { waysThrough } from './pattern-ways.ts'

/** Longer texts do not match: together with the shape below this bounds the work of one match. */
const maximumSubject = 256
const maximumPattern = 200
const maximumRepeats = 2
/** Two repeats, and eight ways around them; one repeat less for each comprehension around it. */
const maximumWays = (depth: number): number => 8 * 256 ** (2 - depth)

/** Escapes and character classes say nothing about repetition. */
const withoutAtoms = (pattern: string): string =>
  pattern.replace(/\\(?:[pPu]\{[^}]*\}|[\s\S])/g, 'x').replace(/\[[^\]]*\]/g, 'x')

/** @returns why `pattern` could take for ever, or what is wrong with it; undefined when it is fine. */
const objection = (pattern: string, depth: number): string | undefined => {
  if (pattern.length > maximumPattern) return `the pattern is longer than ${maximumPattern} characters`
  if (/\\[1-9]|\\k</.test(pattern)) return 'back references are not available'
  const bare = withoutAtoms(pattern)
  if (/\(\?/.test(bare)) return 'groups that begin with (? are not available'
  if (/\)(?:[*+{])/.test(bare)) return 'a group cannot be repeated'
  if ((bare.match(/[*+]|\{\d+,\}/g) ?? []).length > maximumRepeats) {
    return `at most ${maximumRepeats} of *, + and {n,} in one pattern`
  }
  if ((bare.match(/\{\d+(?:,\d*)?\}/g) ?? []).some((repeat) => /\d{3,}/.test(repeat))) {
    return 'a pattern repeats at most 99 times'
  }
  if (waysThrough(bare) > maximumWays(depth))
    return 'the pattern can be read in too many ways: use fewer of ? {n,m} and |'
  return undefined
}

/** @param depth how many comprehensions ask it again and again. @returns a test whose time is bounded, or the reason why there is none. */
export const compilePattern = (
  pattern: string,
  depth = 0,
): { readonly test: (text: string) => boolean } | { readonly fault: string } => {
  const fault = objection(pattern, depth)
  if (fault !== undefined) return { fault }
  try {
    const expression = new RegExp(pattern, 'u')
    return { test: (text) => text.length <= maximumSubject && expression.test(text) }
  } catch {
    return { fault: 'this is not a regular expression' }
  }
}
