import { rawText } from '../model/raw.ts'
import type { Assets } from './check-assets.ts'

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

/** The colour, lightened for a dark background. */
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

/** A file of the playbook is shown from where pictures are served. */
const logoOf = (given: string | undefined, assets: Assets): string | undefined => {
  const asset = assets.get(given ?? '')
  return asset ? `{{ links.assets }}${asset.name}` : given
}

/**
 * `brand.*` in emails: `font` as CSS families, with Trichter's defaults. `onAccent` is the text colour on the accent,
 * `accentOnDark` the accent in dark mode. A missing logo stays absent, so that `if` can test it.
 * @param settings may still be invalid.
 */
export const brandConstants = (
  settings: unknown,
  assets: Assets,
): Readonly<Record<string, string | undefined>> => {
  const given = (name: string): string | undefined => rawText(settings, 'brand', name)
  const font = given('font') ?? own.font
  const accent = isColour(given('accent') ?? '') ? (given('accent') ?? own.accent) : own.accent
  return {
    logo: logoOf(given('logo'), assets),
    accent,
    accentOnDark: onDark(accent),
    onAccent: luminance(accent) > 0.35 ? '#10201d' : '#ffffff',
    background: given('background') ?? own.background,
    font: Object.hasOwn(families, font) ? families[font] : font,
  }
}
