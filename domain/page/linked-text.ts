/** A stretch of a text that an author wrote; with `href` it is a link. */
export interface TextPart {
  readonly text: string
  readonly href?: string
}

const link = /\[([^[\]\n]{1,300})\]\((https:\/\/[^\s()<>"']{1,2000})\)/g

const isSafe = (address: string): boolean => URL.parse(address)?.protocol === 'https:'

/** Takes links `[text](https://…)` out of a text; whatever else stands in it is text. */
export const textParts = (source: string): readonly TextPart[] => {
  const parts: TextPart[] = []
  let done = 0
  for (const { 0: whole, 1: text = '', 2: href = '', index } of source.matchAll(link)) {
    if (!isSafe(href)) continue
    if (index > done) parts.push({ text: source.slice(done, index) })
    parts.push({ text, href })
    done = index + whole.length
  }
  return done < source.length ? [...parts, { text: source.slice(done) }] : parts
}
