const milliseconds = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

/** `90m`, `4h`, `3d`, `2w`: a whole number above zero, without a sign or leading zeros. */
export const durationPattern = /^[1-9][0-9]{0,5}[mhdw]$/

const hasUnit = (unit: string): unit is keyof typeof milliseconds => unit in milliseconds

/** @returns milliseconds; undefined when `text` is not a duration. A day is 24 hours. */
export const parseDuration = (text: string): number | undefined => {
  const unit = text.slice(-1)
  return durationPattern.test(text) && hasUnit(unit)
    ? Number(text.slice(0, -1)) * milliseconds[unit]
    : undefined
}

/** `90d`, `12w`, `3y`: how long something is kept, up to 99 years. */
export const spanPattern = /^(?:[1-9][0-9]{0,3}[dw]|[1-9][0-9]?y)$/

/** @returns milliseconds; undefined when `text` is not a span. A year is 365 days. */
export const parseSpan = (text: string): number | undefined => {
  if (!spanPattern.test(text)) return undefined
  const count = Number(text.slice(0, -1))
  return text.endsWith('y') ? count * 365 * milliseconds.d : parseDuration(text)
}
