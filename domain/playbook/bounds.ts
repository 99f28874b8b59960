/** The least and the most that a number can be. */
export interface Bounds {
  readonly min: number
  readonly max: number
}

export const unbounded: Bounds = { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY }

export const between = (...numbers: readonly number[]): Bounds => ({
  min: Math.min(...numbers),
  max: Math.max(...numbers),
})

export const sumOf = (bounds: readonly Bounds[]): Bounds =>
  bounds.reduce((total, { min, max }) => ({ min: total.min + min, max: total.max + max }), { min: 0, max: 0 })

/** Each bound so many times over; 0 times is 0, infinity times 0 as well. */
export const times = ({ min, max }: Bounds, factor: number): Bounds => ({
  min: min === 0 ? 0 : min * factor,
  max: max === 0 ? 0 : max * factor,
})

export const within = (a: Bounds, b: Bounds): Bounds => ({
  min: Math.max(a.min, b.min),
  max: Math.min(a.max, b.max),
})
