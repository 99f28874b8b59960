/** A piece of markup that bears on what is open; offsets are into the whole text. */
export type MarkupToken =
  | { readonly type: 'open' | 'close' | 'whole'; readonly name: string; readonly offset: number }
  /** It has no end: `missing` is what is not there. */
  | {
      readonly type: 'torn'
      readonly name: string
      readonly offset: number
      readonly missing: '>' | '"' | "'"
    }
  /** What stands between `begin` and `else`, and between that and `end`, does not come together in one email. */
  | { readonly type: 'begin' | 'else' | 'end'; readonly offset: number }

const ends: Readonly<Record<string, string>> = { '<!--': '-->', '{{': '}}', '{%': '%}' }

/** The same text with comments and Liquid blanked out, so that offsets stay true. */
export const withoutHidden = (mjml: string): string => {
  const neverEnds = new Set<string>()
  const starts = /<!--|\{\{|\{%/g
  let text = ''
  let done = 0
  for (let match = starts.exec(mjml); match; match = starts.exec(mjml)) {
    const [start] = match
    // Looked for once: a text of nothing but starts takes no longer than another.
    const end = neverEnds.has(start) ? -1 : mjml.indexOf(ends[start] ?? '', starts.lastIndex)
    if (end < 0) neverEnds.add(start)
    else {
      starts.lastIndex = end + (ends[start]?.length ?? 0)
      text += mjml.slice(done, match.index)
      text += mjml.slice(match.index, starts.lastIndex).replaceAll(/[^\n]/g, ' ')
      done = starts.lastIndex
    }
  }
  return text + mjml.slice(done)
}

const control = /\{%-?\s*(if|unless|case|for|else|elsif|when|endif|endunless|endcase|endfor)\b/g

const controlType = (name: string): 'begin' | 'else' | 'end' => {
  if (name.startsWith('end')) return 'end'
  return ['else', 'elsif', 'when'].includes(name) ? 'else' : 'begin'
}

const branchTokens = (mjml: string): readonly MarkupToken[] =>
  [...mjml.matchAll(control)].map(({ 1: name = '', index }) => ({ type: controlType(name), offset: index }))

const tagStart = /<(\/?)([a-z][a-z0-9:-]*)/gi
/** Text up to the end of a tag, or up to what cannot stand in one. */
const tagRest = /(?:[^<>"']|"(?:(?!<\/)[^"])*"|'(?:(?!<\/)[^'])*')*/y

/** What is in them is no markup. */
const rawTexts: readonly string[] = ['style', 'script', 'mj-style', 'title']

const missingAt = (character: string | undefined): '>' | '"' | "'" =>
  character === '"' || character === "'" ? character : '>'

const tagTokens = (text: string): readonly MarkupToken[] => {
  const tokens: MarkupToken[] = []
  const neverEnds = new Set<string>()
  tagStart.lastIndex = 0
  for (let match = tagStart.exec(text); match; match = tagStart.exec(text)) {
    const [, slash, written = ''] = match
    const name = written.toLowerCase()
    const offset = match.index
    tagRest.lastIndex = tagStart.lastIndex
    tagRest.test(text)
    const end = tagRest.lastIndex
    if (text[end] !== '>') {
      tokens.push({ type: 'torn', name, offset, missing: missingAt(text[end]) })
      continue
    }
    tagStart.lastIndex = end + 1
    if (slash) tokens.push({ type: 'close', name, offset })
    else if (text[end - 1] === '/') tokens.push({ type: 'whole', name, offset })
    else {
      tokens.push({ type: 'open', name, offset })
      if (!rawTexts.includes(name) || neverEnds.has(written)) continue
      const over = text.indexOf(`</${written}`, end)
      if (over < 0) neverEnds.add(written)
      else tagStart.lastIndex = over
    }
  }
  return tokens
}

/** Tags and the branches of Liquid, in order of place. */
export const markupTokens = (mjml: string): readonly MarkupToken[] =>
  [...tagTokens(withoutHidden(mjml)), ...branchTokens(mjml)].toSorted((a, b) => a.offset - b.offset)
