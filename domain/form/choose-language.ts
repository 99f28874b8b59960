const primary = (tag: string): string => tag.trim().toLowerCase().split('-', 1)[0] ?? ''

const find = (available: readonly string[], tag: string): string | undefined =>
  available.find((language) => language.toLowerCase() === tag.trim().toLowerCase()) ??
  available.find((language) => primary(language) === primary(tag))

/** Languages of an Accept-Language header, most wanted first (RFC 9110, 12.5.4). */
const accepted = (header: string): string[] =>
  header
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';')
      const quality = parameters
        .map((text) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/i.exec(text)?.[1])
        .find(Boolean)
      return { tag, quality: quality === undefined ? 1 : Number(quality) }
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag)

/** What is asked for decides, else what the browser accepts, else the first. */
export const chooseLanguage = (
  available: readonly [string, ...string[]],
  wish: { readonly lang?: string | undefined; readonly acceptLanguage?: string | undefined },
): string => {
  const tags = [...(wish.lang ? [wish.lang] : []), ...accepted(wish.acceptLanguage ?? '')]
  for (const tag of tags) {
    const found = find(available, tag)
    if (found !== undefined) return found
  }
  return available[0]
}
