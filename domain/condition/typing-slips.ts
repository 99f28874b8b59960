/** A way of writing that other languages have and conditions do not. */
export interface TypingSlip {
  readonly message: string
  readonly offset: number
}

const quoted = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g

const slips: readonly (readonly [RegExp, (written: string) => string])[] = [
  [/[„“”‚‘’«»]/, () => 'texts stand in straight quotes: "'],
  [/(?<![\w.])(?:and|und)(?!\w)/i, (word) => `"${word}" is written &&`],
  [/(?<![\w.])(?:or|oder)(?!\w)/i, (word) => `"${word}" is written ||`],
  [/(?<![\w.])(?:not|nicht)(?!\w)/i, (word) => `"${word}" is written !`],
  [/<>/, () => 'not equal is !='],
  [/=>/, () => 'greater or equal is >='],
  [/=</, () => 'less or equal is <='],
  [/[=!]==/, (signs) => `equal is ==, not equal is !=: without the third sign of ${signs}`],
  [/(?<![=!<>])=(?!=)/, () => 'equal is =='],
  [/(?<!&)&(?!&)/, () => 'and is &&'],
  [/(?<!\|)\|(?!\|)/, () => 'or is ||'],
  [/≥/, () => 'greater or equal is >='],
  [/≤/, () => 'less or equal is <='],
  [/≠/, () => 'not equal is !='],
  [/\d,\d+(?![\d,]*\s*[\])])/, () => 'a decimal is written with a point: 2.5'],
  [/(?<![\w.])(?:True|TRUE|wahr|Wahr)(?!\w)/, (word) => `"${word}" is written true`],
  [/(?<![\w.])(?:False|FALSE|falsch|Falsch)(?!\w)/, (word) => `"${word}" is written false`],
]

/** The bracket that has no counterpart. */
const bracket = (bare: string): TypingSlip | undefined => {
  const open: { readonly sign: string; readonly offset: number }[] = []
  const closing: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }
  for (const { 0: sign, index } of bare.matchAll(/[()[\]{}]/g)) {
    const wanted = closing[sign]
    if (wanted === undefined) open.push({ sign, offset: index })
    else if (open.at(-1)?.sign === wanted) open.pop()
    else return { message: `${sign} closes nothing`, offset: index }
  }
  const last = open.at(-1)
  return last && { message: `${last.sign} is not closed`, offset: last.offset }
}

/**
 * What somebody has written as another language writes it, where a condition cannot be read: the first of it.
 * @returns undefined where it is some other mistake.
 */
export const typingSlip = (source: string): TypingSlip | undefined => {
  const bare = source.replaceAll(quoted, (text) => `"${' '.repeat(text.length - 2)}"`)
  const found = slips.flatMap(([pattern, message]) => {
    const match = pattern.exec(bare)
    return match === null ? [] : [{ message: message(match[0]), offset: match.index }]
  })
  const [first] = found.toSorted((a, b) => a.offset - b.offset)
  if (first !== undefined) return first
  const open = bare.search(/["'](?! *["'])/)
  const quotes = bare.match(/["']/g)?.length ?? 0
  if (quotes % 2 === 1 && open >= 0)
    return { message: `the text that begins here has no end: ${bare.charAt(open)} is missing`, offset: open }
  return bracket(bare)
}
