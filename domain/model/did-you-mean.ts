/** Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`; gives up above `limit`. */
const distance = (a: string, b: string, limit: number): number => {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1]
      let edits = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      )
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        edits = Math.min(edits, (beforeLast[column - 2] ?? 0) + 1)
      current.push(edits)
    }
    beforeLast = last
    last = current
  }
  return last[b.length] ?? limit + 1
}

const maximumLength = 100

/** A truncated name, or one with a surplus ending, counts as one edit. */
const editsTo = (name: string, candidate: string, limit: number): number => {
  if (name === candidate) return 0
  const [short, long] = name.length < candidate.length ? [name, candidate] : [candidate, name]
  return short.length >= 4 && long.startsWith(short) ? 1 : distance(name, candidate, limit)
}

/** @returns the most likely intended name among `known`: at most a third of its letters differ. */
export const nearestName = (name: string, known: Iterable<string>): string | undefined => {
  if (name.length > maximumLength) return undefined
  const plain = name.toLowerCase()
  const limit = Math.max(1, Math.floor(name.length / 3))
  let nearest: string | undefined
  let fewest = limit + 1
  for (const candidate of known) {
    const edits = editsTo(plain, candidate.toLowerCase(), limit)
    if (edits < fewest && candidate !== name) {
      nearest = candidate
      fewest = edits
    }
  }
  return nearest
}

const fewNames = 8

/** Like `didYouMean` for a closed set of names: if none is near and they are few, lists all. */
export const didYouMeanOneOf = (name: string, known: readonly string[]): string =>
  didYouMean(name, known) ||
  (known.length > 0 && known.length <= fewNames ? `; there is: ${known.join(', ')}` : '')

/** `; did you mean "demo"?`, or nothing if no name is near. */
export const didYouMean = (name: string, known: Iterable<string>): string => {
  const nearest = nearestName(name, known)
  return nearest === undefined ? '' : `; did you mean "${nearest}"?`
}
