/**
 * The language of `available` that suits best: for each wish in turn the same tag, else one that shares its primary
 * language (`de-AT` and `de`, RFC 4647 lookup). Nothing suits: the first.
 */
export const chooseLanguage = (
  available: readonly [string, ...string[]],
  wishes: readonly (string | undefined)[],
): string => {
  for (const wish of wishes) {
    if (wish === undefined) continue
    const exact = available.find((language) => language.toLowerCase() === wish.toLowerCase())
    const found = exact ?? available.find((language) => primary(language) === primary(wish))
    if (found !== undefined) return found
  }
  return available[0]
}

const primary = (tag: string): string => (tag.split(/[-_]/)[0] ?? tag).toLowerCase()
