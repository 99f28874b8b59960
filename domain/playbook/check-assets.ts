import { type Asset, assetsAt, largestAsset, readAsset } from '../model/asset.ts'
import { didYouMean } from '../model/did-you-mean.ts'
import { rawText } from '../model/raw.ts'
import type { Settings } from '../model/settings.ts'
import type { Fault } from './fault.ts'
import type { Finding } from './faults.ts'
import type { YamlFile } from './yaml-file.ts'

/** Pictures by their file. */
export type Assets = ReadonlyMap<string, Asset>

type Files = ReadonlyMap<string, string>

export const isAssetFile = (file: string): boolean => file.startsWith('assets/')

export const assetsOf = (files: Files): Assets =>
  new Map(
    [...files].flatMap(([file, text]): [string, Asset][] => {
      const asset = isAssetFile(file) ? readAsset(file, text) : undefined
      return asset ? [[file, asset]] : []
    }),
  )

/** Mail programs fetch it on the road, and before anything is read. */
const heavy = 100_000

/** Twice the width of an email: more is not seen on the sharpest screen. */
const wide = 1_400

const sizeFinding = ({ bytes, width }: Asset): Pick<Fault, 'message' | 'severity'> | undefined => {
  const size = `${Math.ceil(bytes / 1000)} KB`
  if (bytes > largestAsset)
    return { message: `${size}: a picture has at most ${largestAsset / 1000} KB`, severity: 'error' }
  if (bytes > heavy) return { message: `${size}: readers on the road wait for it`, severity: 'warning' }
  return width > wide
    ? { message: `${width} pixels wide: an email shows at most ${wide}`, severity: 'warning' }
    : undefined
}

const notAPicture = 'not a picture that is sent along: png, jpg, gif or webp'

/** What is wrong with the pictures themselves, and which of them nothing shows. */
export const checkAssets = (files: Files): readonly Fault[] => {
  const assets = assetsOf(files)
  const others = [...files].filter(([file]) => !isAssetFile(file)).map(([, text]) => text)
  return [...files.keys()].filter(isAssetFile).flatMap((file): Fault[] => {
    const place = { file, line: 1, column: 1 }
    const asset = assets.get(file)
    if (!asset) return [{ ...place, message: notAPicture, severity: 'error' }]
    const size = sizeFinding(asset)
    const isUsed = others.some((text) => text.includes(file))
    return [
      ...(size ? [{ ...place, ...size }] : []),
      ...(isUsed ? [] : [{ ...place, message: 'nothing shows this picture', severity: 'warning' as const }]),
    ]
  })
}

/** A file of `assets/` where MJML or HTML loads something, or in a style. */
const shown =
  /(\s(?:src|background|background-url|thumbnails-src)\s*=\s*["']\s*|url\(\s*["']?)(?:\.{0,2}\/)*(assets\/[^"'()\s<>]*)/gi

/** Stands for a picture that is not there, so that nothing else is found wrong with it. */
const missing = `${'0'.repeat(32)}.png`

const missingAsset = (file: string, assets: Assets): string =>
  `there is no file ${file}${didYouMean(file, [...assets.keys()])}`

/** MJML that shows each picture from where it is served: `src="assets/logo.png"`. */
export const placeAssets = (
  mjml: string,
  assets: Assets,
): { readonly mjml: string; readonly findings: readonly Finding[] } => {
  const findings: Finding[] = []
  const placed = mjml.replaceAll(shown, (_, before: string, file: string, offset: number) => {
    const asset = assets.get(file)
    if (!asset) findings.push({ message: missingAsset(file, assets), offset: offset + before.length })
    return `${before}{{ links.assets }}${asset?.name ?? missing}`
  })
  return { mjml: placed, findings }
}

export const checkLogo = (yaml: YamlFile, assets: Assets): readonly Fault[] => {
  const logo = rawText(yaml.root, 'brand', 'logo') ?? ''
  return !isAssetFile(logo) || assets.has(logo)
    ? []
    : [yaml.fault(['brand', 'logo'], missingAsset(logo, assets))]
}

/** Pages are at the address that serves the pictures. */
export const withLogo = (settings: Settings | undefined, assets: Assets): Settings | undefined => {
  const asset = assets.get(settings?.brand?.logo ?? '')
  return settings && asset
    ? { ...settings, brand: { ...settings.brand, logo: `${assetsAt('')}${asset.name}` } }
    : settings
}
