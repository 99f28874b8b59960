/** Control characters, line and paragraph separators: nothing of a header's value may begin a new line. */
const breaking = /[\p{Cc}\p{Zl}\p{Zp}]+/gu

/** Text fit for one header: on one line, at most `limit` characters. */
export const headerText = (text: string, limit: number): string => {
  const line = text.replace(breaking, ' ').replace(/ {2,}/g, ' ').trim()
  const characters = [...line]
  return characters.length <= limit
    ? line
    : `${characters
        .slice(0, limit - 1)
        .join('')
        .trimEnd()}…`
}
