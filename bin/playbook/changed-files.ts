type Files = Readonly<Record<string, string>>

const fewest = 12

const listed = (word: string, names: readonly string[]): readonly string[] => {
  if (names.length === 0) return []
  const shown = names.slice(0, fewest).join(', ')
  const others = names.length - fewest
  return [`${word}: ${shown}${others > 0 ? ` and ${others} more` : ''}`]
}

/** What a publication changes of what is live, file by file, in words. */
export const wordChanges = (before: Files, after: Files): readonly string[] => {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  const [was, is] = [new Map(Object.entries(before)), new Map(Object.entries(after))]
  return [
    ...listed(
      'Added',
      names.filter((name) => !was.has(name)),
    ),
    ...listed(
      'Changed',
      names.filter((name) => was.has(name) && is.has(name) && was.get(name) !== is.get(name)),
    ),
    ...listed(
      'Removed',
      names.filter((name) => !is.has(name)),
    ),
  ]
}
