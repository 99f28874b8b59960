/** Cases of similar predicted probability, with the actual rate. */
export interface Bin {
  /** Chances from 0 to 1. */
  readonly from: number
  readonly to: number
  readonly predicted: number
  readonly actual: number
  readonly leads: number
}

const bins = 10

const byScore = (scores: ArrayLike<number>): readonly number[] =>
  Array.from({ length: scores.length }, (_, index) => index).toSorted(
    (a, b) => (scores[a] ?? 0) - (scores[b] ?? 0),
  )

/**
 * Probability that a success is ranked above a failure, ties counted half: 0.5 for guessing, 1 for certainty. NaN if all
 * outcomes are the same. Source: Mann and Whitney's U.
 */
export const areaUnderCurve = (scores: ArrayLike<number>, labels: Uint8Array): number => {
  const order = byScore(scores)
  let ranks = 0
  let hoped = 0
  for (let from = 0; from < order.length; ) {
    let to = from
    while (to < order.length && scores[order[to] ?? 0] === scores[order[from] ?? 0]) to += 1
    for (const index of order.slice(from, to)) {
      if (labels[index] !== 1) continue
      ranks += (from + to + 1) / 2
      hoped += 1
    }
    from = to
  }
  return (ranks - (hoped * (hoped + 1)) / 2) / (hoped * (order.length - hoped))
}

/** Null where there is nothing to tell apart. */
export const knownArea = (area: number): number | null => (Number.isNaN(area) ? null : area)

/** Ten bins of equal size, lowest probability first. */
export const binsOf = (chances: ArrayLike<number>, labels: Uint8Array): readonly Bin[] => {
  const order = byScore(chances)
  return Array.from({ length: bins }, (_, bin) => {
    const inside = order.slice(
      Math.floor((bin * order.length) / bins),
      Math.floor(((bin + 1) * order.length) / bins),
    )
    const mean = (of: ArrayLike<number>) =>
      inside.reduce((sum, index) => sum + (of[index] ?? 0), 0) / inside.length
    const at = (index: number | undefined): number => chances[index ?? 0] ?? 0
    return {
      from: at(inside[0]),
      to: at(inside.at(-1)),
      predicted: mean(chances),
      actual: mean(labels),
      leads: inside.length,
    }
  })
}
