type Rgb = readonly [number, number, number]

const partOf = (hex: string, at: number): number => Number.parseInt(hex.slice(at, at + 2), 16)

const rgbOf = (hex: string): Rgb => [partOf(hex, 1), partOf(hex, 3), partOf(hex, 5)]

const hexOf = (rgb: Rgb): string =>
  `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`

/** WCAG 2.2, relative luminance. */
const luminance = (rgb: Rgb): number => {
  const [red, green, blue] = rgb.map((part) => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0)
}

/** WCAG 2.2, contrast ratio: 1 to 21. Both `#rrggbb`. */
export const contrast = (one: string, other: string): number => {
  const [light = 0, dark = 0] = [luminance(rgbOf(one)), luminance(rgbOf(other))].toSorted((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

const black = '#000000'
const white = '#ffffff'

/** What can be read on a colour: black or white; the better of the two has at least 4.58. */
export const textOn = (colour: string): string =>
  contrast(colour, white) >= contrast(colour, black) ? white : black

const mixed = (colour: string, other: string, share: number): string => {
  const [red, green, blue] = rgbOf(colour)
  const [toRed, toGreen, toBlue] = rgbOf(other)
  const between = (from: number, to: number): number => from + (to - from) * share
  return hexOf([between(red, toRed), between(green, toGreen), between(blue, toBlue)])
}

/** A colour as near to `colour` as can be read on `ground` (4.5). */
export const readableOn = (colour: string, ground: string): string => {
  const towards = textOn(ground)
  for (let share = 0; share < 1; share += 0.05) {
    const tried = mixed(colour, towards, share)
    if (contrast(tried, ground) >= 4.5) return tried
  }
  return towards
}
