import { rawText } from '../playbook/raw.ts'

const families: Readonly<Record<string, string>> = {
  sans: "-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif",
  serif: "Georgia, 'Times New Roman', serif",
  rounded: "ui-rounded, 'SF Pro Rounded', 'Arial Rounded MT Bold', Verdana, sans-serif",
  mono: "ui-monospace, Menlo, Consolas, 'Courier New', monospace",
}

const own = { accent: '#0e6158', background: '#f3f1eb', font: 'serif' }

/** Red, green and blue from 0 to 1. */
const channels = (colour: string): readonly [number, number, number] => {
  const value = Number.parseInt(colour.slice(1), 16)
  return [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255]
}

/** Relative luminance (WCAG 2.2). */
const luminance = (colour: string): number => {
  const [red, green, blue] = channels(colour).map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  )
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0)
}

const hue = ([red, green, blue]: readonly [number, number, number], most: number, span: number): number => {
  if (span === 0) return 0
  if (most === red) return ((green - blue) / span + 6) % 6
  return most === green ? (blue - red) / span + 2 : (red - green) / span + 4
}

/** The same colour, light enough for a dark ground. */
const onDark = (colour: string): string => {
  const parts = channels(colour)
  const [most, least] = [Math.max(...parts), Math.min(...parts)]
  const span = most - least
  const saturation = span === 0 ? 0 : Math.min(0.45, span / (1 - Math.abs(most + least - 1)))
  const lightness = Math.max(0.67, (most + least) / 2)
  const reach = saturation * Math.min(lightness, 1 - lightness)
  const sixth = hue(parts, most, span)
  const channel = (shift: number): string => {
    const at = (shift + sixth * 2) % 12
    const value = lightness - reach * Math.max(-1, Math.min(at - 3, 9 - at, 1))
    return Math.round(value * 255)
      .toString(16)
      .padStart(2, '0')
  }
  return `#${channel(0)}${channel(8)}${channel(4)}`
}

const isColour = (text: string): boolean => /^#[0-9a-f]{6}$/i.test(text)

/**
 * `brand.*` as emails write it: `font` as the families that CSS knows, what the settings leave out in Trichter's own look.
 * `onAccent` is read on it, `accentOnDark` stands for it in dark mode. A logo that is not given stays absent, so that `if` can ask. @param settings whose shape may still be wrong.
 */
export const brandConstants = (settings: unknown): Readonly<Record<string, string | undefined>> => {
  const given = (name: string): string | undefined => rawText(settings, 'brand', name)
  const font = given('font') ?? own.font
  const accent = isColour(given('accent') ?? '') ? (given('accent') ?? own.accent) : own.accent
  return {
    logo: given('logo'),
    accent,
    accentOnDark: onDark(accent),
    onAccent: luminance(accent) > 0.35 ? '#10201d' : '#ffffff',
    background: given('background') ?? own.background,
    font: Object.hasOwn(families, font) ? families[font] : font,
  }
}
